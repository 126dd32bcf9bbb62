/// The action for a customer: exactly one of letters, call or nothing, with its reasons.
public struct Outcome: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Codable, CaseIterable { case letter, phone, none }
  public var kind: Kind
  /// The names of the letters, each once, with those that mailboxes ask for first; empty unless `kind` is letter.
  public var letters: [String]
  /// The reasons for the outcome, each once, in order of first appearance. For a letter: why no mailbox asks for one,
  /// when the letter is for a whole segment; empty otherwise.
  public var reasons: [OutcomeReason]
  /// The reasons why a letter customer is called as well, when one of their mailboxes asks for a call; empty otherwise.
  public var calls: [OutcomeReason]

  public init(kind: Kind, letters: [String] = [], reasons: [OutcomeReason] = [], calls: [OutcomeReason] = []) {
    self.kind = kind
    self.letters = letters
    self.reasons = reasons
    self.calls = calls
  }
}

/// One reason of an ``Outcome``.
///
/// Encoded as an object of `kind` and `reason`: `{"kind":"segment","reason":"fax machine"}`,
/// `{"kind":"no_address","reason":null}`, `{"kind":"rejected_row","reason":null}`. A store and the documents of reports keep it in this form.
public enum OutcomeReason: Sendable, Hashable, Codable {
  /// A segment's own words, from the campaign file.
  case segment(String)
  /// There is no address that a letter could go to.
  case noAddress
  /// A row of the customer was rejected; ``Customer/rejections`` says which, and why.
  case rejectedRow

  private enum CodingKeys: String, CodingKey { case kind, reason }
  private enum Kind: String, Codable {
    case segment
    case noAddress = "no_address"
    case rejectedRow = "rejected_row"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    switch try container.decode(Kind.self, forKey: .kind) {
    case .segment: self = .segment(try container.decode(String.self, forKey: .reason))
    case .noAddress: self = .noAddress
    case .rejectedRow: self = .rejectedRow
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .segment(let reason):
      try container.encode(Kind.segment, forKey: .kind)
      try container.encode(reason, forKey: .reason)
    case .noAddress:
      try container.encode(Kind.noAddress, forKey: .kind)
      try container.encodeNil(forKey: .reason)
    case .rejectedRow:
      try container.encode(Kind.rejectedRow, forKey: .kind)
      try container.encodeNil(forKey: .reason)
    }
  }

  /// The reason in words, for people.
  public var text: String {
    switch self {
    case .segment(let reason): reason
    case .noAddress: "no e-mail address"
    case .rejectedRow: "a row of the customer file was rejected"
    }
  }
}

extension [OutcomeReason] {
  /// All reasons in words, for people; empty when there are none.
  public var text: String { map(\.text).joined(separator: "; ") }
}
