import Foundation
import GRDB
import Mail
import Receipts

/// The end of one campaign's chain of receipts while a transaction lasts; keeps the lines.
///
/// Begun and ended inside the transaction that changes the states, so that a change and its receipt stand or fall
/// together.
final class ReceiptChain {
  let campaign: Int64
  private let statements: StoreStatements
  private var composer: ReceiptComposer
  var seq: Int64 { composer.seq }
  var head: [UInt8] { composer.head }

  /// - Parameter row: The campaign's, from ``StoreStatements/chain``.
  init(campaign: Int64, _ row: PreparedStatement, _ statements: StoreStatements) {
    self.campaign = campaign
    self.statements = statements
    composer = ReceiptComposer(row: row)
  }

  /// Writes one receipt; `fields` adds what comes between `event` and `prev`.
  func append(_ event: ReceiptEvent, at: Milliseconds, fields: (inout StrictJSONWriter) -> Void) throws {
    try keep(composer.line(event, at: at, fields: fields))
  }

  /// A receipt about the message in `row`, whose columns are ``MessageColumn``.
  func append(
    _ event: ReceiptEvent, at: Milliseconds, message row: PreparedStatement, record: AttemptOutcome? = nil,
    reply: String? = nil, reason: String? = nil, resolution: Resolution? = nil, evidence: String? = nil,
    bounce: BounceRecord? = nil
  ) throws {
    let words = ReceiptWords(
      record: record, reply: reply, reason: reason, resolution: resolution, evidence: evidence, bounce: bounce)
    let isHidden = try hidesDomain(of: row)
    let customer = words.speakOfCustomer ? try self.customer(of: row, hidesDomain: isHidden) : nil
    try keep(composer.line(event, at: at, message: row, words, hidesDomain: isHidden, about: customer))
  }

  private func keep(_ line: [UInt8]) throws {
    statements.insertReceipt.bind(SpoolSchema.receipt(campaign, seq), at: 1)
    statements.insertReceipt.bind(blob: line, at: 2)
    try statements.insertReceipt.run()
  }

  /// Whether receipts of this campaign hide the domain of the message in `row`.
  private func hidesDomain(of row: PreparedStatement) throws -> Bool {
    guard composer.hidesDomains else { return false }
    let select = statements.readableDomain
    defer { select.reset() }
    select.bind(campaign, at: 1)
    select.bind(ReceiptComposer.domain(of: row), at: 2)
    return try !select.step()
  }

  /// What words about the message in `row` must not tell.
  private func customer(of row: PreparedStatement, hidesDomain: Bool) throws -> RedactedCustomer {
    let select = statements.customer
    defer { select.reset() }
    select.bind(row.integer(MessageColumn.customer), at: 1)
    guard try select.step() else { throw StoreError.invariant("a message has no customer") }
    let recipient = try StoredMessage.address(
      row.text(MessageColumn.recipient), of: row.integer(MessageColumn.id))
    return RedactedCustomer(
      recipient: recipient, hidesDomain: hidesDomain, id: select.text(0) ?? "", payload: select.data(1))
  }
}
