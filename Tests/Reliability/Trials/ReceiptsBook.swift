public import Foundation
import Queue
public import Receipts

/// The third book: the receipts on disk.
public struct ReceiptsBook: Sendable, Hashable {
  public struct Line: Sendable, Hashable {
    public var at: Date
    public var event: ReceiptEvent
    /// Nil in a line about the whole campaign.
    public var message: Int64?
    public var attempt: Int?
    /// Nil for an `uncertain` of a process that was lost.
    public var phase: String?
    public var resolution: String?

    public init(
      at: Date = Date(timeIntervalSince1970: 0), _ event: ReceiptEvent, message: Int64? = nil, attempt: Int? = nil,
      phase: String? = nil, resolution: String? = nil
    ) {
      self.at = at
      self.event = event
      self.message = message
      self.attempt = attempt
      self.phase = phase
      self.resolution = resolution
    }
  }

  public var lines: [Line]
  /// What `receipts verify` finds; nil when it finds nothing.
  public var fault: String?

  public init(lines: [Line] = [], fault: String? = nil) {
    self.lines = lines
    self.fault = fault
  }

  /// `folder` is the campaign's folder of receipts. Lines after a broken one are not read.
  public init(folder: URL) throws {
    fault = try ReceiptVerifier(folder: folder).verify().fault?.description
    var lines: [Line] = []
    func take(_ receipt: Receipt) {
      lines.append(
        Line(
          at: receipt.at, receipt.event, message: receipt.message, attempt: receipt.attempt, phase: receipt.phase,
          resolution: receipt.resolution))
    }
    do {
      try ReceiptReader(file: folder.appendingPathComponent("receipts.jsonl")).forEach(take)
    } catch let error as ReceiptSyntaxError {
      fault = fault ?? error.description
    }
    self.lines = lines
  }
}
