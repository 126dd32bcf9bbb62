import Foundation
import Mail
import Queue
import Receipts

/// One letter of a customer beside what making it again came to.
struct ProvedLetter {
  let message: MessageRecord
  /// Each attempt with the letter made again; nil where neither encoding gives the receipt's digest. Empty for a letter
  /// that was not attempted yet.
  let attempts: [(attempt: CustomerReceipts.Attempt, letter: LetterRemake.Letter?)]
  /// Why the letter is not the one that was sent, in words; nil when it is.
  let difference: String?

  /// Of the attempt that was accepted, else of the last one.
  var bytes: [UInt8]? {
    let accepted = attempts.first { attempt, _ in
      attempt.outcomes.contains { $0.event == .accepted || $0.resolution == "accepted" }
    }
    return (accepted ?? attempts.last)?.letter?.bytes
  }

  var text: String {
    let state = attempts.isEmpty ? "\(message.state.rawValue), not attempted yet" : message.state.rawValue
    return (["Letter \(message.letter), message \(message.messageID): \(state)"] + attempts.flatMap(Self.lines))
      .joined(separator: "\n")
  }

  private static func lines(_ attempt: CustomerReceipts.Attempt, _ match: LetterRemake.Letter?) -> [String] {
    let receipt = attempt.receipt
    var lines = ["  Attempt \(receipt.attempt ?? 0), line \(attempt.line)"]
    lines.append("    when      \(RFC3339.string(receipt.at)) through \(receipt.relay ?? "?")")
    for outcome in attempt.outcomes {
      var words = [outcome.event.rawValue]
      if let resolution = outcome.resolution { words.append("as \(resolution)") }
      if let code = outcome.code { words.append("\(code)") }
      if let reply = outcome.reply, !reply.isEmpty { words.append("“\(reply.replacing("\n", with: " / "))”") }
      lines.append("    outcome   \(words.joined(separator: " ")), line \(outcome.seq)")
    }
    if attempt.outcomes.isEmpty { lines.append("    outcome   none yet") }
    lines.append("    receipt   sha256 \(receipt.sha256?.hex ?? "none")")
    if let match { lines.append("    letter    sha256 \(match.digest) (\(match.encoding.rawValue)): the same") }
    return lines
  }
}
