public import Delivery

/// What a relay's reply means, what the program does about it, and what the operator can do: the result of `explain`.
public struct ReplyExplanation: Sendable, Hashable {
  public let reply: LoggedReply
  /// The phase that was given, or else the one that the reply names itself.
  public let phase: Phase?
  public let classification: Classification
  /// Where the rule that decided was read.
  public let source: String?

  /// - Parameters:
  ///   - reply: as a mail server logs it, in one line or several.
  ///   - phase: nil when nobody knows it.
  public init(_ reply: String, at phase: Phase?) {
    self.reply = LoggedReply(reply)
    self.phase = phase ?? self.reply.phase
    classification = ReplyClassifier.classify(self.reply, at: self.phase)
    source = ReplyClassifier.source(ofRule: classification.rule)
  }
}

/// A line of standard input for `explain`: a phase, a tab, a reply.
///
/// Every line has an explanation, so that lines out and lines in correspond. A line without a tab is a reply whose phase
/// nobody knows; so is one whose first field is empty, "-" or "unknown".
public struct ReplyLine: Sendable, Hashable {
  public let explanation: ReplyExplanation
  /// The first field, when it is the name of no phase: the reply was judged without one.
  public let unknownPhase: String?

  public init(_ line: String, defaultPhase: Phase? = nil) {
    let parts = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else {
      explanation = ReplyExplanation(line, at: defaultPhase)
      unknownPhase = nil
      return
    }
    let name = parts[0].filter { !$0.isWhitespace }
    let phase = Phase(named: name)
    explanation = ReplyExplanation(parts[1], at: phase ?? defaultPhase)
    // It is shown on a terminal: nothing of it may be a control.
    let shown = String(name.prefix(20).map { $0.isLetter || $0.isNumber ? $0 : "?" })
    unknownPhase = phase != nil || ["", "-", "?", "unknown"].contains(name.lowercased()) ? nil : shown
  }
}
