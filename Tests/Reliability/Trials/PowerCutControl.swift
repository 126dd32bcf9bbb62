/// One fsync taken away: trials with power cuts that do not notice it would show nothing.
///
/// The fsync is dropped by the preloaded library, in the program as it is shipped: what reaches the disk is the same as in a
/// build without it. `synchronous = NORMAL` and `OFF` are the two settings of SQLite that drop these very calls.
public struct PowerCutControl: Sendable, Hashable {
  /// How it is noticed: on the disk after the cut, or only by ``DurabilityRules``, because ext4 makes names durable that
  /// other file systems need not.
  public enum Judge: String, Sendable, Codable { case disk, rules }

  /// What came of one.
  public struct Result: Sendable, Hashable, Codable {
    public var name: String
    public var judge: Judge
    /// Campaigns until it was noticed; nil when it never was.
    public var campaigns: Int?
    public var cuts: Int
    /// What was noticed, in words.
    public var noticed: String
  }

  public var name: String
  /// Patterns of paths relative to the spool.
  public var lie: [String]
  public var judge: Judge
  /// It serves what is told to the operator; cuts at other moments find nothing.
  public var isTold = false

  public static let all: [PowerCutControl] = [
    .init(name: "SQLite's log (as with synchronous = NORMAL)", lie: ["queue.sqlite-wal"], judge: .disk),
    .init(name: "SQLite's database file", lie: ["queue.sqlite"], judge: .disk),
    .init(
      name: "everything of SQLite (as with synchronous = OFF)", lie: ["queue.sqlite", "queue.sqlite-*", "."],
      judge: .disk),
    .init(name: "receipts.jsonl", lie: ["sommer/receipts/receipts.jsonl"], judge: .disk),
    .init(name: "checkpoint.json", lie: ["sommer/receipts/checkpoint.json.new"], judge: .disk),
    .init(name: "checkpoint.sig", lie: ["sommer/receipts/checkpoint.sig.new"], judge: .disk),
    .init(name: "receipts-public.pem", lie: ["sommer/receipts/receipts-public.pem.new"], judge: .disk),
    .init(name: "the folder of the receipts", lie: ["sommer/receipts"], judge: .disk, isTold: true),
    .init(name: "the key", lie: ["keys/receipts.pem.new"], judge: .disk),
    .init(name: "the folder of the keys", lie: ["keys"], judge: .disk, isTold: true),
    .init(name: "the campaign's folder", lie: ["sommer"], judge: .rules, isTold: true),
    .init(name: "the spool's folder", lie: ["."], judge: .rules, isTold: true),
  ]

  /// Campaigns after which an unnoticed one counts as not noticed.
  public static let limit = 20

  /// Cuts the power of one campaign after the other until a promise is broken.
  public func run(seed: UInt64) async throws -> Result {
    var settings = PowerCutTrial.Settings()
    settings.lie = lie
    settings.keepsRules = judge == .rules
    settings.cutsWhenTold = isTold
    if judge == .rules { settings.volumes = [] }
    var cuts = 0
    for campaign in 1...Self.limit {
      let figures = try await PowerCutTrial.run(seed: seed &+ UInt64(campaign - 1), settings)
      cuts += figures.cuts
      if !figures.isClean {
        return Result(
          name: name, judge: judge, campaigns: campaign, cuts: cuts,
          noticed: (figures.broken + figures.findings.broken).joined(separator: "; "))
      }
    }
    return Result(name: name, judge: judge, campaigns: nil, cuts: cuts, noticed: "")
  }
}
