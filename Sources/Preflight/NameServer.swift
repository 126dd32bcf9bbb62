/// A name server with an address and a port of its own: `192.0.2.53`, `192.0.2.53:5300`, `[2001:db8::53]:5300`.
public struct NameServer: Sendable, Hashable, CustomStringConvertible {
  public let address: IPAddress
  public let port: UInt16

  /// Nil for anything else; a name would have to be resolved first.
  public init?(_ text: String) {
    if let address = IPAddress(text) {
      (self.address, port) = (address, 53)
      return
    }
    guard let colon = text.lastIndex(of: ":") else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    let digits = text[colon...].dropFirst()
    guard let address = IPAddress(host), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = UInt16(digits), port > 0
    else { return nil }
    (self.address, self.port) = (address, port)
  }

  public var description: String {
    let host = address.isV4 ? "\(address)" : "[\(address)]"
    return port == 53 ? "\(address)" : "\(host):\(port)"
  }
}
