/// What becomes at the deadline of letters that were not accepted: `after_deadline` of a campaign file.
public enum AfterDeadline: String, Sendable, CaseIterable {
  /// They are tried on as the retry schedule says.
  case `continue`
  /// They expire.
  case stop
}
