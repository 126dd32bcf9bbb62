import Campaigns
import Foundation

/// The name we give ourselves in EHLO where the campaign file has none for a relay (RFC 5321 §4.1.1.1).
public enum ClientName {
  /// This machine's full host name, as its own name or its resolver gives it; without one the address from which it would
  /// reach the internet, in brackets (§4.1.3). Asks the resolver once; nothing is sent to find the address.
  public static let ofThisMachine: String = {
    let host = hostName()
    return usable(host) ?? canonicalName(of: host).flatMap(usable) ?? of(addresses: outgoingAddresses())
  }()

  /// `name` as it is sent, when it is a full host name.
  static func usable(_ name: String) -> String? { name.hasPrefix("[") ? nil : HELOName.parse(name) }

  /// The first of `addresses` as a literal. A machine that has none reaches nobody but itself.
  static func of(addresses: [String]) -> String {
    addresses.lazy.compactMap(HELOName.literal(address:)).first ?? "[127.0.0.1]"
  }

  private static func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "" }
    return text(name)
  }

  /// As `hostname --fqdn` finds it: in /etc/hosts as a rule.
  private static func canonicalName(of host: String) -> String? {
    var hints = addrinfo()
    hints.ai_flags = AI_CANONNAME
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard !host.isEmpty, getaddrinfo(host, nil, &hints, &list) == 0 else { return nil }
    defer { freeaddrinfo(list) }
    return list?.pointee.ai_canonname.map { String(cString: $0) }
  }

  /// The source addresses of the default routes, IPv4 first. Connecting a datagram socket sends nothing; the addresses are
  /// those for documentation (RFC 5737, RFC 3849), which no host has.
  private static func outgoingAddresses() -> [String] {
    [("192.0.2.1", AF_INET), ("2001:db8::1", AF_INET6)].compactMap { target, family in
      var hints = addrinfo()
      hints.ai_flags = AI_NUMERICHOST
      hints.ai_family = family
      hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
      var list: UnsafeMutablePointer<addrinfo>?
      guard getaddrinfo(target, "25", &hints, &list) == 0, let list else { return nil }
      defer { freeaddrinfo(list) }
      let descriptor = socket(family, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
      guard descriptor >= 0 else { return nil }
      defer { close(descriptor) }
      guard connect(descriptor, list.pointee.ai_addr, list.pointee.ai_addrlen) == 0 else { return nil }
      return ownAddress(of: descriptor)
    }
  }

  private static func ownAddress(of descriptor: Int32) -> String? {
    var storage = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let found = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        getsockname(descriptor, address, &size) == 0
          && getnameinfo(address, size, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST) == 0
      }
    }
    return found ? text(name) : nil
  }

  private static func text(_ name: [CChar]) -> String {
    String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
