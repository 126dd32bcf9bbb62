import Foundation
import Receipts

/// The outcome of a call as people write it into a form.
///
/// Only what leaves no doubt is understood: the words of the form in any language, those of the command line, and those that
/// callers use for the same. Whoever was left a message was not reached.
enum CallOutcomeWords {
  private static let others: [CallOutcome: [String]] = [
    .reached: [
      "wurde erreicht", "Kunde erreicht", "Kundin erreicht", "persönlich erreicht", "telefonisch erreicht",
      "was reached",
      "customer reached", "reached in person",
    ],
    .noAnswer: [
      "niemand erreicht", "niemanden erreicht", "nicht erreichbar", "wurde nicht erreicht", "Kunde nicht erreicht",
      "Kundin nicht erreicht", "konnte nicht erreicht werden", "keine Antwort", "besetzt", "Anrufbeantworter", "AB",
      "nicht abgenommen", "nimmt nicht ab", "geht nicht ran", "niemand da", "not reached", "was not reached",
      "could not be reached", "unreachable", "not answered", "unanswered", "no reply", "nobody answered", "busy",
      "line busy", "voicemail", "answering machine",
    ],
    .wrongNumber: [
      "falsche Nr.", "falsche Telefonnummer", "falsche Tel.-Nr.", "falsche Rufnummer", "Nummer falsch",
      "Telefonnummer falsch", "Nummer stimmt nicht", "kein Anschluss unter dieser Nummer", "wrong phone number",
      "wrong telephone number", "number is wrong", "number not in service",
    ],
    .letterWanted: [
      "Brief erwünscht", "Brief erbeten", "Brief wird gewünscht", "wünscht Brief", "wünscht einen Brief",
      "möchte einen Brief", "letter requested", "wants letter", "wants a letter",
    ],
  ]

  private static let known: [String: CallOutcome] = {
    var known: [String: CallOutcome] = [:]
    for outcome in CallOutcome.allCases {
      let words = [outcome.rawValue] + CallForm.allCases.map { $0.word(outcome) } + (others[outcome] ?? [])
      for word in words { known[key(word)] = outcome }
    }
    return known
  }()

  /// Nil for everything else, such as “erreicht?”.
  static func outcome(_ text: String) -> CallOutcome? {
    let isPlain = text.allSatisfy { $0.isLetter || $0.isWhitespace || "-_.,!'’".contains($0) }
    return isPlain ? known[key(text)] : nil
  }

  /// Without case, blanks and signs, and with umlauts in either spelling.
  private static func key(_ text: String) -> String {
    var key = String(text.precomposedStringWithCompatibilityMapping.lowercased().filter(\.isLetter))
    for (letter, spelled) in [("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")] {
      key = key.replacing(letter, with: spelled)
    }
    return key
  }
}
