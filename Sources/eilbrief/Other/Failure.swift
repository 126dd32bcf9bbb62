/// How a command ends when it could not do its job: an exit status of sysexits and words for the operator.
///
/// The message says what is wrong, where, and what to do. It is printed to standard error as it is.
struct Failure: Error, Sendable {
  let status: ExitStatus
  let message: String

  init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }
}

/// Exit codes; the numbers are those of sysexits.h. `docs/exit-codes.md` explains them to operators.
enum ExitStatus: Int32, Sendable {
  /// Done, and every message was accepted.
  case done = 0
  /// Done, but some messages are refused, expired or uncertain.
  case someNotAccepted = 1
  case usage = 64
  /// Customer or template data is wrong.
  case data = 65
  /// The relay cannot be reached or refuses us.
  case relay = 69
  case software = 70
  case cannotWrite = 73
  /// Stopped before the end; resume later.
  case stopped = 75
  /// The campaign file is wrong.
  case campaign = 78
}
