import Operations

/// Exit codes; the numbers are those of sysexits.h, and `docs/exit-codes.md` explains them.
enum ExitStatus: Int32, Sendable {
  /// Done, and every letter was accepted.
  case done = 0
  /// Done, but some letters are refused, expired, excluded or uncertain.
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
  case campaignFile = 78

  init(_ kind: OperatorError.Kind) {
    self =
      switch kind {
      case .usage: .usage
      case .data: .data
      case .relay: .relay
      case .cannotWrite: .cannotWrite
      case .stopped: .stopped
      case .campaignFile: .campaignFile
      case .software: .software
      }
  }
}

/// A command that has said everything already and only ends with its status.
struct SilentFailure: Error {
  let status: ExitStatus
  /// A failure, or what became of letters, is more than a line that could not be printed: a status other than 0 stays.
  var keepsStatus = false
}
