/// What trials with power cuts came to. Figures of many trials add up.
public struct PowerCutFigures: Sendable, Hashable, Codable {
  public var campaigns = 0
  public var cuts = 0
  /// Cuts after which the command had told its operator an end, or a pause, that had to be on disk.
  public var told = 0
  /// Commands that did not end by themselves after the cut.
  public var killed = 0
  public var findings = Findings()
  /// Broken promises, in words.
  public var broken: [String] = []

  public init() {}

  public var isClean: Bool { broken.isEmpty && findings.isClean }

  public static func += (sum: inout PowerCutFigures, other: PowerCutFigures) {
    sum.campaigns += other.campaigns
    sum.cuts += other.cuts
    sum.told += other.told
    sum.killed += other.killed
    sum.findings += other.findings
    sum.broken += other.broken
  }
}
