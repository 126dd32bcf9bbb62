/// `retry:` of a campaign file; what is not written is as in ``Retry/standard``.
enum RetrySection {
  static func read(_ value: YAMLValue) -> Retry? {
    guard
      let section = YAMLSection(
        value, keys: ["schedule", "give_up_after"], example: "{schedule: 30m 1h*3 4h*6, give_up_after: 4d}")
    else { return nil }
    let schedule = section.optional("schedule").map(schedule) ?? Retry.standard.schedule
    let giveUpAfter = section.optional("give_up_after").map { $0.duration() } ?? Retry.standard.giveUpAfter
    guard let schedule, let giveUpAfter else { return nil }
    return Retry(schedule: schedule, giveUpAfter: giveUpAfter)
  }

  private static func schedule(_ value: YAMLValue) -> [Duration]? {
    guard let text = value.text() else { return nil }
    if let schedule = Retry.schedule(text) { return schedule }
    value.report(
      "\"\(value.path)\" is not a list of delays: \(QuotedText(text)); write numbers with s, min, h or d, "
        + "repeated with *, as in 30m 1h*3 4h*6")
    return nil
  }
}
