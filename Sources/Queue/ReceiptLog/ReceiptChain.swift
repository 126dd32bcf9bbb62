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
  private let insert: PreparedStatement
  private var encoder = ReceiptEncoder()
  private(set) var seq: Int64
  private(set) var head: [UInt8]

  init(campaign: Int64, name: String, seq: Int64, head: [UInt8], insert: PreparedStatement) {
    self.campaign = campaign
    self.name = StrictJSONWriter.escaped(name.utf8)
    self.seq = seq
    self.head = head
    self.insert = insert
  }

  /// Writes one receipt; `fields` adds what comes between `event` and `prev`.
  func append(_ event: ReceiptEvent, at: Milliseconds, fields: (inout StrictJSONWriter) -> Void) throws {
    seq += 1
    encoder.begin(seq: seq, at: at, campaign: name, event: event)
    fields(&encoder.json)
    encoder.end(prev: head)
    head = SHA256.digest(of: encoder.bytes).bytes
    insert.bind(SpoolSchema.receipt(campaign, seq), at: 1)
    insert.bind(blob: encoder.bytes, at: 2)
    try insert.run()
  }

  /// A receipt about the message in `row`, whose columns are ``MessageColumn``.
  func append(
    _ event: ReceiptEvent, at: Milliseconds, message row: PreparedStatement, record: AttemptOutcome? = nil,
    reply: String? = nil, reason: String? = nil, resolution: Resolution? = nil, evidence: String? = nil
  ) throws {
    try append(event, at: at) { line in
      line.field("message", row.integer(MessageColumn.id))
      line.field("customer", hex: MessageColumn.customerHash, of: row)
      line.field("recipient", hex: MessageColumn.recipientHash, of: row)
      line.field("domain", domainOf: MessageColumn.recipient, of: row)
      line.field("relay", text: MessageColumn.relay, of: row)
      let attempts = row.integer(MessageColumn.attempts)
      if attempts > 0 { line.field("attempt", attempts) }
      if let record {
        if !record.phase.isEmpty { line.field("phase", record.phase) }
        if let code = record.code { line.field("code", Int64(code)) }
        if let enhanced = record.enhanced { line.field("enhanced", enhanced) }
      }
      if let words = record?.reply ?? reply, !words.isEmpty {
        line.field("reply", AddressRedaction.text(words, recipientLocal: recipientLocal(row)))
      }
      line.field("message_id", text: MessageColumn.messageID, of: row)
      line.field("sha256", hex: MessageColumn.sha256, of: row)
      line.field("template", text: MessageColumn.template, of: row)
      // Our own words.
      if let reason { line.field("reason", AddressRedaction.text(reason, recipientLocal: "")) }
      if let resolution { line.field("resolution", resolution.rawValue) }
      if let evidence {
        let messageID = row.text(MessageColumn.messageID).flatMap { try? MessageID(parsing: $0) }
        line.field(
          "evidence", AddressRedaction.evidence(evidence, recipientLocal: recipientLocal(row), messageID: messageID))
      }
    }
  }

  private func recipientLocal(_ row: PreparedStatement) -> String {
    row.withBytes(MessageColumn.recipient) { address in
      String(decoding: address[..<(address.lastIndex(of: UInt8(ascii: "@")) ?? 0)], as: UTF8.self)
    }
  }
}

/// The columns of its message that a receipt needs, in this order.
enum MessageColumn {
  static let list = """
    id, campaign, attempts, fence, relay, sha256, customer_hash, recipient_hash, recipient, message_id, template
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

  /// The text after the last `@` of an address column.
  fileprivate mutating func field(_ name: StaticString, domainOf column: Int32, of row: PreparedStatement) {
    row.withBytes(column) { address in
      let start = (address.lastIndex(of: UInt8(ascii: "@")) ?? -1) + 1
      field(name, utf8: UnsafeRawBufferPointer(rebasing: address[start...]))
    }
  }
}
