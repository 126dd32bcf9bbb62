public import Foundation
public import Mail

/// What came of a call to a customer. The words are the same in the database, the receipts, the JSON and on the command
/// line.
public enum CallOutcome: String, Sendable, Hashable, Codable, CaseIterable {
  /// The customer was told on the telephone.
  case reached
  case noAnswer = "no-answer"
  /// Whoever has this number is not the customer. Said after `reached`, it takes that back.
  case wrongNumber = "wrong-number"
  /// The customer was spoken to, wants it in writing, and is not told yet.
  case letterWanted = "letter-wanted"
}

/// What a receipt `called` says of a call beside the customer.
///
/// Who called and what was noted are keyed hashes: receipts cannot be purged, and both are about persons. With the
/// campaign's key they can be compared with what the queue has.
public struct CallReceipt: Sendable, Hashable {
  public var outcome: CallOutcome
  /// When the customer was called; the receipt's own `at` is when that was recorded.
  public var at: Date
  /// Keyed hash of the caller's name.
  public var by: SHA256Digest
  /// Keyed hash of the note; nil without one.
  public var note: SHA256Digest?

  public init(outcome: CallOutcome, at: Date, by: SHA256Digest, note: SHA256Digest?) {
    self.outcome = outcome
    self.at = at
    self.by = by
    self.note = note
  }

  /// - Parameter hash: With the campaign's key.
  public init(_ outcome: CallOutcome, at: Date, caller: String, note: String, by hash: KeyedHash) {
    // The words keep the hash of a name apart from that of a customer's id or of a note that reads the same.
    self.init(
      outcome: outcome, at: at, by: hash.digest(of: "caller\0\(caller)"),
      note: note.isEmpty ? nil : hash.digest(of: "note\0\(note)"))
  }
}

extension StrictJSONWriter {
  package mutating func fields(_ call: CallReceipt) {
    field("outcome", call.outcome.rawValue)
    field("called_at", at: Milliseconds(call.at))
    field("called_by", hex: call.by.bytes)
    if let note = call.note { field("note", hex: note.bytes) }
  }
}
