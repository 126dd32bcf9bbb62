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

/// `canary:` of a campaign file.
enum CanarySection {
  static func read(_ value: YAMLValue) -> Canary? {
    guard let section = YAMLSection(value, keys: ["letters", "wait"], example: "{letters: 20, wait: 15m}") else {
      return nil
    }
    let letters = section.required("letters", example: "20")?.number(in: 1...10_000)
    var wait: Duration?
    if let written = section.optional("wait"), written.word != "look" {
      guard let text = written.text() else { return nil }
      guard let duration = RetrySchedule.duration(text) else {
        written.report(
          "\"\(written.path)\" is not a time to wait: \(QuotedText(text)); write a number with s, min, h or d, as in 15m, "
            + "or look for a pause until \"eilbrief resume\"")
        return nil
      }
      wait = duration
    }
    return letters.map { Canary(letters: $0, wait: wait) }
  }
}
