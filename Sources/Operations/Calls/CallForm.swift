import Foundation
import Letters
import Mail
import Receipts
import Reports

/// The form for a call centre, in the language of whoever fills it in: the list of calls with empty columns behind it.
///
/// ``CallImport`` reads it back. It is a report, and replaced like one.
public enum CallForm: String, Sendable, CaseIterable {
  case de, en

  /// What the caller fills in, and the customer it is about: in the order of ``columns(isShort:)``.
  enum Column: Int, CaseIterable {
    case customer, caller, outcome, note, time
  }

  /// The first line of the form.
  public var header: [String] {
    let filled = columns(isShort: false)
    return switch self {
    case .de: [filled[0], "Firma", "Name", "Telefon", "Grund", "Bisherige Anrufe"] + filled[1...] + ["Leitfaden"]
    case .en: [filled[0], "Company", "Name", "Phone", "Reason", "Calls so far"] + filled[1...] + ["Script"]
    }
  }

  /// The titles of the columns that come back. The short ones are taken too: people shorten them.
  func columns(isShort: Bool) -> [String] {
    let words = CallOutcome.allCases.map(word).joined(separator: ", ")
    let titles: [(String, String)] =
      switch self {
      case .de:
        [
          ("Kundennummer", ""), ("Angerufen von", ""), ("Ergebnis", " (\(words))"), ("Notiz", ""),
          ("Zeit", " (TT.MM.JJJJ hh:mm)"),
        ]
      case .en:
        [
          ("Customer", ""), ("Called by", ""), ("Outcome", " (\(words))"), ("Note", ""),
          ("Time", " (YYYY-MM-DD hh:mm)"),
        ]
      }
    return titles.map { isShort ? $0.0 : $0.0 + $0.1 }
  }

  /// Whether a column's title is the one of this language, whole or shortened.
  func isTitle(_ title: String, of column: Column) -> Bool {
    title.lowercased().hasPrefix(columns(isShort: true)[column.rawValue].lowercased())
  }

  func word(_ outcome: CallOutcome) -> String {
    switch (self, outcome) {
    case (.de, .reached): "erreicht"
    case (.de, .noAnswer): "nicht erreicht"
    case (.de, .wrongNumber): "falsche Nummer"
    case (.de, .letterWanted): "Brief gewünscht"
    case (.en, .reached): "reached"
    case (.en, .noAnswer): "no answer"
    case (.en, .wrongNumber): "wrong number"
    case (.en, .letterWanted): "letter wanted"
    }
  }

  /// A customer's row, with empty columns for what is filled in.
  func fields(_ entry: CallEntry) -> [String] {
    let report = entry.report
    let reason = self == .en ? report.call : report.causes.map(Self.german).joined(separator: "; ")
    let safe = self == .en ? "all mailboxes changed or locked" : "alle Postfächer geändert oder gesperrt"
    let calls = report.calls.map { call in
      "\(word(call.outcome)), \(RFC3339.string(call.at)), \(call.by)" + (call.note.map { ": \($0)" } ?? "")
    }
    return [
      report.customer, report.company, report.name, report.phone,
      [reason, entry.isSafe ? safe : ""].filter { !$0.isEmpty }.joined(separator: "; "), calls.joined(separator: "\n"),
      "", "", "", "", entry.script,
    ]
  }

  private static func german(_ cause: CallCause) -> String {
    let words =
      switch cause.kind {
      case .request: cause.detail
      case .noAddress: "keine E-Mail-Adresse"
      case .rejectedRow: "Zeile der Kundendatei nicht lesbar (\(cause.detail))"
      case .excluded: "Brief nicht gesendet"
      case .refused: "Brief abgelehnt"
      case .expired: "Brief aufgegeben"
      case .bounced: "Brief zurückgekommen"
      case .uncertain, .uncertainCancelled: "ungewiss, ob der Brief angekommen ist"
      case .unsent: "abgebrochen, bevor der Brief gesendet wurde"
      case .unaccepted: "abgebrochen, bevor der Brief angenommen wurde"
      case .late: "Brief bis zur Frist nicht angenommen"
      case .lateExpired: "Brief bis zur Frist nicht angenommen und aufgegeben"
      }
    let reply = [.excluded, .refused, .expired, .late, .lateExpired, .bounced].contains(cause.kind) ? cause.detail : ""
    return (cause.letter.map { "\($0): " } ?? "") + words + (reply.isEmpty ? "" : ": \(reply)")
  }
}
