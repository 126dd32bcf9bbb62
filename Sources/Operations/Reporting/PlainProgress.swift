/// When a line about progress is due where no line can be drawn again: at most every ten seconds, when something has
/// changed, and every minute in any case.
public struct PlainProgress: Sendable {
  public static let shortest = Duration.seconds(10)
  public static let longest = Duration.seconds(60)

  private var last: (line: String, at: Duration)?

  public init() {}

  /// - Parameter moment: by any clock that counts evenly.
  public mutating func isDue(_ line: String, at moment: Duration) -> Bool {
    if let last {
      let wait = moment - last.at
      guard wait >= Self.longest || wait >= Self.shortest && line != last.line else { return false }
    }
    last = (line, moment)
    return true
  }
}
