import Campaigns
import Delivery

/// Commands out, replies in, over one open connection: whole replies or a reason why there is no reply.
///
/// Owns what has been received and not yet understood. Blocks its thread, never longer than the limit it is given, and
/// not longer than a ``RelayWait`` allows once sending is to stop.
final class ReplyStream {
  private let connection: CurlConnection
  private var control: SessionControl { connection.control }
  private let login: LoginRedaction
  private let phase: Phase?
  private var parser = ReplyParser()
  private var input = [UInt8](repeating: 0, count: 4096)
  /// The last attempt to read found nothing: the next thing to do is to wait. (With TLS, a read is what tells that no
  /// decrypted bytes are left; the socket alone does not.)
  private var isDrained = false

  /// - Parameter phase: AUTH while the login goes on: then the user name is hidden as well.
  init(connection: CurlConnection, phase: Phase? = nil) {
    self.connection = connection
    self.phase = phase
    login = connection.login
  }

  /// False when bytes of a reply are there that no call has asked for.
  var isEmpty: Bool { parser.isEmpty }

  // MARK: Replies

  /// The next reply, waited for at most `limit`.
  func reply(within limit: Duration, afterStop: RelayWait.AfterStop = .nothing) throws(ConnectionLoss) -> Reply {
    if let reply = try parsed() { return reply }
    var wait = RelayWait(limit, afterStop, control, connection.uptime)
    while true {
      if isDrained { try wait.slice { connection.wait(until: .readable, for: $0) } }
      if try receive(), let reply = try parsed() { return reply }
    }
  }

  /// A reply that has come already, if there is one; never waits. Throws also when the relay has closed the connection.
  func unaskedReply() throws(ConnectionLoss) -> Reply? {
    while true {
      if let reply = try parsed() { return reply }
      guard try receive() else { return nil }
    }
  }

  private func parsed() throws(ConnectionLoss) -> Reply? {
    do {
      return try parser.next().map { login.redacted($0, in: phase) }
    } catch {
      // A line without a code may be the login, sent back.
      if case .noReply = error, phase == .auth { throw .senseless(.noReply("…")) }
      throw .senseless(error)
    }
  }

  /// Takes in the bytes that are there; false when there are none.
  private func receive() throws(ConnectionLoss) -> Bool {
    let moved = input.withUnsafeMutableBytes { connection.receive(into: $0) }
    isDrained = false
    switch moved {
    case .bytes(let count):
      input.withUnsafeBytes { parser.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      return true
    case .nothingYet:
      isDrained = true
      return false
    case .end: throw .closed("the relay closed the connection")
    case .failed(let reason): throw .closed(reason)
    }
  }

  // MARK: Commands

  enum Sent {
    /// Everything is with the system; it may have left.
    case all
    /// `mayHaveDot`: the final dot, if the bytes end with one and its line end, may have reached the relay. With TLS nobody
    /// can tell, so it is true there.
    case notAll(ConnectionLoss, mayHaveDot: Bool)
  }

  /// Sends `bytes`; each wait for the relay to take more lasts at most `limit`.
  ///
  /// - Parameter afterStop: What is still waited for once sending is to stop; only where a final dot may have left.
  func send(
    _ bytes: UnsafeRawBufferPointer, within limit: Duration, afterStop: RelayWait.AfterStop = .nothing
  ) -> Sent {
    var sent = 0
    let isEncrypted = connection.settings.relay.tls != .none
    while sent < bytes.count {
      let mayHaveDot = isEncrypted || sent > bytes.count - 3
      var wait = RelayWait(limit, mayHaveDot ? afterStop : .nothing, control, connection.uptime)
      waiting: while true {
        switch connection.send(UnsafeRawBufferPointer(rebasing: bytes[sent...])) {
        case .bytes(let count):
          sent += count
          break waiting
        case .nothingYet:
          do throws(ConnectionLoss) {
            try wait.slice { connection.wait(until: .writable, for: $0) }
          } catch {
            return .notAll(error, mayHaveDot: mayHaveDot)
          }
        case .end:
          return .notAll(.closed("the relay closed the connection"), mayHaveDot: mayHaveDot)
        case .failed(let reason):
          return .notAll(.closed(reason), mayHaveDot: mayHaveDot)
        }
      }
    }
    return .all
  }
}

/// The reason no reply will come on this connection any more.
enum ConnectionLoss: Error, Hashable, CustomStringConvertible {
  /// End of file or a reset.
  case closed(String)
  case timedOut(Duration)
  /// Sending is to stop, and nothing came in the time that was left.
  case stopped
  case senseless(MalformedReply)

  var description: String {
    switch self {
    case .closed(let reason): reason
    case .timedOut(let limit): "nothing came within \(limit.words)"
    case .stopped: "sending was stopped"
    case .senseless(let reply): "\(reply)"
    }
  }
}
