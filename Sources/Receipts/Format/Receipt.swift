import Files
public import Foundation
public import Mail

/// One receipt as a value, read from its line.
///
/// The line remains the authority: the chain covers its bytes. Parsing is strict (``ReceiptSyntaxError``): the line
/// must be what the store writes, to the last byte of its form.
public struct Receipt: Sendable, Hashable {
  public var seq: Int64
  public var at: Date
  public var campaign: String
  public var event: ReceiptEvent
  /// Nil in a receipt about the whole campaign.
  public var message: Int64?
  /// Keyed hash of the customer's id.
  public var customer: SHA256Digest?
  /// Keyed hash of the address's ``EmailAddress/key``.
  public var recipient: SHA256Digest?
  /// The recipient's domain in A-labels, or its keyed hash, see ``ReceiptDomain``.
  public var domain: String?
  public var relay: String?
  public var attempt: Int?
  public var phase: String?
  public var code: Int?
  public var enhanced: String?
  public var reply: String?
  public var messageID: String?
  /// The digest of the bytes handed to the relay.
  public var sha256: SHA256Digest?
  public var template: String?
  /// The reason a message was taken out, or ``deadlineReason``.
  public var reason: String?
  /// How a message was settled or reopened, as ``Resolution`` has it.
  public var resolution: String?
  public var evidence: String?
  /// The approval of the plan, by whom and when, in `approved`.
  public var approval: FrozenApproval?
  /// What came of a call, in `called`.
  public var call: CallReceipt?
  /// What a report says of the letter, in `bounced`.
  public var bounce: BounceReceipt?
  /// Which mailbox it is about, in `changed` and `locked`.
  public var mailbox: MailboxReceipt?
  /// `sha256:…`, in `plan-frozen` and `approved`.
  public var plan: String?
  public var figures: [String: Int]?
  /// The campaign that is followed, in `plan-frozen`.
  public var followed: FollowedChain?
  /// SHA-256 of the line before.
  public var prev: SHA256Digest

  /// The reason of an `expired` that the deadline has brought: the only one that expires what was never tried.
  package static let deadlineReason = "not accepted by the deadline"

  /// Reads `line`, which comes without its line feed.
  public init(line: [UInt8]) throws(ReceiptSyntaxError) {
    var fields = try StrictJSONReader(line)
    seq = try fields.take("seq").number()
    at = try fields.take("at").moment()
    campaign = try fields.take("campaign").text()
    guard let event = ReceiptEvent(rawValue: try fields.take("event").text()) else {
      throw ReceiptSyntaxError("“event” is not one of the known events")
    }
    self.event = event
    message = try fields.takeIfThere("message")?.number()
    customer = try fields.takeIfThere("customer")?.digest()
    recipient = try fields.takeIfThere("recipient")?.digest()
    domain = try fields.takeIfThere("domain")?.text()
    relay = try fields.takeIfThere("relay")?.text()
    attempt = try fields.takeIfThere("attempt").map { value throws(ReceiptSyntaxError) in Int(try value.number()) }
    phase = try fields.takeIfThere("phase")?.text()
    code = try fields.takeIfThere("code").map { value throws(ReceiptSyntaxError) in Int(try value.number()) }
    enhanced = try fields.takeIfThere("enhanced")?.text()
    reply = try fields.takeIfThere("reply")?.text()
    messageID = try fields.takeIfThere("message_id")?.text()
    sha256 = try fields.takeIfThere("sha256")?.digest()
    template = try fields.takeIfThere("template")?.text()
    reason = try fields.takeIfThere("reason")?.text()
    resolution = try fields.takeIfThere("resolution")?.text()
    evidence = try fields.takeIfThere("evidence")?.text()
    if let name = try fields.takeIfThere("approved_by")?.approver() {
      approval = FrozenApproval(
        name: name, at: try fields.take("approved_at").moment(), line: try fields.take("approval").digest())
    }
    if let outcome = try fields.takeIfThere("outcome")?.text() {
      guard let outcome = CallOutcome(rawValue: outcome) else {
        throw ReceiptSyntaxError("“outcome” is not one of the known outcomes of a call")
      }
      call = CallReceipt(
        outcome: outcome, at: try fields.take("called_at").moment(), by: try fields.take("called_by").digest(),
        note: try fields.takeIfThere("note")?.digest())
    }
    if let report = try fields.takeIfThere("report")?.digest() {
      let (cause, permanent) = (try fields.take("class").text(), try fields.take("permanent").number())
      guard permanent == 0 || permanent == 1 else { throw ReceiptSyntaxError("“permanent” is neither 0 nor 1") }
      bounce = BounceReceipt(report: report, cause: cause, isPermanent: permanent == 1)
    }
    if let digest = try fields.takeIfThere("mailbox")?.digest() {
      let at =
        event == .locked
        ? try fields.takeIfThere("locked_at")?.moment() : try fields.take("changed_at").moment()
      mailbox = MailboxReceipt(mailbox: digest, at: at)
    }
    plan = try fields.takeIfThere("plan")?.text()
    figures = try fields.takeIfThere("figures")?.figures()
    if let campaign = try fields.takeIfThere("follows")?.text() {
      followed = FollowedChain(
        campaign: campaign, seq: try fields.take("follows_seq").number(), head: try fields.take("follows_head").digest()
      )
    }
    prev = try fields.take("prev").digest()
    try fields.end()
  }
}

/// The reason a line is not a receipt. An English clause, without the line.
public struct ReceiptSyntaxError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}

/// The event a receipt records. `docs/receipts.md` says which fields each one has.
///
/// `cancelled` is written for a campaign (no `message`) and for each message it took out.
public enum ReceiptEvent: String, Sendable, Hashable, Codable, CaseIterable {
  case planFrozen = "plan-frozen"
  case approved, started, paused, resumed, completed, aborted, purged
  case attempt, accepted, deferred, refused, uncertain, expired, excluded, cancelled, resolved
  /// About a customer: somebody has called them.
  case called
  /// About a message that was accepted: a report says that it did not reach the mailbox.
  case bounced
  /// About a customer's mailbox, by an export of the mail server: its password was changed, or it was closed.
  case changed, locked

  /// The state a message has after this event; nil for the events of a campaign, for `resolved`, which needs its
  /// resolution, and for `bounced`, which changes none.
  package var state: MessageState? {
    switch self {
    case .attempt: .sending
    case .accepted: .accepted
    case .deferred: .deferred
    case .refused: .refused
    case .uncertain: .uncertain
    case .expired: .expired
    case .excluded: .excluded
    case .cancelled: .cancelled
    case .planFrozen, .approved, .started, .paused, .resumed, .completed, .aborted, .purged, .resolved, .called,
      .bounced, .changed, .locked:
      nil
    }
  }

  /// The event came from an attempt: number, relay and the relay's answer belong to it.
  var isOutcome: Bool {
    switch self {
    case .accepted, .deferred, .refused, .uncertain: true
    default: false
    }
  }
}

/// Reads a receipts file line by line, with constant memory.
///
/// Returns lines as they are; others decide whether they are receipts, and whether the chain holds. Fails with
/// ``FileError``, also when the file is not a regular one or has a line longer than ``longestLine``.
public struct ReceiptReader: Sendable {
  /// The file's name in every folder of receipts.
  public static let fileName = "receipts.jsonl"
  /// In bytes. The longest part of a receipt is a relay's reply, of at most 128 KiB, each of which may take six to write.
  static let longestLine = 1 << 20

  public let file: URL

  public init(file: URL) { self.file = file }

  /// Calls `body` for each line without its line feed; `isWhole` is false for a last line that has none.
  ///
  /// - Parameter start: Where the first line begins.
  public func forEachLine(from start: Int = 0, _ body: (_ line: [UInt8], _ isWhole: Bool) throws -> Void) throws {
    try RandomAccessFile(path: file.path).forEachLine(longest: Self.longestLine, from: start, body)
  }

  /// Calls `body` for each receipt. A line that is not a receipt throws ``ReceiptSyntaxError`` with its number.
  public func forEach(_ body: (Receipt) throws -> Void) throws {
    var number = 0
    try forEachLine { line, isWhole in
      number += 1
      // A line that a crash cut short is not a receipt yet; the next delivery writes it again.
      guard isWhole else { return }
      let receipt: Receipt
      do {
        receipt = try Receipt(line: line)
      } catch {
        throw ReceiptSyntaxError("line \(number): \(error)")
      }
      try body(receipt)
    }
  }
}

/// The figures of a plan in its receipt `plan-frozen`, by their names there and in their order.
///
/// The names belong to the format of receipts: verifying them needs no plan.
package enum PlanFigure: String, Sendable, CaseIterable {
  case rows, rejected, customers
  /// Customers by outcome.
  case letter, phone, none
  /// Letters of all customers; missing in receipts from before a customer could get several.
  case letters

  package static let outcomes = [PlanFigure.letter, .phone, .none]
}
