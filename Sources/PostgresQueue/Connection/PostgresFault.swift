import CPQ
import Queue

/// What a statement failed with: the server's SQLSTATE, and words without any value of a row.
struct PostgresFault: Error, Sendable, CustomStringConvertible {
  /// Five characters; empty when the server did not answer.
  var state: String
  var description: String
  /// The constraint that was broken; empty when none was.
  var constraint = ""
  /// Which of the statements of a pipeline it was.
  var index = 0

  init(state: String, _ description: String) {
    self.state = state
    self.description = description
  }

  static func lost(_ words: String) -> PostgresFault { PostgresFault(state: "", words) }

  /// What a server, or the way to it, said instead of taking a connection.
  static func connecting(_ words: String, to address: PostgresAddress) -> PostgresFault {
    let line = words.split(separator: "\n").first.map(String.init) ?? "no connection"
    return PostgresFault(state: connectingState, line)
  }

  /// The class “connection exception”.
  static let connectingState = "08001"

  init(_ result: OpaquePointer) {
    state = String(cString: cpq_state(result))
    constraint = String(cString: cpq_constraint(result))
    // The server's words about data quote the data. Our own triggers raise check_violation without a constraint.
    let mayQuote = state.hasPrefix("22") || (state.hasPrefix("23") && !constraint.isEmpty)
    let words =
      mayQuote
      ? (constraint.isEmpty ? "a value does not fit" : "the constraint \(constraint)")
      : String(cString: cpq_words(result))
    description = "\(words) (SQLSTATE \(state.isEmpty ? "unknown" : state))"
  }

  /// The same fault of a statement so many places later.
  func after(_ places: Int) -> PostgresFault {
    var fault = self
    fault.index += places
    return fault
  }

  var isUniqueViolation: Bool { state == "23505" }

  /// The server, or the way to it, is gone: what reached the disk is unknown.
  var isLoss: Bool {
    state.isEmpty || state.hasPrefix("08") || state.hasPrefix("57P") || state == "25P03" || state == "XX000"
      || state.hasPrefix("58")
  }
}

extension StoreError {
  /// A store's error as it is; PostgreSQL's in the operator's words.
  init(_ error: any Error, database place: String, writing: Bool) {
    guard let fault = error as? PostgresFault else {
      self = error as? StoreError ?? .invariant("\(error)")
      return
    }
    self =
      switch fault.state {
      // Lock not available, deadlock, statement cancelled by a time limit.
      case "55P03", "40P01", "40001", "57014": .busy(path: place)
      case "3F000", "42P01", "42883": .noQueue(path: place)
      case _ where fault.state.hasPrefix("23"): .invariant(fault.description)
      case _ where fault.isLoss || fault.state.hasPrefix("53") || fault.state == "25006" || fault.state == "42501":
        writing
          ? .databaseFailed(path: place, cause: fault.description) : .unusable(path: place, reason: fault.description)
      case _ where fault.state.hasPrefix("28") || fault.state.hasPrefix("3D"):
        .unusable(path: place, reason: fault.description)
      default: .invariant(fault.description)
      }
  }

  /// The database has none of our tables.
  static func noQueue(path: String) -> StoreError {
    .unusable(path: path, reason: "this database has no queue yet; `eilbrief queue init` makes one")
  }
}
