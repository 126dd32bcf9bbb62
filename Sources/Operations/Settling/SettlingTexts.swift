import Campaigns
import Queue
import Receipts

/// The text of the result of settling by a log: a paragraph per letter, the figures, and what is left to do.
public struct LogSettlingText {
  let settling: LogSettling
  let nextCommand: NextCommand

  public init(settling: LogSettling, nextCommand: NextCommand) {
    (self.settling, self.nextCommand) = (settling, nextCommand)
  }

  public var text: String {
    let open = settling.uncertain
    let queued = settling.count(.queuedAgain)
    let uncertain = settling.letters.count { !$0.result.isSettled }
    var parts = settling.letters.map(paragraph)
    parts.append(
      "\(settling.count(.accepted)) accepted, \(queued) queued again, \(uncertain) still uncertain.")
    if queued > 0 { parts.append("`\(nextCommand.line(.resume))` sends those queued again.") }
    if !open.isEmpty {
      parts.append(
        """
        Still uncertain: \(open.joined(separator: ", "))
          \(nextCommand.line(.settleByLog))                 with more of the relay's log
          \(nextCommand.line(.settleAsAccepted))    it was taken
          \(nextCommand.line(.sendAgain))             send it again
        """)
    }
    return parts.joined(separator: "\n")
  }

  private func paragraph(_ letter: LogSettling.Letter) -> String {
    // With the letter's name where there are several.
    let name =
      Set(settling.letters.map(\.letter)).count > 1 ? "\(letter.customer), \(letter.letter)" : letter.customer
    let result =
      switch letter.result {
      case .accepted: "accepted by the relay"
      case .queuedAgain: "not taken, queued again"
      case .notTaken(let state): "not taken, and stays uncertain because the campaign is \(state.rawValue)"
      case .open, .changedMeanwhile: "stays uncertain"
      }
    return "\(name): \(result)\n\(indented(nextCommand.text(letter.evidence)))"
  }

  private func indented(_ text: String) -> String {
    text.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
  }
}

/// The lines about letters that are settled by the operator's word.
public struct SettledLettersText {
  let letters: [SettledLetter]

  public init(letters: [SettledLetter]) { self.letters = letters }

  public var text: String {
    // With the letter's name where there are several.
    let isNamed = Set(letters.map(\.letter)).count > 1
    return letters.map { letter in
      (isNamed ? "\(letter.customer), \(letter.letter)" : letter.customer) + ": " + result(letter)
    }.joined(separator: "\n")
  }

  private func result(_ letter: SettledLetter) -> String {
    let words = letter.reply.map { ": \($0.prefix(200))" } ?? ""
    return switch letter.before {
    case .refused: "queued again; it was refused" + words
    case .expired: "queued again; it had expired, and the last answer was" + (words.isEmpty ? " none" : words)
    default: letter.resolution == .accepted ? "accepted, as you say" : "queued again"
    }
  }
}
