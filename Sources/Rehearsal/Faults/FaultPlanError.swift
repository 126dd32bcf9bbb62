/// A fault in the text form of a fault plan: where, which rule, why, and what would be right.
public struct FaultPlanError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Reason: Sendable, Hashable {
    case unknownWord(String)
    case missing(String)
    case badRecipients(String)
    case badShare(String)
    case sharesOver100(String)
    case badDelay(String)
    case badTime(String)
    case badTries(String)
    case badCount(String, of: String, limit: Int)
    case badRate(String)
    case badChoice(String, of: [String])
    case badCode(String)
    case badStatus(String)
    case badReplyText(String)
    case openQuote
    case surplus(String)
    case repeated(String)
  }
  public let reason: Reason
  /// Counted from 1 over all rules of the text; comments and empty rules do not count.
  public let rule: Int
  /// Counted from 1.
  public let line: Int
  /// Counted from 1: where the wrong word begins, or where the missing one would stand.
  public let column: Int
  /// The rule as it was written.
  public let text: String
  /// The forms in which a rule of this fault can be written; empty when there is no such fault.
  public let forms: [String]

  public var description: String {
    let forms = forms.isEmpty ? "" : ". The form is: \(forms.joined(separator: ", or: "))"
    return "fault plan, line \(line), column \(column), rule \(rule) \"\(text)\": \(explanation)\(forms)"
  }

  private var explanation: String {
    switch reason {
    case .unknownWord(let word):
      "\"\(word)\" is not a fault; known are \(FaultForms.words.joined(separator: ", "))"
    case .missing(let what): "\(what) is missing"
    case .badRecipients(let word):
      "\"\(word)\" names no recipients; write a share (10%), an address (a@b.example) or a domain (@b.example, xn-- form)"
    case .badShare(let word): "\"\(word)\" is not a share; write 0.01% to 100%, with at most two decimals"
    case .sharesOver100(let sum): "the shares up to here add up to \(sum), but only 100% of the recipients exist"
    case .badDelay(let word): "\"\(word)\" is not a delay; write a whole number with ms, s or m, at most 60m"
    case .badTime(let word): "\"\(word)\" is not a time; write a whole number with ms, s, m, h or d, at most 30d"
    case .badTries(let word): "\"\(word)\" is not a number of attempts; write 1 to 1000, or \"always\""
    case .badCount(let word, let what, let limit): "\"\(word)\" is not a number of \(what); write 1 to \(limit)"
    case .badRate(let word):
      "\"\(word)\" is not a rate; write a count and a period in s, min, h or d, such as 100/h, 5/s or 250/10min"
    case .badChoice(let word, let words):
      "\"\(word)\" is not possible here; write \(Self.alternatives(words))"
    case .badCode(let word): "\"\(word)\" is not a code of a refusal; write 400 to 599"
    case .badStatus(let word):
      "\"\(word)\" is not a status; write one such as 5.7.1, or the words of the reply in quotation marks"
    case .badReplyText(let text):
      "\"\(text)\" cannot be the text of a reply; write 1 to 480 printable ASCII characters in quotation marks"
    case .openQuote: "the quotation mark is not closed"
    case .surplus(let word): "\"\(word)\" is too much; nothing is expected there"
    case .repeated(let word): "\"\(word)\" was already given"
    }
  }
  /// `"off" or "swallow"`
  private static func alternatives(_ words: [String]) -> String {
    let quoted = words.map { "\"\($0)\"" }
    guard quoted.count > 1, let last = quoted.last else { return quoted.joined() }
    return quoted.dropLast().joined(separator: ", ") + " or " + last
  }
}
