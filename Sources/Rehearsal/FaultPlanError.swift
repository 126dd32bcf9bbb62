/// A fault in the text form of a fault plan: which rule, in which line, why, and what would be right.
public struct FaultPlanError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Reason: Sendable, Hashable {
    case unknownWord(String)
    case missing(String)
    case badRecipients(String)
    case badShare(String)
    case sharesOver100(String)
    case badDelay(String)
    case badTries(String)
    case badCount(String)
    case surplus(String)
    case repeated(String)
  }
  public let reason: Reason
  /// Counted from 1 over all rules of the text; comments and empty rules do not count.
  public let rule: Int
  /// Counted from 1.
  public let line: Int
  /// The rule as it was written.
  public let text: String

  public var description: String { "fault plan, line \(line), rule \(rule) \"\(text)\": \(explanation)" }

  private var explanation: String {
    switch reason {
    case .unknownWord(let word):
      "\"\(word)\" is not a fault; known are \(FaultPlanReader.words.joined(separator: ", "))"
    case .missing(let what): "\(what) is missing"
    case .badRecipients(let word):
      "\"\(word)\" names no recipients; write a share (10%), an address (a@b.example) or a domain (@b.example, xn-- form)"
    case .badShare(let word): "\"\(word)\" is not a share; write 0.01% to 100%, with at most two decimals"
    case .sharesOver100(let sum): "the shares up to here add up to \(sum), but only 100% of the recipients exist"
    case .badDelay(let word): "\"\(word)\" is not a delay; write a whole number with ms, s or m, at most 60m"
    case .badTries(let word): "\"\(word)\" is not a number of attempts; write 1 to 1000, or \"always\""
    case .badCount(let word): "\"\(word)\" is not a number of connections; write 1 to 10000"
    case .surplus(let word): "\"\(word)\" is too much; nothing is expected there"
    case .repeated(let word): "\"\(word)\" was already given"
    }
  }
}
