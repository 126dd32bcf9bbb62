import Delivery
import Files
import Foundation
import Queue
import Receipts

/// Records something in the store with its receipts, whoever delivers meanwhile, and then in the receipts on disk.
struct BesideDelivery: Sendable {
  let location: CampaignLocation
  let dependencies: Dependencies

  init(_ location: CampaignLocation, _ dependencies: Dependencies) {
    self.location = location
    self.dependencies = dependencies
  }

  /// Returns also why the receipts are in the queue's database and not on disk yet; nil when they are.
  func record<Result: Sendable>(
    _ opened: LaunchedCampaign, at now: Date, _ body: (any PurgeableStore) async throws -> Result
  ) async throws -> (Result, behind: OperatorMessage?) {
    do {
      let spool = try WritableSpool(location, besideWorker: true, dependencies)
      let result = try await body(spool.store)
      try await spool.writeReceipts(of: opened.record, at: now)
      return (result, nil)
    } catch let error as SpoolLockError {
      guard case .held = error else { throw error }
      // Another process delivers: it finds the receipts in the store and brings them to the disk.
      let store = try dependencies.stores.open(queue: location.queue, access: .control, lock: nil)
      let result = try await body(store)
      return (result, try await complete(opened.record, opened.store))
    }
  }

  /// Waits for the process that delivers to bring the receipts to the disk, and does it itself when that has ended.
  private func complete(_ record: CampaignRecord, _ store: any PurgeableStore) async throws -> OperatorMessage? {
    for _ in 0..<30 {
      let written = Self.lastReceipt(in: CampaignReceipts(location).file)
      if try await store.receipts(of: record.id, after: written, limit: 1).isEmpty { return nil }
      try await dependencies.time.pause(for: .milliseconds(100))
      do {
        try await WritableSpool(location, besideWorker: true, dependencies).writeReceipts(
          of: record, at: dependencies.now)
        return nil
      } catch let error as SpoolLockError {
        guard case .held = error else { throw error }
      }
    }
    return """
      It is in the queue with its receipt; the receipts on disk get it from the process that delivers, or at the next \
      \(step: .resume).
      """
  }

  /// The number of the last whole line; 0 where there is none, or it cannot be read.
  private static func lastReceipt(in file: URL) -> Int64 {
    var end: [UInt8] = []
    do throws(FileError) {
      let reader = try RandomAccessFile(file)
      let size = try reader.stamp().size
      try reader.read(1 << 17, at: max(0, size - (1 << 17)), into: &end)
    } catch {
      return 0
    }
    guard let stop = end.lastIndex(of: UInt8(ascii: "\n")) else { return 0 }
    let start = end[..<stop].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return (try? Receipt(line: Array(end[start..<stop])))?.seq ?? 0
  }
}
