import Mail

/// Writes one receipt line after another into one buffer. The fields come in the order they are written in: the first
/// is `seq`, the last `prev`; the fields between them are written to ``json``.
package struct ReceiptEncoder {
  package var json = StrictJSONWriter()
  /// The line so far; whole after ``end(prev:)``, without line feed.
  package var bytes: [UInt8] { json.bytes }

  package init() {}

  /// - Parameter campaign: escaped for JSON.
  package mutating func begin(seq: Int64, at: Milliseconds, campaign: [UInt8], event: ReceiptEvent) {
    json.begin()
    json.field("seq", seq)
    json.field("at", at: at)
    json.field("campaign", escaped: campaign)
    json.field("event", event.rawValue)
  }

  package mutating func end(prev: [UInt8]) {
    json.field("prev", hex: prev)
    json.end()
  }
}

extension StrictJSONWriter {
  /// Writes who approved the plan, when, and by which line of the approvals.
  package mutating func fields(_ approval: FrozenApproval) {
    field("approved_by", approval.name.text)
    field("approved_at", at: Milliseconds(approval.at))
    field("approval", hex: approval.line.bytes)
  }
}
