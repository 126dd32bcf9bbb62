import CResolv
import SMTP

/// Asks DNS with the system's resolver library, one question after the other, on a thread of its own.
///
/// Each answer is kept, so a name is asked for once. A server is given three seconds, twice. When all questions
/// together have used up their time, the rest is answered with ``DNSAnswer/unknown(_:)`` at once: a dead name server
/// delays nobody for long. It does not fail in any other way.
public actor DNSResolver: DNSLookup {
  private struct Question: Hashable {
    var name: String
    var type: DNSType
  }

  private let executor = ThreadExecutor(name: "dns")
  private let resolver: Resolver
  private let elapsed: @Sendable () -> Duration
  private let budget: Duration
  private var spent = Duration.zero
  private var known: [Question: DNSAnswer] = [:]
  private var buffer = [UInt8](repeating: 0, count: cresolv_message_size)

  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// - Parameters:
  ///   - server: The server to ask in place of the system's name servers.
  ///   - budget: The time for all questions together.
  public init(server: NameServer? = nil, budget: Duration = .seconds(60), clock: some Clock<Duration>) {
    resolver = Resolver(server: server)
    let start = clock.now
    elapsed = { start.duration(to: clock.now) }
    self.budget = budget
  }

  public func answer(_ name: String, _ type: DNSType) -> DNSAnswer {
    guard let name = DNSName.checked(name) else { return .noSuchName }
    let question = Question(name: name, type: type)
    if let answer = known[question] { return answer }
    let answer = following(name, type)
    known[question] = answer
    return answer
  }

  /// Through aliases about which the server has not said everything at once.
  private func following(_ name: String, _ type: DNSType) -> DNSAnswer {
    var current = name
    for _ in 0..<Self.longestChain {
      switch ask(current, type) {
      case .answer(let answer): return answer
      case .alias(let target):
        guard let target = DNSName.checked(target) else { return .noSuchName }
        current = target
      }
    }
    return .unknown("its aliases (CNAME) lead nowhere")
  }

  private static let longestChain = 8

  private func ask(_ name: String, _ type: DNSType) -> DNSMessage.Reading {
    guard spent < budget else { return .answer(.unknown("the name servers took too long for earlier questions")) }
    let start = elapsed()
    var code: Int32 = -1
    let count = resolver.ask(name, type, &buffer, &code)
    spent += elapsed() - start
    guard count > 0 else {
      return .answer(
        .unknown(code >= 0 ? DNSMessage.words(forCode: Int(code)) : "no name server answered"))
    }
    return DNSMessage.read(Array(buffer[..<count]), name, type)
  }
}

/// The one owner of a resolver of the library; used on its actor's thread only.
private final class Resolver {
  private let pointer: OpaquePointer?

  init(server: NameServer?) {
    pointer = cresolv_new(3, 2)
    if let pointer, let server, !cresolv_use_server(pointer, "\(server.address)", server.port) {
      preconditionFailure("an address that was parsed is none to the resolver library")
    }
  }

  deinit { cresolv_free(pointer) }

  func ask(_ name: String, _ type: DNSType, _ buffer: inout [UInt8], _ code: inout Int32) -> Int {
    guard let pointer else { return 0 }
    return cresolv_ask(pointer, name, type.rawValue, &buffer, buffer.count, &code)
  }
}

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
