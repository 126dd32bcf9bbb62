import Foundation
import Queue
public import Receipts
public import Reports

extension CallEntry {
  /// The customer on some lines of a terminal.
  func text(_ number: Int) -> OperatorMessage {
    let who = [report.company, report.name].filter { !$0.isEmpty }.joined(separator: ", ")
    let phone = report.phone.isEmpty ? "no telephone number" : report.phone
    var lines: [OperatorMessage] = ["\(number). \(report.customer)  \(phone)  \(who)"]
    if !report.call.isEmpty { lines.append("   \(report.call)") }
    if status != .open { lines.append("   \(status == .reached ? "told on the telephone" : "wants it in writing")") }
    if isSafe { lines.append("   all mailboxes are changed or locked already") }
    for call in report.calls {
      let note = call.note.map { ": \($0.replacing("\n", with: " / "))" } ?? ""
      lines.append("   \(CallTexts.word(call.outcome)) at \(time: call.at) by \(call.by)\(note)")
    }
    if !script.isEmpty {
      lines.append("")
      lines += script.split(separator: "\n", omittingEmptySubsequences: false).map { line in
        OperatorMessage(line.isEmpty ? "" : "   | \(line)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// Words about calls.
public enum CallTexts {
  public static func word(_ outcome: CallOutcome) -> String {
    switch outcome {
    case .reached: "reached"
    case .noAnswer: "no answer"
    case .wrongNumber: "wrong number"
    case .letterWanted: "wants a letter"
    }
  }

  /// `12 reached, 3 no answer`
  public static func counts(_ calls: [CallOutcome: Int]) -> String {
    CallOutcome.allCases.compactMap { outcome in calls[outcome].map { "\($0) \(word(outcome))" } }
      .joined(separator: ", ")
  }

  /// How far the list is worked off; nil when there was never anybody to call.
  public static func figures(_ figures: CallFigures) -> String? {
    guard figures.open + figures.reached > 0 else { return nil }
    let open = [
      (figures.untried, "not called yet"), (figures.noAnswer, "no answer"), (figures.wrongNumber, "wrong number"),
      (figures.letterWanted, "want a letter"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    return "reached \(figures.reached), open \(figures.open)" + (open.isEmpty ? "" : ": \(open)")
  }

  /// One call that was recorded.
  public static func recorded(_ result: CallRecording.Result) -> OperatorMessage {
    let done: OperatorMessage =
      result.added.first.map { call in
        "Recorded: \(call.customer), \(word(call.outcome)) at \(time: call.at), by \(call.caller)."
      } ?? "This call is recorded already; nothing was added."
    return done + " " + left(result.figures) + (result.behind.map { "\n" + $0 } ?? "")
  }

  public static func imported(_ result: CallImport.Result) -> OperatorMessage {
    let recorded = result.recorded
    var counts = ["\(pluralized(recorded.added.count, "call")) recorded"]
    if recorded.known > 0 { counts.append("\(recorded.known) known already") }
    if result.empty > 0 { counts.append("\(pluralized(result.empty, "row")) not filled in") }
    if !result.rejected.isEmpty { counts.append("\(pluralized(result.rejected.count, "row")) left out") }
    let behind = recorded.behind.map { "\n" + $0 } ?? ""
    return "\(counts.joined(separator: ", ")). " + left(recorded.figures) + behind
  }

  /// What is left after calls were recorded.
  public static func left(_ figures: CallFigures) -> OperatorMessage {
    figures.open == 0
      ? "Nobody is left to be called." : "\(pluralized(figures.open, "customer")) to be called: \(step: .callList)."
  }
}
