/// The share of refused letters at which a relay is paused: `stop_at` of a campaign file.
public struct RefusalShare: Sendable, Hashable {
  /// From 0 to 1.
  public var refused: Double
  /// The number of letters, accepted or refused, from which the share counts.
  public var of: Int

  public init(refused: Double, of: Int) {
    self.refused = refused
    self.of = of
  }

  /// Half of fifty.
  public static let standard = RefusalShare(refused: 0.5, of: 50)
}
