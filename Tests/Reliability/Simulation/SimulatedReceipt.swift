import Foundation
import Mail
import Queue
import Receipts

/// One receipt as a value, before it becomes a line.
struct SimulatedReceipt {
  var event: ReceiptEvent
  var at: Milliseconds
  var message: Int64?
  var attempts = 0
  var relay: String?
  var sha256: SHA256Digest?
  var record: AttemptOutcome?
  var reply: String?
  var reason: String?
  var resolution: Resolution?
  var evidence: String?
  var approval: FrozenApproval?
  var plan: String?
  var figures: [(String, Int)]?

  init(event: ReceiptEvent, at: Milliseconds) {
    self.event = event
    self.at = at
  }
}

/// The lines of one campaign's receipts, as far as they were asked for.
struct ReceiptLines {
  private(set) var lines: [[UInt8]] = []
  private var head = [UInt8](repeating: 0, count: 32)
  private var encoder = ReceiptEncoder()
  private var hash: KeyedHash?

  func lines(after seq: Int64, limit: Int) -> [ReceiptLine] {
    let start = Int(max(seq, 0))
    guard start < lines.count else { return [] }
    return lines[start...].prefix(max(limit, 0)).enumerated().map {
      ReceiptLine(seq: Int64(start + $0.offset + 1), bytes: $0.element)
    }
  }

  mutating func append(
    _ receipt: SimulatedReceipt, of plan: FrozenPlan, about customer: PlannedCustomer?, _ message: PlannedMessage?,
    hidesDomain: Bool
  ) {
    encoder.begin(
      seq: Int64(lines.count + 1), at: receipt.at, campaign: StrictJSONWriter.escaped(plan.name.utf8),
      event: receipt.event)
    if let id = receipt.message, let customer, let message {
      fields(receipt, id, customer, message, hidesDomain, key: plan.hashKey)
    }
    if let approval = receipt.approval { encoder.json.fields(approval) }
    if let plan = receipt.plan { encoder.json.field("plan", plan) }
    if let figures = receipt.figures { encoder.json.field("figures", figures: figures) }
    encoder.end(prev: head)
    head = SHA256.digest(of: encoder.bytes).bytes
    lines.append(encoder.bytes)
  }

  private mutating func fields(
    _ receipt: SimulatedReceipt, _ id: Int64, _ customer: PlannedCustomer, _ message: PlannedMessage,
    _ hidesDomain: Bool,
    key: [UInt8]
  ) {
    let keyed = hash ?? KeyedHash(key: key)
    hash = keyed
    let about = RedactedCustomer(
      recipient: message.recipient, hidesDomain: hidesDomain, id: customer.id, payload: customer.payload)
    let domain = message.recipient.domain.ascii
    encoder.json.field("message", id)
    encoder.json.field("customer", hex: keyed.digest(of: customer.id).bytes)
    encoder.json.field("recipient", hex: keyed.digest(of: message.recipient.key).bytes)
    encoder.json.field("domain", hidesDomain ? ReceiptDomain.hidden(domain, by: keyed) : domain)
    if let relay = receipt.relay { encoder.json.field("relay", relay) }
    if receipt.attempts > 0 { encoder.json.field("attempt", Int64(receipt.attempts)) }
    if let record = receipt.record {
      if !record.phase.isEmpty { encoder.json.field("phase", record.phase) }
      if let code = record.code { encoder.json.field("code", Int64(code)) }
      if let enhanced = record.enhanced { encoder.json.field("enhanced", enhanced) }
    }
    if let words = receipt.record?.reply ?? receipt.reply, !words.isEmpty {
      encoder.json.field("reply", AddressRedaction.text(words, about: about))
    }
    encoder.json.field("message_id", message.messageID.description)
    if let sha256 = receipt.sha256 { encoder.json.field("sha256", hex: sha256.bytes) }
    encoder.json.field("template", message.template)
    if let reason = receipt.reason { encoder.json.field("reason", AddressRedaction.text(reason, about: nil)) }
    if let resolution = receipt.resolution { encoder.json.field("resolution", resolution.rawValue) }
    if let evidence = receipt.evidence {
      encoder.json.field(
        "evidence", AddressRedaction.evidence(evidence, about: about, keeping: message.messageID))
    }
  }
}

extension SimulatedStore.Contents {
  /// Makes the lines that are not made yet.
  mutating func encodeReceipts(of index: Int) {
    let plan = campaigns[index].record.plan
    let readable = campaigns[index].readableDomains
    let made = campaigns[index].lines.lines.count
    for receipt in campaigns[index].receipts[made...] {
      let message = receipt.message.map { messages[Int($0) - 1] }
      campaigns[index].lines.append(
        receipt, of: plan, about: message.map { customers[$0.customer].planned }, message?.planned,
        hidesDomain: message.map { !readable.contains($0.planned.recipient.domain) } ?? false)
    }
  }
}
