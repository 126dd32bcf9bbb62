/// One reason to call a customer.
///
/// Encoded as an object of `kind`, `letter` and `detail`, null where there is none.
public struct CallCause: Sendable, Hashable {
  public enum Kind: String, Sendable, Encodable, CaseIterable {
    /// A segment asks for the call; ``CallCause/detail`` is its reason.
    case request
    case noAddress = "no_address"
    /// The letter was taken out before it was sent; the detail says why.
    case excluded
    /// The relay refused the letter, or it was given up; the detail is the last reply.
    case refused, expired
    case uncertain
    /// Sent with an unknown outcome, and not again, as the campaign was cancelled.
    case uncertainCancelled = "uncertain_cancelled"
    /// The campaign was cancelled before the letter was sent; or before it was accepted.
    case unsent, unaccepted
    /// Not accepted by the deadline.
    case late
  }
  public var kind: Kind
  /// The name of the letter it is about, where the customer gets several.
  public var letter: String?
  /// Empty where there is nothing to add.
  public var detail: String

  public init(_ kind: Kind, letter: String? = nil, detail: String = "") {
    self.kind = kind
    self.letter = letter
    self.detail = detail
  }

  /// The flag of a script's template that is yes for this cause: what a caller says is the same for several kinds.
  var flag: String {
    switch kind {
    case .request: "is_request"
    case .noAddress: "is_no_address"
    case .excluded: "is_excluded"
    case .refused, .expired: "is_refused"
    case .uncertain, .uncertainCancelled: "is_uncertain"
    case .unsent, .unaccepted: "is_unsent"
    case .late: "is_late"
    }
  }

  static let flags = Set(Kind.allCases.map { CallCause($0).flag })
}

extension CallCause: Encodable {
  private enum CodingKeys: String, CodingKey { case kind, letter, detail }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    try container.encode(letter, forKey: .letter)
    try container.encode(detail.isEmpty ? nil : detail, forKey: .detail)
  }
}
