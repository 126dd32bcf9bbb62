/// What trials with storage faults came to.
public struct StorageFaultFigures: Sendable, Hashable, Codable {
  /// Calls on the storage of the campaign without a fault.
  public var calls = 0
  public var syncs = 0
  /// Faults that came true.
  public var faults = 0
  /// Commands that ended with 73 and said what, where and what to do.
  public var stopped = 0
  /// Faults after which the campaign went on as if there had been none, by call and file: their number.
  public var passed: [String: Int] = [:]
  public var findings = Findings()
  /// Commands that ended otherwise, unclear errors, calls after a failed fsync, unclean resumes: in words.
  public var broken: [String] = []

  public init() {}

  public var isClean: Bool { broken.isEmpty && findings.isClean }

  public static func += (sum: inout StorageFaultFigures, other: StorageFaultFigures) {
    sum.calls = max(sum.calls, other.calls)
    sum.syncs = max(sum.syncs, other.syncs)
    sum.faults += other.faults
    sum.stopped += other.stopped
    sum.passed.merge(other.passed) { $0 + $1 }
    sum.findings += other.findings
    sum.broken += other.broken
  }
}
