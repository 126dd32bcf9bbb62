import Foundation
import Synchronization

/// A relay on loopback that follows a script to the letter: blocking sockets on a thread of its own.
///
/// The first thing that is not as the script says ends it and closes every socket; ``finish()`` returns what it was.
final class ScriptedRelay: Sendable {
  let port: Int
  private let listener: Int32
  private let steps: [DialogueFile.RelayStep]
  private let signalled = Flag()
  private let resumed = DispatchSemaphore(value: 0)
  private let ended = Flag()
  private let complaint = Mutex<String?>(nil)

  init(_ steps: [DialogueFile.RelayStep]) throws {
    self.steps = steps
    (listener, port) = try Loopback.listen()
    let thread = Thread { [self] in
      do {
        try run()
      } catch {
        complaint.withLock { $0 = "\(error)" }
      }
      close(listener)
      // A client that waits for more must not wait for ever.
      signalled.raise()
      ended.raise()
    }
    thread.start()
  }

  /// Waits until the script says `signal`.
  func waitForSignal() async { await signalled.wait() }

  /// Lets a script go on from its `pause`.
  func resume() { resumed.signal() }

  /// Waits for the end of the script; nil when all went as written.
  func finish() async -> String? {
    await ended.wait()
    return complaint.withLock { $0 }
  }

  private struct Complaint: Error, CustomStringConvertible {
    let description: String
  }

  private func run() throws {
    var peer = try Peer(accepting: listener)
    defer { peer.close() }
    for step in steps {
      switch step {
      case .say(let bytes): peer.say(bytes)
      case .hear(let pattern):
        let line = try peer.line()
        guard line.matches(pattern) else { throw Complaint(description: "heard “\(line)”, not “\(pattern)”") }
      case .hearMessage(let expected):
        let message = try peer.message()
        if let expected, message != expected {
          throw Complaint(description: "heard the message “\(String(decoding: message, as: UTF8.self))”")
        }
      case .stall: try peer.waitForEnd()
      case .alone: try peer.requireNothingMore()
      case .close: peer.close()
      case .reset: peer.reset()
      case .signal:
        try peer.waitUntilTaken()
        signalled.raise()
      case .pause:
        guard resumed.wait(timeout: .now() + Double(Loopback.patience)) == .success else {
          throw Complaint(description: "never resumed")
        }
      case .connection:
        peer.close()
        peer = try Peer(accepting: listener)
      }
    }
    if peer.isOpen { try peer.waitForEnd() }
  }

  /// One connection, from the relay's side. A read that takes longer than ``Loopback/patience`` fails.
  private struct Peer {
    private var socket: Int32
    private var received: [UInt8] = []

    init(accepting listener: Int32) throws {
      socket = accept(listener, nil, nil)
      guard socket >= 0 else { throw Complaint(description: "nobody connected") }
      Loopback.limitReads(of: socket)
    }

    var isOpen: Bool { socket >= 0 }

    /// The client may have gone; what it does then is the test's matter.
    func say(_ bytes: [UInt8]) {
      var sent = 0
      while sent < bytes.count {
        let count = bytes[sent...].withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard count > 0 else { return }
        sent += count
      }
    }

    /// False at the end of the connection.
    private mutating func receive() throws -> Bool {
      var buffer = [UInt8](repeating: 0, count: 65_536)
      let count = recv(socket, &buffer, buffer.count, 0)
      if count < 0, errno == EAGAIN {
        throw Complaint(description: "the client said nothing for \(Loopback.patience) s")
      }
      guard count > 0 else { return false }
      received += buffer[..<count]
      return true
    }

    mutating func line() throws -> String {
      while true {
        if let feed = received.firstIndex(of: 10) {
          defer { received.removeFirst(feed + 1) }
          guard feed > 0, received[feed - 1] == 13 else { throw Complaint(description: "a line ended without CR") }
          return String(decoding: received[..<(feed - 1)], as: UTF8.self)
        }
        guard try receive() else { throw Complaint(description: "the client closed; its last bytes: \(received)") }
      }
    }

    mutating func message() throws -> [UInt8] {
      let end: [UInt8] = [13, 10, 46, 13, 10]
      var searched = 0
      while true {
        if received.starts(with: end.dropFirst(2)) {
          defer { received.removeFirst(3) }
          return Array(received[..<3])
        }
        if received.count >= 5 {
          for place in searched...(received.count - 5) where Array(received[place..<place + 5]) == end {
            defer { received.removeFirst(place + 5) }
            return Array(received[..<(place + 5)])
          }
          searched = received.count - 4
        }
        guard try receive() else { throw Complaint(description: "the client closed within the message") }
      }
    }

    /// What came together with the last line.
    func requireNothingMore() throws {
      guard received.isEmpty else {
        throw Complaint(description: "heard “\(String(decoding: received, as: UTF8.self))” before an answer")
      }
    }

    mutating func waitForEnd() throws {
      repeat {
        guard received.isEmpty else {
          throw Complaint(description: "heard “\(String(decoding: received, as: UTF8.self))” where nothing should come")
        }
      } while try receive()
    }

    /// Until the client's system has acknowledged every byte: what was said is there to be read.
    func waitUntilTaken() throws {
      for _ in 0..<1000 * Loopback.patience where isOpen {
        var unacknowledged: Int32 = 0
        guard ioctl(socket, UInt(TIOCOUTQ), &unacknowledged) == 0, unacknowledged > 0 else { return }
        usleep(1000)
      }
      if isOpen { throw Complaint(description: "the client's system took nothing for \(Loopback.patience) s") }
    }

    mutating func close() {
      guard isOpen else { return }
      _ = Foundation.close(socket)
      socket = -1
      received = []
    }

    mutating func reset() {
      var option = linger(l_onoff: 1, l_linger: 0)
      setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
      close()
    }
  }
}

extension String {
  /// `*` stands for anything.
  fileprivate func matches(_ pattern: String) -> Bool { fnmatch(pattern, self, 0) == 0 }
}

/// Something that happens once, which tasks can wait for.
final class Flag: Sendable {
  private let state = Mutex<(isRaised: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

  func raise() {
    let waiting = state.withLock { state in
      state.isRaised = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  func wait() async {
    await withCheckedContinuation { continuation in
      let isRaised = state.withLock { state in
        if !state.isRaised { state.waiting.append(continuation) }
        return state.isRaised
      }
      if isRaised { continuation.resume() }
    }
  }
}

enum Loopback {
  struct Failed: Error { let code: Int32 }

  /// Seconds that a test's client is waited for: all unit tests run at once, and each waits for the others.
  static let patience = 600

  /// A listening socket on 127.0.0.1 and its port. Accepting waits no longer than ``patience``.
  static func listen() throws -> (socket: Int32, port: Int) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, size) == 0 && Foundation.listen(listener, 16) == 0
          && getsockname(listener, address, &size) == 0
      }
    }
    guard bound else { throw Failed(code: errno) }
    limitReads(of: listener)
    return (listener, Int(UInt16(bigEndian: address.sin_port)))
  }

  static func limitReads(of socket: Int32) {
    var limit = timeval(tv_sec: patience, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }
}
