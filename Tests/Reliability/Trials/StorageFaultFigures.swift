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

  public var isClean: Bool { broken.isEmpty && findings.isClean && passedInSilence.isEmpty }

  /// Faults that had to stop a command and did not.
  public var passedInSilence: [String] {
    passed.keys.filter { !Self.mayPass.contains($0) && !Self.isOfNoWeight($0) }.sorted()
  }

  /// The index of SQLite's log, the word of a process that it lets go of a lock, and the figures for monitoring.
  private static func isOfNoWeight(_ call: String) -> Bool {
    call.hasSuffix("-shm") || call.hasPrefix("pwrite ") && call.hasSuffix(".lock") || call.contains(" metrics.")
  }

  /// Calls whose failure loses nothing, and which do not end a command. Others are calls on the index of SQLite's log
  /// (`-shm`), which is made anew from the log; the last write to a lock's file, without which its process counts as one
  /// that died; and those on `metrics.CAMPAIGN.json`, on which nothing depends.
  ///
  /// - SQLite moves its log into the database when a command ends. What fails there is done again by the next command,
  ///   from the log, in which every change has been synced before.
  ///   Where log or index cannot be made, SQLite opens what there is for reading only: enough for a command that reads;
  ///   one that writes stops.
  /// - SQLite syncs the folder of a log it has made and does not look at the result; the store does it again, and does.
  /// - An export looks for what a crash has left of an earlier one; there is nothing.
  static let mayPass: Set<String> = [
    "pwrite queue.sqlite", "ftruncate queue.sqlite", "fdatasync queue.sqlite", "fdatasync queue.sqlite-wal",
    "unlink queue.sqlite-wal", "fdatasync .", "open queue.sqlite-wal",
    "unlink .proof.unfinished",
  ]

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
