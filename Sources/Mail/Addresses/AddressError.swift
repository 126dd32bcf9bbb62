import CIDN2

/// The reason why a text is not an address, a domain or a Message-ID.
///
/// Its description is an English clause that begins with a verb, so that a caller who may show the text can write
/// "contact address “x” has two dots in a row". It names the offending character and its place, but never holds the
/// text itself: an address is personal data and must not get into a log through an error.
///
/// Places are counted in characters as a reader sees them, from 1, in the whole text that was parsed.
public struct AddressError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Reason: Sendable, Hashable {
    case empty
    case noAt
    case severalAts
    case nothingBeforeAt
    case nothingAfterAt
    case leadingDot
    case dotBeforeAt
    case dotAfterAt
    case twoDots
    case trailingDot
    case space(at: Int)
    /// A no-break space, a zero-width or bidirectional character or another one that cannot be seen, by its Unicode
    /// name.
    case invisible(Unicode.Scalar, at: Int)
    case control(Unicode.Scalar, at: Int)
    case comment(at: Int)
    /// A character that has no place here, or only inside quotes.
    case character(Unicode.Scalar, at: Int)
    case openQuote
    case textAfterQuote
    /// `[192.0.2.1]` instead of a domain (RFC 5321 §4.1.3): nobody can vouch for who reads mail there.
    case addressLiteral
    /// The length of the local part in octets; 64 are allowed (RFC 5321 §4.5.3.1.1).
    case localPartTooLong(Int)
    /// The length of the address in octets; 254 are allowed (RFC 5321 §4.5.3.1.3, less the angle brackets).
    case tooLong(Int)
    case noDotInDomain
    /// The length of a label in octets; 63 are allowed (RFC 1035 §2.3.4). 0 when only the A-label is too long.
    case labelTooLong(Int)
    /// The length of the domain in octets; 253 are allowed. 0 when it is too long only in A-labels.
    case domainTooLong(Int)
    case hyphenAtLabelEdge
    case numericTopLevel
    case notIDNA(IDNAProblem)
    case noAngleBrackets
    case nothingInAngleBrackets
    case textAfterAngleBracket
    /// A character of an unquoted display name that would end it or begin another address.
    case needsQuotes(Unicode.Scalar, at: Int)
  }

  /// The fault of an internationalised label (RFC 5891 §5.4).
  public enum IDNAProblem: Sendable, Hashable {
    case character, context, direction, unassigned, combiningFirst, hyphens, badALabel, other
  }

  public let reason: Reason

  public init(_ reason: Reason) { self.reason = reason }

  public var description: String {
    switch reason {
    case .empty: "is empty"
    case .noAt: "has no @"
    case .severalAts: "has more than one @"
    case .nothingBeforeAt: "has nothing before the @"
    case .nothingAfterAt: "has nothing after the @"
    case .leadingDot: "begins with a dot"
    case .dotBeforeAt: "has a dot right before the @"
    case .dotAfterAt: "has a dot right after the @"
    case .twoDots: "has two dots in a row"
    case .trailingDot: "ends with a dot"
    case .space(let place): "has a space at character \(place)"
    case .invisible(let scalar, let place), .control(let scalar, let place):
      "has \(scalar.spokenName) at character \(place)"
    case .comment(let place): "has a comment in parentheses at character \(place)"
    case .character(let scalar, let place):
      "has the character “\(scalar)” at character \(place), which is not allowed there"
    case .openQuote: "has a quotation mark that is never closed"
    case .textAfterQuote: "has text between the closing quotation mark and the @"
    case .addressLiteral: "has an IP address in brackets in place of a domain name"
    case .localPartTooLong(let count): "has \(count) octets before the @, which is more than 64"
    case .tooLong(let count): "has \(count) octets, which is more than 254"
    case .noDotInDomain: "has a domain name without a dot"
    case .labelTooLong(let count):
      count > 63
        ? "has a part of \(count) octets in its domain name, which is more than 63"
        : "has a part in its domain name that is more than 63 octets long once encoded"
    case .domainTooLong(let count):
      count > 253
        ? "has a domain name of \(count) octets, which is more than 253"
        : "has a domain name that is more than 253 octets long once encoded"
    case .hyphenAtLabelEdge: "has a hyphen at the beginning or end of a part of its domain name"
    case .numericTopLevel: "has a domain name that ends in a number"
    case .notIDNA(let problem): problem.clause
    case .noAngleBrackets: "has no pair of angle brackets around it"
    case .nothingInAngleBrackets: "has nothing between its angle brackets"
    case .textAfterAngleBracket: "has text after the closing angle bracket"
    case .needsQuotes(let scalar, let place):
      "has the character “\(scalar)” at character \(place) of its display name, which needs quotation marks around the name"
    }
  }
}

extension AddressError.IDNAProblem {
  init(_ result: cidn2_result) {
    self =
      switch result {
      case cidn2_disallowed: .character
      case cidn2_context: .context
      case cidn2_direction: .direction
      case cidn2_unassigned: .unassigned
      case cidn2_combining_first: .combiningFirst
      case cidn2_hyphens: .hyphens
      case cidn2_bad_a_label: .badALabel
      default: .other
      }
  }

  var clause: String {
    switch self {
    case .character: "has a domain name with a character that IDNA2008 does not allow"
    case .context: "has a domain name with a character that IDNA2008 allows beside certain others only"
    case .direction: "has a domain name that mixes writing directions against RFC 5893"
    case .unassigned: "has a domain name with a character that Unicode does not know yet"
    case .combiningFirst: "has a domain name with a combining mark that has no letter before it"
    case .hyphens: "has a domain name with hyphens where IDNA2008 does not allow them"
    case .badALabel: "has a domain name with an “xn--” part that stands for nothing"
    case .other: "has a domain name that is not valid by IDNA2008"
    }
  }
}
