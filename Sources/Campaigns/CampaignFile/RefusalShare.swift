/// The share of refused letters at which a relay is paused, and that of uncertain ones at which the campaign is: `stop_at` of
/// a campaign file.
public struct RefusalShare: Sendable, Hashable {
  /// From 0 to 1.
  public var refused: Double
  /// The least number of letters, accepted or refused, from which the share counts.
  public var of: Int
  /// The share of letters with an uncertain outcome, from 0 to 1; nil: it stops nothing.
  public var uncertain: Double?

  public init(refused: Double, of: Int, uncertain: Double? = nil) {
    self.refused = refused
    self.of = of
    self.uncertain = uncertain
  }

  /// Half of fifty.
  public static let standard = RefusalShare(refused: 0.5, of: 50)
}

/// `stop_at:` of a campaign file; what is omitted is as in ``RefusalShare/standard``.
enum StopAtSection {
  static func read(_ value: YAMLValue) -> RefusalShare? {
    guard let section = YAMLSection(value, keys: ["refused", "of", "uncertain"], example: "{refused: 20%, of: 50}")
    else {
      return nil
    }
    let refused = section.optional("refused").map(share) ?? RefusalShare.standard.refused
    let of = section.optional("of").map(letters) ?? RefusalShare.standard.of
    let uncertain = section.optional("uncertain").flatMap(share)
    // A wrong share was reported, and a file with a problem gives no campaign.
    guard let refused, let of else { return nil }
    return RefusalShare(refused: refused, of: of, uncertain: uncertain)
  }

  private static func share(_ value: YAMLValue) -> Double? {
    guard let text = value.text() else { return nil }
    if text.hasSuffix("%"), let percent = wholeNumber(text.dropLast()), (1...100).contains(percent) {
      return Double(percent) / 100
    }
    value.report("\"\(value.path)\" is not a share: \(QuotedText(text)); write 1% to 100%, as in 20%")
    return nil
  }

  private static func letters(_ value: YAMLValue) -> Int? {
    guard let text = value.text() else { return nil }
    if let number = wholeNumber(text[...]), (1...1_000_000).contains(number) { return number }
    value.report("\"\(value.path)\" is not a number of letters: \(QuotedText(text)); write 1 to 1000000, as in 50")
    return nil
  }
}
