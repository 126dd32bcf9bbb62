import Foundation
import Mail
package import Receipts

/// The end of one campaign's chain of receipts, and how the lines that follow it are made: the same for every store.
///
/// Gives out `seq` and `prev`. `prev` is the SHA-256 of the line before, without its line feed; before the first line it
/// is 32 zeros. A store keeps the lines, and the end, in the transaction that changes the states.
package struct ReceiptComposer {
  /// Escaped for JSON.
  private let name: [UInt8]
  private let hashKey: [UInt8]
  /// With the campaign's key, made when a receipt first hides a domain.
  private var hash: KeyedHash?
  private var encoder = ReceiptEncoder()
  /// False for a campaign that was frozen when receipts showed every domain.
  package let hidesDomains: Bool
  package private(set) var seq: Int64
  package private(set) var head: [UInt8]

  /// The columns that ``init(row:)`` reads, of a campaign and its chain.
  package static let columns = "campaigns.name, chains.seq, chains.head, campaigns.hash_key, campaigns.hides_domains"

  package init(row: some StoredRow) {
    name = StrictJSONWriter.escaped((row.text(0) ?? "").utf8)
    seq = row.integer(1)
    head = row.blob(2)
    hashKey = row.blob(3)
    hidesDomains = row.integer(4) == 1
  }

  /// The next line; `fields` adds what comes between `event` and `prev`.
  package mutating func line(
    _ event: ReceiptEvent, at: Milliseconds, fields: (inout StrictJSONWriter) -> Void
  ) -> [UInt8] {
    seq += 1
    encoder.begin(seq: seq, at: at, campaign: name, event: event)
    fields(&encoder.json)
    encoder.end(prev: head)
    head = SHA256.digest(of: encoder.bytes).bytes
    return encoder.bytes
  }

  /// The next line, about the message in `row`, whose columns are ``MessageColumn``.
  ///
  /// - Parameters:
  ///   - isHidden: Whether the receipt hides the domain of its recipient.
  ///   - customer: What the words must not tell; needed where they ``ReceiptWords/speakOfCustomer``.
  package mutating func line(
    _ event: ReceiptEvent, at: Milliseconds, message row: some StoredRow, _ words: ReceiptWords,
    hidesDomain isHidden: Bool,
    about customer: RedactedCustomer?
  ) -> [UInt8] {
    let shown = Self.domain(of: row)
    let domain = isHidden ? ReceiptDomain.hidden(shown, by: keyedHash()) : shown
    return line(event, at: at) { line in
      line.field("message", row.integer(MessageColumn.id))
      line.field("customer", hex: MessageColumn.customerHash, of: row)
      line.field("recipient", hex: MessageColumn.recipientHash, of: row)
      line.field("domain", domain)
      line.field("relay", text: MessageColumn.relay, of: row)
      let attempts = row.integer(MessageColumn.attempts)
      if attempts > 0 { line.field("attempt", attempts) }
      if let record = words.record {
        if !record.phase.isEmpty { line.field("phase", record.phase) }
        if let code = record.code { line.field("code", Int64(code)) }
        if let enhanced = record.enhanced { line.field("enhanced", enhanced) }
      }
      if let enhanced = words.bounce?.status { line.field("enhanced", enhanced) }
      if let reply = words.spoken { line.field("reply", AddressRedaction.text(reply, about: customer)) }
      line.field("message_id", text: MessageColumn.messageID, of: row)
      line.field("sha256", hex: MessageColumn.sha256, of: row)
      line.field("template", text: MessageColumn.template, of: row)
      // Our own words.
      if let reason = words.reason { line.field("reason", AddressRedaction.text(reason, about: nil)) }
      if let resolution = words.resolution { line.field("resolution", resolution.rawValue) }
      if let evidence = words.evidence {
        let messageID = row.text(MessageColumn.messageID).flatMap { try? MessageID(parsing: $0) }
        line.field("evidence", AddressRedaction.evidence(evidence, about: customer, keeping: messageID))
      }
      if let bounce = words.bounce { line.fields(bounce.receipt) }
    }
  }

  /// The domain of the recipient of the message in `row`.
  package static func domain(of row: some StoredRow) -> String {
    let recipient = row.text(MessageColumn.recipient) ?? ""
    return String(recipient[(recipient.lastIndex(of: "@").map(recipient.index(after:)) ?? recipient.startIndex)...])
  }

  private mutating func keyedHash() -> KeyedHash {
    let made = hash ?? KeyedHash(key: hashKey)
    hash = made
    return made
  }
}

/// What a receipt about a message says beyond the message itself.
package struct ReceiptWords {
  package var record: AttemptOutcome?
  package var reply: String?
  package var reason: String?
  package var resolution: Resolution?
  package var evidence: String?
  package var bounce: BounceRecord?

  package init(
    record: AttemptOutcome? = nil, reply: String? = nil, reason: String? = nil, resolution: Resolution? = nil,
    evidence: String? = nil, bounce: BounceRecord? = nil
  ) {
    self.record = record
    self.reply = reply
    self.reason = reason
    self.resolution = resolution
    self.evidence = evidence
    self.bounce = bounce
  }

  /// The relay's words, or what stands in their place; nil where there are none.
  fileprivate var spoken: String? {
    guard let words = record?.reply ?? reply ?? bounce?.reply, !words.isEmpty else { return nil }
    return words
  }

  /// They are not our own, and may name the customer.
  package var speakOfCustomer: Bool { spoken != nil || evidence != nil }
}

/// The columns of its message that a receipt needs, in this order.
package enum MessageColumn {
  package static let list = """
    id, campaign, attempts, fence, relay, sha256, customer_hash, recipient_hash, recipient, message_id, template, customer
    """
  package static let id: Int32 = 0
  package static let campaign: Int32 = 1
  package static let attempts: Int32 = 2
  package static let fence: Int32 = 3
  package static let relay: Int32 = 4
  package static let sha256: Int32 = 5
  package static let customerHash: Int32 = 6
  package static let recipientHash: Int32 = 7
  package static let recipient: Int32 = 8
  package static let messageID: Int32 = 9
  package static let template: Int32 = 10
  package static let customer: Int32 = 11
}

extension StrictJSONWriter {
  /// A text column; nothing for NULL.
  fileprivate mutating func field(_ name: StaticString, text column: Int32, of row: some StoredRow) {
    guard !row.isNull(column) else { return }
    row.withBytes(column) { field(name, utf8: $0) }
  }

  /// A blob column as hexadecimal digits; nothing for NULL.
  fileprivate mutating func field(_ name: StaticString, hex column: Int32, of row: some StoredRow) {
    guard !row.isNull(column) else { return }
    row.withBytes(column) { field(name, hex: $0) }
  }
}
