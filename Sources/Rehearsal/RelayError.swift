/// Why a rehearsal relay cannot start. What happens later is an SMTP reply or a line in the books, never an error.
public enum RelayError: Error, Sendable, Hashable, CustomStringConvertible {
  case alreadyRunning
  /// The folder for the messages cannot be made or read; with the system's reason.
  case folder(path: String, reason: String)
  /// The port cannot be bound; with the system's reason.
  case port(Int, reason: String)

  public var description: String {
    switch self {
    case .alreadyRunning: "the rehearsal relay is already running; stop it first"
    case .folder(let path, let reason): "\(path): cannot keep messages there: \(reason)"
    case .port(let port, let reason): "127.0.0.1:\(port): the rehearsal relay cannot listen there: \(reason)"
    }
  }
}
