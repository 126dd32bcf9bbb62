import Foundation

/// A client's session with OpenSMTPD: what the log shows of it, from `connected` to `disconnected`.
///
/// The number of a session may come again after a restart; then it is another session, which begins at its own
/// `connected`. Lines without one before them are a session whose beginning the log does not have.
struct RelaySession {
  /// A message taken in the session.
  struct Taken {
    /// The relay's number of the message, which its reply names.
    var message: [UInt8]
    var sender: String
    var recipient: String
    var line: LogLine
  }

  var key: LogLedger.QueueKey
  /// The place among the sessions with the same number.
  var order: Int
  /// The client's address, and the line that states it; nil where the log begins within the session.
  var opened: (address: String, line: LogLine)?
  /// Those for the recipients that are looked for, as they were written.
  var taken: [Taken] = []

  var id: String { String(decoding: key.id, as: UTF8.self) }

  static func sessions(_ key: LogLedger.QueueKey, _ events: [SessionEvent]) -> [RelaySession] {
    var found: [RelaySession] = []
    var current = RelaySession(key: key, order: 0)
    func finish() {
      if !current.taken.isEmpty { found.append(current) }
      current = RelaySession(key: key, order: current.order + 1)
    }
    for event in events {
      switch event.kind {
      case .connected(let address):
        finish()
        current.opened = (address, event.line)
      case .accepted(let message, let sender, let recipient):
        current.taken.append(Taken(message: message, sender: sender, recipient: recipient, line: event.line))
      case .disconnected: finish()
      }
    }
    finish()
    return found
  }
}

/// A line about a session.
struct SessionEvent {
  enum Kind {
    case connected(String)
    case accepted([UInt8], String, String)
    case disconnected
  }

  var kind: Kind
  var line: LogLine
}
