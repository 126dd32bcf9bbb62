public import Foundation
public import Mail
public import Receipts

/// A report that a letter did not reach the mailbox, as the store keeps it.
public struct BounceRecord: Sendable, Hashable {
  public var message: Int64
  /// SHA-256 of the report, as it was read.
  public var report: SHA256Digest
  /// The class of the reply in it, as `explain` names it.
  public var cause: String
  /// True when no letter will ever reach the address.
  public var isPermanent: Bool
  /// The enhanced status (RFC 3463), where one is known.
  public var status: String?
  /// The words of the server or of the report. They may hold personal data.
  public var reply: String?
  /// When it was recorded.
  public var at: Date

  /// What is longer than the store keeps is cut off.
  public init(
    message: Int64, report: SHA256Digest, cause: String, isPermanent: Bool, status: String?, reply: String?, at: Date
  ) {
    self.message = message
    self.report = report
    self.cause = cause
    self.isPermanent = isPermanent
    self.status = status
    self.reply = reply.map { String($0.unicodeScalars.filter { $0 != "\0" }.prefix(10_000).map(Character.init)) }
    // As the store keeps it.
    self.at = Milliseconds(at).date
  }

  var receipt: BounceReceipt { BounceReceipt(report: report, cause: cause, isPermanent: isPermanent) }
}

/// What became of a bounce that was to be recorded.
public enum BounceResult: Sendable, Hashable {
  case recorded
  /// The message has bounced before; the first report stays.
  case known
  /// The message is not accepted, so nothing can have come back; nothing is recorded.
  case notAccepted(MessageState)
  /// The campaign has no such message.
  case noMessage
}

/// The bounces of campaigns: the part of a store that is about what became of letters after the relay took them. Delivery
/// does not need it.
///
/// Any process may record bounces, also while another one delivers (``StoreAccess/control``): a bounce and its receipt
/// `bounced` are one transaction, and no state changes.
public protocol BounceStore: Sendable {
  /// Records bounces, in this order, each with its receipt, in one transaction. Returns what became of each.
  func record(_ bounces: [BounceRecord], in campaign: Int64) async throws -> [BounceResult]

  /// All bounces of the campaign by their messages.
  func bounces(in campaign: Int64) async throws -> [Int64: BounceRecord]
}
