import Foundation
import GRDB
import Mail
import Receipts

/// The end of one campaign's chain of receipts while a transaction lasts: gives out `seq` and `prev`, keeps the lines.
///
/// Begun and ended inside the transaction that changes the states, so that a change and its receipt stand or fall
/// together. `prev` is the SHA-256 of the line before, without its line feed; before the first line it is 32 zeros.
final class ReceiptChain {
  let campaign: Int64
  /// Escaped for JSON.
  private let name: [UInt8]
  private let statements: StoreStatements
  /// With the campaign's key, made when a receipt first hides a domain.
  private lazy var hash = KeyedHash(key: hashKey)
  private let hashKey: [UInt8]
  /// False for a campaign that was frozen when receipts showed every domain.
  private let hidesDomains: Bool
  private var encoder = ReceiptEncoder()
  private(set) var seq: Int64
  private(set) var head: [UInt8]

  /// - Parameter row: The campaign's, from ``StoreStatements/chain``.
  init(campaign: Int64, _ row: PreparedStatement, _ statements: StoreStatements) {
    self.campaign = campaign
    name = StrictJSONWriter.escaped((row.text(0) ?? "").utf8)
    seq = row.integer(1)
    head = row.blob(2)
    hashKey = row.blob(3)
    hidesDomains = row.integer(4) == 1
    self.statements = statements
  }

  /// Writes one receipt; `fields` adds what comes between `event` and `prev`.
  func append(_ event: ReceiptEvent, at: Milliseconds, fields: (inout StrictJSONWriter) -> Void) throws {
    seq += 1
    encoder.begin(seq: seq, at: at, campaign: name, event: event)
    fields(&encoder.json)
    encoder.end(prev: head)
    head = SHA256.digest(of: encoder.bytes).bytes
    statements.insertReceipt.bind(SpoolSchema.receipt(campaign, seq), at: 1)
    statements.insertReceipt.bind(blob: encoder.bytes, at: 2)
    try statements.insertReceipt.run()
  }

  /// A receipt about the message in `row`, whose columns are ``MessageColumn``.
  func append(
    _ event: ReceiptEvent, at: Milliseconds, message row: PreparedStatement, record: AttemptOutcome? = nil,
    reply: String? = nil, reason: String? = nil, resolution: Resolution? = nil, evidence: String? = nil
  ) throws {
    let recipient = row.text(MessageColumn.recipient) ?? ""
    let domain = recipient[(recipient.lastIndex(of: "@").map(recipient.index(after:)) ?? recipient.startIndex)...]
    let isHidden = try hides(domain)
    let words = record?.reply ?? reply
    let customer =
      words?.isEmpty == false || evidence != nil ? try self.customer(of: row, recipient, hidesDomain: isHidden) : nil
    try append(event, at: at) { line in
      line.field("message", row.integer(MessageColumn.id))
      line.field("customer", hex: MessageColumn.customerHash, of: row)
      line.field("recipient", hex: MessageColumn.recipientHash, of: row)
      line.field("domain", isHidden ? ReceiptDomain.hidden(String(domain), by: hash) : String(domain))
      line.field("relay", text: MessageColumn.relay, of: row)
      let attempts = row.integer(MessageColumn.attempts)
      if attempts > 0 { line.field("attempt", attempts) }
      if let record {
        if !record.phase.isEmpty { line.field("phase", record.phase) }
        if let code = record.code { line.field("code", Int64(code)) }
        if let enhanced = record.enhanced { line.field("enhanced", enhanced) }
      }
      if let words, !words.isEmpty { line.field("reply", AddressRedaction.text(words, about: customer)) }
      line.field("message_id", text: MessageColumn.messageID, of: row)
      line.field("sha256", hex: MessageColumn.sha256, of: row)
      line.field("template", text: MessageColumn.template, of: row)
      // Our own words.
      if let reason { line.field("reason", AddressRedaction.text(reason, about: nil)) }
      if let resolution { line.field("resolution", resolution.rawValue) }
      if let evidence {
        let messageID = row.text(MessageColumn.messageID).flatMap { try? MessageID(parsing: $0) }
        line.field("evidence", AddressRedaction.evidence(evidence, about: customer, keeping: messageID))
      }
    }
  }

  /// Whether receipts of this campaign hide the domain.
  private func hides(_ domain: Substring) throws -> Bool {
    guard hidesDomains else { return false }
    let select = statements.readableDomain
    defer { select.reset() }
    select.bind(campaign, at: 1)
    select.bind(String(domain), at: 2)
    return try !select.step()
  }

  /// What words about the message in `row` must not tell.
  private func customer(
    of row: PreparedStatement, _ recipient: String, hidesDomain: Bool
  ) throws -> RedactedCustomer {
    let select = statements.customer
    defer { select.reset() }
    select.bind(row.integer(MessageColumn.customer), at: 1)
    guard try select.step() else { throw StoreError.invariant("a message has no customer") }
    return RedactedCustomer(
      recipient: try SQLiteStore.address(recipient, of: row.integer(MessageColumn.id)), hidesDomain: hidesDomain,
      id: select.text(0) ?? "", payload: select.data(1))
  }
}

/// The columns of its message that a receipt needs, in this order.
enum MessageColumn {
  static let list = """
    id, campaign, attempts, fence, relay, sha256, customer_hash, recipient_hash, recipient, message_id, template, customer
    """
  static let id: Int32 = 0
  static let campaign: Int32 = 1
  static let attempts: Int32 = 2
  static let fence: Int32 = 3
  static let relay: Int32 = 4
  static let sha256: Int32 = 5
  static let customerHash: Int32 = 6
  static let recipientHash: Int32 = 7
  static let recipient: Int32 = 8
  static let messageID: Int32 = 9
  static let template: Int32 = 10
  static let customer: Int32 = 11
}

extension StrictJSONWriter {
  /// A text column; nothing for NULL.
  fileprivate mutating func field(_ name: StaticString, text column: Int32, of row: PreparedStatement) {
    guard !row.isNull(column) else { return }
    row.withBytes(column) { field(name, utf8: $0) }
  }

  /// A blob column as hexadecimal digits; nothing for NULL.
  fileprivate mutating func field(_ name: StaticString, hex column: Int32, of row: PreparedStatement) {
    guard !row.isNull(column) else { return }
    row.withBytes(column) { field(name, hex: $0) }
  }
}
