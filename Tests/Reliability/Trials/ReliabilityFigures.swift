/// What one kind of trial came to, as `make reliability` keeps it and docs/reliability.md shows it.
public struct ReliabilityFigures: Sendable, Codable {
  /// A build broken on purpose, and whether it was noticed.
  public struct Control: Sendable, Codable {
    /// What was weakened.
    public var weakened: String
    /// The trials that had to notice it: their kind and, after a colon, which of them.
    public var judge: String
    /// What was noticed, in words; nil when nothing was.
    public var noticed: String?

    public init(weakened: String, judge: String, noticed: String?) {
      self.weakened = weakened
      self.judge = judge
      self.noticed = noticed
    }

    /// The kind of trials, as `crash matrix`.
    var kindOfJudge: String { String(judge.prefix { $0 != ":" }) }
  }

  /// The fault, as `kill -9 at every fault point`.
  public var fault: String
  /// What was done how often, as `1,012 kills in 37 campaigns of 2,000 letters`.
  public var tried: String
  public var lost = 0
  public var silentlyDoubled = 0
  public var falseAccepted = 0
  public var uncertain = 0
  /// Receipts missing, doubled, or in a chain that is broken.
  public var receiptsWrong = 0
  public var controls: [Control] = []
  /// Every broken promise, in words.
  public var failures: [String] = []

  public init(fault: String, tried: String) {
    self.fault = fault
    self.tried = tried
  }

  public init(fault: String, tried: String, _ findings: Findings, failures: [String]) {
    self.init(fault: fault, tried: tried)
    lost = findings.lost
    silentlyDoubled = findings.silentlyDoubled
    falseAccepted = findings.falseAccepted
    uncertain = findings.uncertain
    receiptsWrong = findings.receiptsMissing + findings.receiptsDoubled + findings.chainBroken
    // What has no column of its own.
    self.failures = failures + (findings.isClean ? [] : ["\(fault): \(findings.broken.joined(separator: ", "))"])
  }

  /// Nothing was broken, and every build broken on purpose was noticed.
  public var isClean: Bool {
    failures.isEmpty && lost == 0 && silentlyDoubled == 0 && falseAccepted == 0 && receiptsWrong == 0
      && controls.allSatisfy { $0.noticed != nil }
  }
}
