import Files
import Foundation
import Letters
import Operations
import Queue
import Receipts
import Reports

/// The words of `verify`: what is known of a letter, and no more.
enum VerifyText {
  static func text(_ result: CodeLookup, isSample: Bool, folder: String) -> String {
    if isSample {
      return """
        \(result.code) is the code of letters that are only looked at (`preview`) and of tests (`send-test`, with [TEST] in \
        the subject). No letter to a customer has it: one that a customer has received is not ours.
        """
    }
    guard !result.letters.isEmpty else { return unknown(result, folder: folder) }
    var parts: [String] = []
    if result.letters.count > 1 {
      parts.append(
        "\(result.letters.count) letters share the code \(result.code). Ask the caller's name to tell them apart.")
    }
    parts += result.letters.map { letter($0, code: result.code) }
    if result.letters.contains(where: { $0.left != .no }) {
      parts.append(
        """
        This says that we made a letter with this code for this customer, not that the caller has that letter: whoever can \
        read it can copy its code. Compare name, address and time with what the caller has.
        """)
    }
    return parts.joined(separator: "\n\n")
  }

  private static func letter(_ letter: FoundLetter, code: VerificationCode) -> String {
    var rows = [("customer", letter.customer), ("company", letter.company), ("name", letter.name)]
    rows += [("campaign", letter.campaign), ("letter", letter.letter), ("address", letter.address)]
    rows.append(("state", "\(letter.state.rawValue) since \(LocalTime.full(letter.changedAt))"))
    if let first = letter.firstAttemptAt, let last = letter.lastAttemptAt {
      let times = first == last ? LocalTime.full(first) : "first \(LocalTime.full(first)), last \(LocalTime.full(last))"
      rows.append((letter.attempts == 1 ? "attempt" : "attempts", times))
    }
    let lines = rows.filter { !$0.1.isEmpty }.map { name, value in
      "  \(DisplayWidth.padded(name, to: 10))\(value)"
    }
    return ([heading(letter, code: code)] + lines).joined(separator: "\n")
  }

  private static func heading(_ letter: FoundLetter, code: VerificationCode) -> String {
    switch letter.left {
    case .yes:
      return "\(code): a letter with this code was sent to \(letter.address), and the relay accepted it."
    case .maybe:
      return "\(code): a letter with this code may have reached \(letter.address): the relay's last word is missing."
    case .no:
      let why =
        switch letter.state {
        case .queued: "it is queued and not yet sent"
        case .deferred: "the relay has put it off and not taken it so far"
        case .refused: "the relay refused it"
        case .expired: "the relay did not take it in time"
        case .excluded: "it was left out"
        default: "it was cancelled before the relay took it"
        }
      return """
        Careful: \(code) is the code of a letter to \(letter.address) that has not left us: \(why). \
        Nobody can have received it from us.
        """
    }
  }

  private static func unknown(_ result: CodeLookup, folder: String) -> String {
    let asked = result.campaigns.isEmpty ? "none" : result.campaigns.joined(separator: ", ")
    var lines = ["\(result.code): no letter with this code. Campaigns asked in \(folder): \(asked)."]
    if result.purged.isEmpty {
      lines.append("We never sent it from there: a letter with this code is not ours.")
    } else {
      lines.append(
        "Campaigns whose data was purged cannot be asked: \(result.purged.joined(separator: ", ")). "
          + "A letter of theirs cannot be told from a forged one by its code.")
    }
    return lines.joined(separator: "\n")
  }

  static func text(_ fault: VerificationCode.Fault) -> String {
    switch fault {
    case .checkDigit: "a digit is wrong, or two are swapped: no letter can have this code. Have it read out again."
    case .length(let count):
      "a code has 12 digits, as 4821 9930 1742; \(count == 1 ? "this is 1" : "these are \(count)"). Have it read out again."
    case .notDigits: "a code has 12 digits, as 4821 9930 1742, with blanks, hyphens or dots between them at most."
    }
  }
}

/// The document of `verify --json` (schema 1).
struct VerifyDocument: Encodable {
  var schema = 1
  var code: String
  var letters: [FoundLetter]
  var campaigns: [String]
  var purged: [String]

  init(_ lookup: CodeLookup) {
    code = "\(lookup.code)"
    letters = lookup.letters
    campaigns = lookup.campaigns
    purged = lookup.purged
  }
}
