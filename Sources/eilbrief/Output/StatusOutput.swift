import Campaigns
import Delivery
import Foundation
import Operations
import Queue
import Receipts
import Rehearsal
import Reports

/// The text of a campaign's figures, for `status` and for the table at the end of a launch.
struct StatusText {
  let status: CampaignStatus
  let nextCommand: NextCommand
  let now: Date

  var text: String {
    guard status.state != .draft || status.plan != nil else {
      return
        "Campaign \(status.campaign): draft, never launched. `\(nextCommand.line(.check))` reads it through."
    }
    var table = TextTable()
    table.add(
      "rows", String(status.rows.total),
      status.rows.rejected == 0 ? "" : "\(status.rows.rejected) rejected: their customers were not told")
    table.add(
      "customers", String(status.customers.total),
      "letter \(status.customers.letter), phone \(status.customers.phone), none \(status.customers.none)")
    table.add("letters", String(status.total), "")
    for state in MessageState.allCases where status.count(state) > 0 {
      let isNeedless = state == .excluded && status.needless == status.count(.excluded)
      table.add(
        "  \(state.rawValue)", String(status.count(state)),
        isNeedless ? StateTexts.needless : StateTexts.meaning(of: state))
      if state == .accepted, status.bounced > 0 {
        table.add(
          "    bounced", String(status.bounced), "of these: they did not reach the mailbox, call these customers")
      }
      if state == .excluded, status.needless > 0, !isNeedless {
        table.add("    needless", String(status.needless), "of these: \(StateTexts.needless)")
      }
    }
    let follows = status.follows.map { ", \($0.kind.rawValue) of \($0.campaign)" } ?? ""
    var lines = ["Campaign \(status.campaign): \(status.state.rawValue)\(follows)", table.text()]
    if let calls = status.calls.flatMap(CallTexts.figures) { lines.append("  calls: \(calls)") }
    if status.isEverybodyTold == true, status.notAccepted + status.bounced > 0 || status.calls?.reached ?? 0 > 0 {
      lines.append("  everybody is told, by letter or on the telephone")
    }
    lines += (status.mailboxes.map(MailboxTexts.lines) ?? []).map { "  " + nextCommand.text($0) }
    if !status.releasedBy.isEmpty {
      let names = status.releasedBy.map { "\($0.name) (\(LocalTime.full($0.at)))" }
      lines.append("  released by \(names.joined(separator: " and "))")
    }
    if let timing { lines.append("  \(timing)") }
    if let trouble = status.trouble {
      let then = trouble.retryAt.map { "; tried again at \(LocalTime.clock($0))" } ?? ""
      lines.append("  the worker, since \(LocalTime.clock(trouble.since))\(then): \(trouble.message)")
    }
    if status.state == .paused, let canary = status.canary.flatMap(CanaryTexts.line) {
      lines.append("  \(nextCommand.text(canary))")
    }
    lines += status.relays.flatMap(RelayTexts.lines).map { "  " + nextCommand.text($0) }
    if let purge = status.purge { lines.append("  \(nextCommand.text(purge.message))") }
    return lines.joined(separator: "\n")
  }

  private var timing: String? {
    var parts: [String] = []
    if status.state == .running, status.remaining > 0 {
      parts.append(nextCommand.text(ProgressLine.text(status, now: now)))
      parts += (status.forecast.map(ForecastTexts.lines) ?? []).map(nextCommand.text)
    }
    if let deadline = status.deadline {
      let left = deadline.timeIntervalSince(now)
      parts.append(
        "deadline \(LocalTime.full(deadline)), "
          + (left > 0 ? "in \(LocalTime.span(left))" : "passed \(LocalTime.span(-left)) ago"))
    }
    if let finishedAt = status.finishedAt { parts.append("finished \(LocalTime.full(finishedAt))") }
    return parts.isEmpty ? nil : parts.joined(separator: "\n  ")
  }

  // MARK: What to do next

  /// The lines of `status` below the figures: who delivers, or what the operator can do.
  var nextSteps: [String] {
    guard status.plan != nil, status.purge == nil else { return [] }
    let resume = nextCommand.line(.resume)
    var lines: [String] = []
    switch status.state {
    case .running: lines.append(nextCommand.text(DelivererText.message(status)))
    case .paused, .aborted: lines.append("\(status.state.rawValue): `\(resume)` continues.")
    case .completed where status.remaining > 0: lines.append("Letters are to be sent again: `\(resume)` sends them.")
    case .draft, .completed, .cancelled: break
    }
    if status.hasCalls(at: now) { lines.append("`\(nextCommand.line(.calls))` lists who is to be called.") }
    return lines
  }

  /// Why letters are not accepted, the most frequent first; empty when all are.
  func reasons(_ groups: [ReasonGroup], isRehearsal: Bool = false) -> String {
    let texts = ReasonTexts(groups)
    let all = texts.leavesOut() && !isRehearsal ? ": `\(nextCommand.line(.reasons))`" : ""
    return "  " + texts.lines().joined(separator: "\n  ") + all
  }

  /// The customers whose letter is uncertain, and what to type next; nil when there are none.
  func uncertain(_ customers: [String]) -> String? {
    guard !customers.isEmpty else { return nil }
    return """
        uncertain: \(customers.joined(separator: ", "))
          \(nextCommand.line(.settleByLog))                  settle them by the relay's log
          Or look for their Message-IDs yourself (`\(nextCommand.line(.report))` lists them), then:
          \(nextCommand.line(.settleAsAccepted))    it was taken
          \(nextCommand.line(.sendAgain))             send it again
      """
  }
}

/// The last lines of a delivery: the table, what to do next, and the exit status they amount to.
enum DeliveryOutput {
  static func print(_ outcome: DeliveryOutcome, _ nextCommand: NextCommand, now: Date) throws -> ExitStatus {
    let status = StatusText(status: outcome.status, nextCommand: nextCommand, now: now)
    Console.print(status.text)
    if !outcome.reasons.isEmpty { Console.print(status.reasons(outcome.reasons)) }
    if let uncertain = status.uncertain(outcome.uncertain) { Console.print(uncertain) }
    switch outcome.end {
    case .finished:
      guard !outcome.status.everyLetterIsSettled else { return .done }
      Console.print("  `\(nextCommand.line(.calls))` lists who is to be called.")
      return .someNotAccepted
    case .cancelled, .requested(.pause), .canary, .tooUncertain:
      Console.print(nextCommand.text(outcome.pause ?? "Paused. \(step: .resume) continues it."))
      return .stopped
    case .requested(.cancel):
      Console.print("Cancelled. `\(nextCommand.line(.calls))` lists who was not told.")
      return .someNotAccepted
    case .relaysPaused(let troubles):
      let reasons = troubles.map(\.message).joined(separator: "\n")
      throw OperatorError(.relay, "\(reasons)\nPaused. \(step: .resume) continues once that is settled.")
    }
  }

  /// The last lines of a rehearsal, with the relay's own figures.
  static func print(_ outcome: RehearsalRun.Outcome, _ options: CampaignOptions, now: Date) throws -> ExitStatus {
    let nextCommand = NextCommand(
      campaign: options.campaign, queue: outcome.kept?.queue.path ?? options.queue.path)
    Console.print("\nWhat would have happened, in \(LocalTime.span(outcome.duration)):")
    let status = StatusText(status: outcome.delivery.status, nextCommand: nextCommand, now: now)
    Console.print(status.text)
    if !outcome.delivery.reasons.isEmpty { Console.print(status.reasons(outcome.delivery.reasons, isRehearsal: true)) }
    let faults = outcome.relay.faults.filter { $0.value > 0 }.sorted { $0.key < $1.key }
      .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    Console.print(
      """
        the relay took \(pluralized(outcome.relay.taken, "message")) over \
      \(pluralized(outcome.relay.connections, "connection"))\
      \(faults.isEmpty ? "" : " and made trouble: \(faults)")
      """)
    if outcome.rejectedRows > 0 {
      Console.print(
        """
        `launch` would not begin without --without-rejected: \(pluralized(outcome.rejectedRows, "row")) rejected, and \
        their customers would get no letter (`\(options.nextCommand.line(.check))` names them).
        """)
    }
    if case .relaysPaused(let troubles) = outcome.delivery.end {
      throw OperatorError(.relay, OperatorMessage(troubles.map(\.message).joined(separator: "\n")))
    }
    if let pause = outcome.delivery.pause { Console.print(nextCommand.text(pause)) }
    if let kept = outcome.kept, let letters = outcome.letters {
      Console.print(
        """
        The letters are in \(letters.path), the queue folder is \(kept.queue.path): \
        `\(nextCommand.line(.status))` shows it.
        """)
    }
    guard case .finished = outcome.delivery.end else { return .stopped }
    return outcome.delivery.status.notAccepted > 0 ? .someNotAccepted : .done
  }
}
