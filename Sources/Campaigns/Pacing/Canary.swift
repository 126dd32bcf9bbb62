/// A few letters that leave before all others, so that what is wrong is seen while it concerns few: `canary` of a campaign
/// file.
public struct Canary: Sendable, Hashable {
  public var letters: Int
  /// How long is waited after their last outcome before the delivery goes on by itself, where nothing was refused for a
  /// fault of ours; nil: it is paused for a look, and `resume` goes on.
  public var wait: Duration?

  public init(letters: Int, wait: Duration?) {
    self.letters = letters
    self.wait = wait
  }
}
