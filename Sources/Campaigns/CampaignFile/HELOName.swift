import Foundation
import Mail

/// The name that this program gives in EHLO (RFC 5321 §4.1.1.1): a full host name as A-labels, or an address literal in
/// brackets (§4.1.3).
///
/// What a relay's administrator cannot look up is no name: `localhost`, a name without a dot, one with an underscore, and
/// one below a top-level domain that no public server knows (RFC 6761, RFC 6762, RFC 8375).
public enum HELOName {
  /// `text` as it is sent; nil when it is no name that a relay would take.
  public static func parse(_ text: String) -> String? {
    if text.hasPrefix("[") { return literal(text) }
    guard let domain = try? Domain(text), !isPrivate(domain.ascii) else { return nil }
    return domain.ascii
  }

  /// The literal of an IP address: `[192.0.2.1]`, `[IPv6:2001:db8::1]`; nil when it is none.
  public static func literal(address: String) -> String? {
    if isIPv4(address) { return "[\(address)]" }
    return isIPv6(address) ? "[IPv6:\(address.lowercased())]" : nil
  }

  static let example = "mail.provider.example or [192.0.2.1]"

  /// The reason, for an operator, why `text` is not taken.
  static func objection(to text: String) -> String {
    if literal(address: text) != nil {
      return "an IP address stands in brackets, as in \(literal(address: text) ?? "")"
    }
    if text.hasPrefix("[") { return "it is no IP address in brackets, as in [192.0.2.1] or [IPv6:2001:db8::1]" }
    do throws(AddressError) {
      let domain = try Domain(text)
      return "no relay can know a name below \"\(domain.ascii.split(separator: ".").last ?? "")\""
    } catch {
      return text.contains("_") ? "a host name has no underscore" : "it \(error)"
    }
  }

  private static let privateDomains: Set<String> = [
    "localhost", "localdomain", "local", "lan", "home", "internal", "intranet", "private", "corp", "invalid",
  ]

  private static func isPrivate(_ ascii: String) -> Bool {
    let last = ascii.split(separator: ".").last.map(String.init) ?? ""
    return privateDomains.contains(last) || ascii.hasSuffix(".home.arpa")
  }

  private static func literal(_ text: String) -> String? {
    guard text.hasSuffix("]") else { return nil }
    let inside = String(text.dropFirst().dropLast())
    if isIPv4(inside) { return literal(address: inside) }
    let tag = "ipv6:"
    guard inside.lowercased().hasPrefix(tag) else { return nil }
    let address = String(inside.dropFirst(tag.count))
    return isIPv6(address) ? literal(address: address) : nil
  }

  private static func isIPv4(_ text: String) -> Bool {
    var address = in_addr()
    return inet_pton(AF_INET, text, &address) == 1
  }

  private static func isIPv6(_ text: String) -> Bool {
    var address = in6_addr()
    return inet_pton(AF_INET6, text, &address) == 1
  }
}

extension YAMLValue {
  func heloName() -> String? {
    guard let text = text() else { return nil }
    if let name = HELOName.parse(text) { return name }
    report(
      "\"\(path)\" is not a name for EHLO: \(QuotedText(text)): \(HELOName.objection(to: text)); write this machine's full "
        + "name or its address, as in \(HELOName.example)")
    return nil
  }
}
