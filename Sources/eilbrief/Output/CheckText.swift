import Campaigns
import Delivery
import Foundation

/// The words of `check`.
enum CheckText {
  static let shownRejected = 50

  static func text(_ result: CheckResult, words: CommandWords, now: Date) -> String {
    var parts = ["Campaign \(result.campaign)"]
    parts.append(file(result.file, rows: result.rows))
    parts.append(customers(result))
    if !result.rejected.isEmpty { parts.append(rejected(result)) }
    parts.append(letters(result))
    if !result.warnings.isEmpty {
      parts.append("Warnings\n" + result.warnings.map { "  \($0)" }.joined(separator: "\n"))
    }
    parts.append(timing(result, now: now))
    if let release = result.release {
      let lines = release.lines.isEmpty ? ["none yet"] : release.lines
      parts.append(
        "Release: \(release.released ? "two have approved it" : "two approvals needed")\n"
          + lines.map { "  \($0)" }.joined(separator: "\n"))
    }
    if let online = result.online { parts.append(OnlineText.text(online)) }
    parts.append(verdict(result, words))
    return parts.joined(separator: "\n\n")
  }

  private static func file(_ file: CheckResult.File, rows: Int) -> String {
    let mark = file.byteOrderMark ? " with byte-order mark" : ""
    var lines = [
      "Customer file \(file.name): \(Counted.words(rows, "row")), \(file.encoding)\(mark), \(file.delimiter), \(file.lineEnd)"
    ]
    if !file.samples.isEmpty {
      lines.append("  Are these written as they should be?")
      lines += file.samples.map { "    line \($0.line): \($0.text)" }
    }
    return lines.joined(separator: "\n")
  }

  private static func customers(_ result: CheckResult) -> String {
    var table = TextTable()
    for kind in Outcome.Kind.allCases {
      table.add(kind.rawValue, String(result.customers[kind.rawValue] ?? 0), "")
      for outcome in result.reasons where outcome.kind == kind {
        let reasons = outcome.reasons.text
        table.add("", String(outcome.count), kind == .letter ? "nothing to do: \(reasons)" : reasons)
      }
    }
    var text = "Customers: \(result.customers["total"] ?? 0)\n" + table.text()
    if result.calledAsWell > 0 { text += "\n  \(result.calledAsWell) of the letter customers are called as well" }
    return text
  }

  /// `38 de, 2 en`
  private static func languages(_ result: CheckResult) -> String {
    result.letters.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
  }

  private static func rejected(_ result: CheckResult) -> String {
    var lines = ["Rejected rows: \(result.rejected.count). Their customers would not be told."]
    lines += result.rejected.prefix(shownRejected).map { row in
      "  line \(row.line)\(row.customer.map { ", customer “\($0)”" } ?? ""): \(row.reason)"
    }
    if result.rejected.count > shownRejected {
      lines.append("  and \(result.rejected.count - shownRejected) more (all of them with --json)")
    }
    return lines.joined(separator: "\n")
  }

  private static func letters(_ result: CheckResult) -> String {
    let count = result.letters.values.reduce(0, +)
    guard result.letterErrorCount > 0 else {
      return
        "Letters: \(count) (\(languages(result))) made and looked over, templates: \(result.templates), DKIM: \(result.dkim)\n"
        + "  S/MIME: \(result.smime)"
        + (result.encrypted.map { ", \($0) of \(Counted.words(count, "letter")) encrypted" } ?? "")
    }
    let more = result.letterErrorCount - result.letterErrors.count
    return
      (["Letters: \(Counted.words(result.letterErrorCount, "error"))"]
      + result.letterErrors.map { "  \($0.description)" }
      + (more > 0 ? ["  and \(more) more"] : [])).joined(separator: "\n")
  }

  private static func timing(_ result: CheckResult, now: Date) -> String {
    var lines = ["Relays"]
    for relay in result.relays {
      let limits = relay.limits.isEmpty ? "no limits" : "at most " + relay.limits.joined(separator: " and ")
      let connections = Counted.words(relay.connections, "connection")
      lines.append("  \(relay.name): \(relay.address), \(relay.security), \(connections), \(limits)")
    }
    let needed = result.finish.timeIntervalSince(now)
    lines.append(
      needed < 1
        ? "  The limits hold up none of the letters."
        : "  The limits allow the last letter after \(LocalTime.span(needed)), at \(LocalTime.full(result.finish)).")
    let left = result.deadline.timeIntervalSince(now)
    lines.append(
      "  The deadline is \(LocalTime.full(result.deadline)), "
        + (left > 0 ? "in \(LocalTime.span(left))." : "\(LocalTime.span(-left)) ago."))
    return lines.joined(separator: "\n")
  }

  private static func verdict(_ result: CheckResult, _ words: CommandWords) -> String {
    if let launched = result.launched { return launched.verdict(words, blockers: result.blockers) }
    guard result.isGood else {
      return result.letterErrorCount > 0
        ? "Not ready: the errors above keep the campaign from being launched."
        : "Not ready: mend the rejected rows, or launch with --without-rejected and leave these customers out."
    }
    guard result.blockers.isEmpty else {
      return "Not ready: `launch` will not begin before this is settled:\n  "
        + result.blockers.joined(separator: "\n  ")
    }
    if let online = result.online, let verdict = OnlineText.verdict(online, words) { return verdict }
    let isClean = result.warnings.isEmpty && result.online?.hasWarnings != true
    return (isClean ? "Ready." : "Ready, but see the warnings above.")
      + " Next: \(words("preview", "--customer ID")), \(words("rehearse")), \(words("launch"))"
  }
}
