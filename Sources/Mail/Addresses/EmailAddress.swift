import Foundation

/// One mailbox address, `local@domain`: parsed once and valid from then on.
///
/// The syntax is Mailbox of RFC 5321 §4.1.2 with UTF-8 in the local part as RFC 6531 §3.3 adds it: a dot-atom or a
/// quoted string, then a domain name of at least two labels. Comments, address literals, white space around the
/// address, control characters and invisible characters are refused, and so is the empty quoted string;
/// ``AddressError`` says which. The local part is at most 64 octets, the address at most 254.
public struct EmailAddress: Sendable, Hashable, CustomStringConvertible {
  /// The address as it is transmitted: in NFC, in quotes only where it needs them, its case kept (RFC 5321 §2.4).
  public let local: String
  public let domain: Domain

  /// Parses a bare address: no display name, no angle brackets, nothing around it.
  public init(_ text: some StringProtocol) throws(AddressError) {
    let whole = String(text)
    try self.init(whole[...], in: whole)
  }

  /// Parses `text`, a part of `whole`; errors count their places in `whole`.
  package init(_ text: Substring, in whole: String) throws(AddressError) {
    guard !text.isEmpty else { throw AddressError(.empty) }
    let part = try LocalPart(startOf: text, in: whole)
    let rest = text[text.utf8.index(after: part.at)...]
    if rest.isEmpty { throw AddressError(.nothingAfterAt) }
    if rest.utf8.first == UInt8(ascii: "[") { throw AddressError(.addressLiteral) }
    do {
      domain = try Domain(rest, in: whole)
    } catch {
      switch error.reason {
      case .leadingDot: throw AddressError(.dotAfterAt)
      case .character("@", _): throw AddressError(.severalAts)
      default: throw error
      }
    }
    local = part.text
    let localCount = local.utf8.count
    guard localCount <= 64 else { throw AddressError(.localPartTooLong(localCount)) }
    let total = localCount + 1 + domain.ascii.utf8.count
    guard total <= 254 else { throw AddressError(.tooLong(total)) }
  }

  /// True when the address can be sent to without SMTPUTF8 (RFC 6531).
  public var isASCII: Bool { local.utf8.allSatisfy { $0 < 0x80 } }

  /// The address as a reader knows it, its domain in U-labels.
  public var displayText: String { "\(local)@\(domain.unicode)" }

  /// The key for comparisons, such as for duplicates and keyed hashes: the whole address in lower case. Almost no
  /// provider distinguishes `Info@` from `info@`, although RFC 5321 permits it.
  public var key: String { "\(local.lowercased())@\(domain.ascii)" }

  public var description: String { "\(local)@\(domain.ascii)" }
}

extension EmailAddress: Codable {
  /// Decodes one string; an invalid one is `DecodingError.dataCorrupted`, with the reason but without the address.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    do {
      try self.init(text)
    } catch {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "the address \(error)")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
