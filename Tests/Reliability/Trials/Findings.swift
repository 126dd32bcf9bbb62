/// What a comparison of the three books finds, counted. Findings of many trials add up.
public struct Findings: Sendable, Hashable, Codable {
  /// Letters of the plan.
  public var letters = 0
  /// Not in the queue at all, or still waiting when the campaign is over.
  public var lost = 0
  /// Copies the relay took beyond the first, less those the receipts say were sent again (`resolved`, `resend`).
  public var silentlyDoubled = 0
  /// Called accepted by the queue or a receipt, and the relay has none, and no operator said so.
  public var falseAccepted = 0
  /// Called refused, expired, excluded or cancelled, and the relay has one, and no receipt says that it was uncertain.
  public var falselyRefused = 0
  /// Taken by the relay, and the queue does not know the letter.
  public var strangers = 0
  /// Uncertain at the end.
  public var uncertain = 0
  /// Receipts of letters that were on the wire when a process was lost.
  public var lostByProcess = 0
  /// Of those, how many are more than one for each connection of the process.
  public var beyondBound = 0
  /// Letters sent again with a receipt that says so.
  public var resent = 0
  /// Attempts or outcomes without a receipt in the file, or receipts in the database that are not in the file.
  public var receiptsMissing = 0
  public var receiptsDoubled = 0
  /// Files of receipts that `receipts verify` does not pass.
  public var chainBroken = 0

  public init() {}

  /// No promise was broken. Uncertain and resent letters are no broken promise.
  public var isClean: Bool { broken.isEmpty }

  /// The broken promises, as `lost 2`.
  public var broken: [String] {
    [
      ("lost", lost), ("silently doubled", silentlyDoubled), ("false accepted", falseAccepted),
      ("falsely refused", falselyRefused), ("strangers", strangers), ("uncertain beyond the bound", beyondBound),
      ("receipts missing", receiptsMissing), ("receipts doubled", receiptsDoubled), ("chain broken", chainBroken),
    ].filter { $0.1 > 0 }.map { "\($0.0) \($0.1)" }
  }

  public static func += (sum: inout Findings, other: Findings) {
    for path in counts { sum[keyPath: path] += other[keyPath: path] }
  }

  private static var counts: [WritableKeyPath<Findings, Int>] {
    [
      \.letters, \.lost, \.silentlyDoubled, \.falseAccepted, \.falselyRefused, \.strangers, \.uncertain,
      \.lostByProcess, \.beyondBound, \.resent, \.receiptsMissing, \.receiptsDoubled, \.chainBroken,
    ]
  }
}
