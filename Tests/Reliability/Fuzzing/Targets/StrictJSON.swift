import Foundation
import Mail

@testable import Campaigns
@testable import Receipts

/// Every JSON that is read: receipts, a checkpoint, approvals, and what the database keeps of a customer and of a
/// campaign's files. What is read in the strict form must be written again to the same bytes.
struct StrictJSON: FuzzTarget {
  private let decoder = JSONDecoder()

  func run(_ bytes: [UInt8]) {
    if let receipt = try? Receipt(line: bytes) { _ = receipt.event.state }
    if let checkpoint = try? Checkpoint(json: bytes) {
      precondition(checkpoint.json.last == UInt8(ascii: "\n"))
    }
    if let approval = try? Approval(line: bytes) { precondition(approval.line == bytes) }
    members(of: bytes)
    let data = Data(bytes)
    _ = try? decoder.decode(Customer.self, from: data)
    _ = try? decoder.decode(InputDigests.self, from: data)
    _ = try? decoder.decode([OutcomeReason].self, from: data)
  }

  private func members(of bytes: [UInt8]) {
    do {
      var fields = try StrictJSONReader(bytes)
      for name in ["a", "b", "c"] { _ = try fields.takeIfThere(name) }
      try fields.end()
    } catch {
      _ = error.description
    }
  }
}
