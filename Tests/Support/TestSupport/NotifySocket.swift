import Foundation
import Synchronization

/// A datagram socket as a service manager has one: what `$NOTIFY_SOCKET` names, and what came.
public final class NotifySocket: Sendable {
  /// The value of `$NOTIFY_SOCKET`.
  public let name: String
  private let descriptor: Int32
  private let received = Mutex<[String]>([])

  /// - Parameter name: A path, or `@` and a name of the abstract namespace.
  public init(_ name: String) throws {
    self.name = name
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(name.utf8)
    if name.hasPrefix("@") { bytes[0] = 0 }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let size = MemoryLayout<sa_family_t>.size + bytes.count + (name.hasPrefix("@") ? 0 : 1)
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(size)) }
    }
    guard status == 0 else { throw HarnessError("\(name): \(String(cString: strerror(errno)))") }
  }

  deinit { close(descriptor) }

  /// Everything that has come so far, one text for each datagram.
  public var messages: [String] {
    received.withLock { received in
      var buffer = [UInt8](repeating: 0, count: 8192)
      while true {
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        guard count >= 0 else { return received }
        received.append(String(decoding: buffer[..<count], as: UTF8.self))
      }
    }
  }
}
