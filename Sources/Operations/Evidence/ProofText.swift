import Mail
import Queue
import Receipts
import Reports

/// A proof, as text.
public enum ProofText {
  public static func text(_ proof: LetterProof) -> String {
    let heading = """
      Customer \(proof.customer)
        plan      sha256:\(proof.plan.hex), frozen \(RFC3339.string(proof.frozenAt))
        receipts  \(proof.verdict.reach), chain unbroken
      """
    return ([heading] + proof.letters.map(text) + proof.calls.map(text)).joined(separator: "\n")
  }

  private static func text(_ call: LetterProof.Call) -> String {
    let outcome = call.receipt.call.map { "\($0.outcome.rawValue) at \(RFC3339.string($0.at))" } ?? ""
    return "Call \(outcome), line \(call.receipt.seq)" + (call.made.map { ", by \($0.caller): as in the queue" } ?? "")
  }

  private static func text(_ letter: LetterProof.Letter) -> String {
    let message = letter.message
    let state = letter.attempts.isEmpty ? "\(message.state.rawValue), not attempted yet" : message.state.rawValue
    return (["Letter \(message.letter), message \(message.messageID): \(state)"] + letter.attempts.flatMap(lines))
      .joined(separator: "\n")
  }

  private static func lines(
    _ attempt: CustomerReceipts.Attempt, _ match: LetterReproduction.Letter?
  ) -> [String] {
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
