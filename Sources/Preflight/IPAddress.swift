import Foundation

/// An IPv4 or IPv6 address as SPF and mail routing see it.
///
/// An IPv4 address inside IPv6 (`::ffff:192.0.2.1`) is the IPv4 address (RFC 7208 §5).
public struct IPAddress: Sendable, Hashable, CustomStringConvertible {
  /// 4 or 16 bytes, in network order.
  public let bytes: [UInt8]

  public init?(_ text: some StringProtocol) {
    let text = String(text)
    guard !text.utf8.contains(0) else { return nil }
    var v4 = in_addr()
    if inet_pton(AF_INET, text, &v4) == 1 {
      self.init(bytes: withUnsafeBytes(of: v4) { Array($0) })
      return
    }
    var v6 = in6_addr()
    guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
    self.init(bytes: withUnsafeBytes(of: v6) { Array($0) })
  }

  /// Nil unless there are 4 or 16 bytes.
  public init?(bytes: [UInt8]) {
    switch bytes.count {
    case 4: self.bytes = bytes
    case 16:
      let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
      self.bytes = isMapped ? Array(bytes[12...]) : bytes
    default: return nil
    }
  }

  public var isV4: Bool { bytes.count == 4 }

  /// Whether the first `length` bits are those of `network`.
  public func isWithin(_ network: IPAddress, length: Int) -> Bool {
    guard bytes.count == network.bytes.count, (0...bytes.count * 8).contains(length) else { return false }
    let whole = length / 8
    guard bytes[..<whole] == network.bytes[..<whole] else { return false }
    let rest = length % 8
    guard rest > 0 else { return true }
    let mask = UInt8(truncatingIfNeeded: 0xFF00 >> rest)
    return bytes[whole] & mask == network.bytes[whole] & mask
  }

  /// Whether nobody outside a network or a machine can see it: loopback, private (RFC 1918, RFC 4193), shared (RFC
  /// 6598), link-local, or no address at all.
  public var isLocal: Bool {
    Self.localNetworks.contains { isWithin($0.network, length: $0.length) }
  }

  private static let localNetworks: [(network: IPAddress, length: Int)] = [
    ("0.0.0.0", 8), ("10.0.0.0", 8), ("100.64.0.0", 10), ("127.0.0.0", 8), ("169.254.0.0", 16), ("172.16.0.0", 12),
    ("192.168.0.0", 16), ("::", 127), ("fc00::", 7), ("fe80::", 10),
  ].compactMap { text, length in IPAddress(text).map { ($0, length) } }

  public var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    _ = inet_ntop(isV4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The address as SPF's macro `%{i}` has it: dotted decimal, or 32 nibbles with dots (RFC 7208 §7.3).
  var dotted: String {
    isV4
      ? bytes.map(String.init).joined(separator: ".")
      : bytes.flatMap { [$0 >> 4, $0 & 15] }.map { String($0, radix: 16) }.joined(separator: ".")
  }

  /// The name of its PTR records.
  var reverseName: String {
    dotted.split(separator: ".").reversed().joined(separator: ".") + (isV4 ? ".in-addr.arpa" : ".ip6.arpa")
  }
}
