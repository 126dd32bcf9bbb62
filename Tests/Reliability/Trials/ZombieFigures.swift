/// What the trials with stopped processes found. Figures of many trials add up.
public struct ZombieFigures: Sendable, Codable {
  /// Fault points between claim and receipt that the campaign passes.
  public var points = 0
  /// Points of that range which it does not pass: nothing was tried there.
  public var unreached: [String] = []
  /// Processes that were stopped.
  public var trials = 0
  /// Processes that were let go on.
  public var woken = 0
  /// Spools that another process took, and whose campaign it ended or paused, before the first one was woken.
  public var takenOver = 0
  /// Spools that no other process could take without the file of the lock, because the first one was stopped in the
  /// middle of a transaction or of a write of receipts.
  public var keptByLocks = 0
  /// Processes after whose waking the queue or the receipts were not as the one that took over had left them.
  public var writtenTooLate = 0
  public var findings = Findings()
  /// One line for each trial that broke a promise, or in which a command did not do what it must.
  public var failures: [String] = []

  public var isClean: Bool { writtenTooLate == 0 && failures.isEmpty && findings.isClean }

  public init() {}

  static func += (sum: inout ZombieFigures, other: ZombieFigures) {
    sum.trials += other.trials
    sum.woken += other.woken
    sum.takenOver += other.takenOver
    sum.keptByLocks += other.keptByLocks
    sum.writtenTooLate += other.writtenTooLate
    sum.findings += other.findings
    sum.failures += other.failures
  }
}
