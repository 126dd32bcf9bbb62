/// What campaigns whose wall clock jumped have shown.
public struct ClockJumpFigures: Sendable, Codable {
  public var campaigns = 0
  /// Jumps of a day that the receipts show.
  public var jumps = 0
  public var deferred = 0
  /// Windows in which the relay took more letters than a limit allows.
  public var quotaBroken = 0
  /// Deferred letters that came again before their time.
  public var hurried = 0
  /// Letters given up; none is due to be.
  public var expired = 0
  public var findings = Findings()
  /// One line for each campaign that did not end as it must.
  public var failures: [String] = []

  public var isClean: Bool {
    quotaBroken == 0 && hurried == 0 && expired == 0 && failures.isEmpty && findings.isClean && findings.uncertain == 0
  }

  public init() {}

  static func += (sum: inout ClockJumpFigures, other: ClockJumpFigures) {
    sum.campaigns += other.campaigns
    sum.jumps += other.jumps
    sum.deferred += other.deferred
    sum.quotaBroken += other.quotaBroken
    sum.hurried += other.hurried
    sum.expired += other.expired
    sum.findings += other.findings
    sum.failures += other.failures
  }
}
