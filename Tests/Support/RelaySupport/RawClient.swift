import Foundation
import Glibc

/// A client on a plain blocking socket that sends exactly the bytes it is given. Reading gives up after 30 seconds.
public final class RawClient {
  public struct Failure: Error {
    public let what: String
  }

  private let socket: Int32
  private var buffered: [UInt8] = []

  /// Connects to 127.0.0.1; reads nothing yet.
  public init(port: Int) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw Failure(what: "socket") }
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var on: Int32 = 1
    setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = in_addr_t(UInt32(0x7f00_0001).bigEndian)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    // Whole by now, so that what is thrown here ends in `deinit`, which closes the socket.
    guard result == 0 else { throw Failure(what: "connect: \(String(cString: strerror(errno)))") }
  }

  deinit { Glibc.close(socket) }

  public func send(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard sent > 0 else { throw Failure(what: "send: \(String(cString: strerror(errno)))") }
      rest = rest.dropFirst(sent)
    }
  }

  public func send(_ text: String) throws { try send(Array(text.utf8)) }

  /// One whole reply, its lines joined by line feeds.
  public func reply() throws -> String {
    var lines: [String] = []
    while true {
      let line = try line()
      lines.append(line)
      if line.utf8.dropFirst(3).first != UInt8(ascii: "-") { return lines.joined(separator: "\n") }
    }
  }

  /// Whether nothing comes within this time, and the connection stays open.
  public func staysSilent(for time: Duration) -> Bool {
    guard buffered.isEmpty else { return false }
    let (seconds, attoseconds) = time.components
    let milliseconds = Int32(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    var look = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    return poll(&look, 1, milliseconds) == 0
  }

  /// Sends one line and returns its reply.
  public func say(_ line: String) throws -> String {
    try send(line + "\r\n")
    return try reply()
  }

  /// Waits for the relay to close; true when nothing came before that.
  public func sawEnd() -> Bool {
    var byte: UInt8 = 0
    let count = recv(socket, &byte, 1, 0)
    return buffered.isEmpty && (count == 0 || count < 0 && errno == ECONNRESET)
  }

  private func line() throws -> String {
    while true {
      if let end = buffered.firstIndex(of: 0x0a) {
        let line = buffered[..<end]
        buffered = Array(buffered[(end + 1)...])
        guard line.last == 0x0d else { throw Failure(what: "reply ends in a bare LF") }
        return String(decoding: line.dropLast(), as: UTF8.self)
      }
      var chunk = [UInt8](repeating: 0, count: 4096)
      let count = recv(socket, &chunk, chunk.count, 0)
      guard count > 0 else { throw Failure(what: count == 0 ? "closed" : String(cString: strerror(errno))) }
      buffered += chunk[..<count]
    }
  }
}

extension RawClient {
  /// A client that has had its greeting and said EHLO.
  public static func greeted(port: Int) throws -> RawClient {
    let client = try RawClient(port: port)
    guard try client.reply().hasPrefix("220 ") else { throw Failure(what: "greeting") }
    guard try client.say("EHLO client.example").hasPrefix("250-") else { throw Failure(what: "EHLO") }
    return client
  }

  /// MAIL, RCPT and DATA one by one as far as they are accepted, then the text and a dot; the last reply.
  public func deliver(
    to recipient: String, from sender: String = "sender@kanzlei-it.example",
    _ text: String = "Subject: x\r\n\r\nbody\r\n"
  ) throws -> String {
    for line in ["MAIL FROM:<\(sender)>", "RCPT TO:<\(recipient)>", "DATA"] {
      let reply = try say(line)
      guard reply.hasPrefix("250") || reply.hasPrefix("354") else { return reply }
    }
    return try say(text + ".")
  }
}
