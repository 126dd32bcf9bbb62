/// What one simulated campaign came to, or many of them together.
public struct SeedOutcome: Sendable {
  public var seeds = 0
  public var messages = 0
  public var attempts = 0
  public var crashes = 0
  public var storeFaults = 0
  public var clockJumps = 0
  public var uncertain = 0
  public var lost = 0
  public var silentlyDoubled = 0
  public var falseAccepted = 0
  /// Steps the scheduler chose.
  public var jobs = 0
  /// Of everything that happened, in order.
  public var digest: UInt64 = 0
  /// Promises that were broken, in words.
  public var broken: [String] = []

  public init() {}

  public mutating func add(_ other: SeedOutcome) {
    seeds += other.seeds
    messages += other.messages
    attempts += other.attempts
    crashes += other.crashes
    storeFaults += other.storeFaults
    clockJumps += other.clockJumps
    uncertain += other.uncertain
    lost += other.lost
    silentlyDoubled += other.silentlyDoubled
    falseAccepted += other.falseAccepted
    jobs += other.jobs
    digest = (digest &* 31) ^ other.digest
    broken += other.broken
  }
}
