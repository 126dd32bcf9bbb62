import Campaigns
import Delivery
import Foundation
import Mail
import Operations
import Queue
import Receipts
import Reports
import Synchronization

/// Shows a launch or a rehearsal on the terminal: a live line there, a plain line every few seconds otherwise.
struct TerminalObserver: DeliveryObserver {
  /// Whether the operator is asked before a launch.
  let asks: Bool
  let nextCommand: NextCommand
  /// The clock by which the live line counts: that of the delivery.
  let time: any DeliveryClock
  private let last = SharedLine()

  var progressInterval: Duration { Console.outputIsTerminal ? .milliseconds(250) : .seconds(5) }

  func note(_ event: DeliveryEvent) {
    switch event {
    case .recovered(let lost): Console.error(Self.recovered(lost))
    case .nothingToSend: Console.print("Nothing to send: no letter of \(nextCommand.campaign) is waiting.")
    case .remark(let remark): Console.print(nextCommand.text(remark))
    case .orderKept: Console.error("warning: `order` has changed; letters leave in the order they were launched with.")
    case .resuming(let remaining, let total, let relays):
      let names = relays.map(\.name).joined(separator: ", ")
      Console.print("Resuming \(nextCommand.campaign): \(remaining) of \(total) letters left, through \(names).")
    case .rescheduled(let letters):
      Console.print("Another due time, by `retry` in campaign.yaml: \(pluralized(letters, "deferred letter")).")
    case .madeDue(let letters): Console.print("Due now: \(pluralized(letters, "deferred letter")).")
    case .secretsTrimmed(let warnings): Console.error(warnings.map { "warning: \($0)" }.joined(separator: "\n"))
    case .relaysUnusable(let troubles):
      Console.error(troubles.map(\.message).joined(separator: "\n") + "\nContinuing with the others.")
    case .released(let approvals): Console.print("Released by \(nextCommand.text(approvals.message)).")
    case .launched(let letters, let relays, let plan):
      Console.print(
        """
        Launched \(nextCommand.campaign): \(pluralized(letters, "letter")) through \(Self.text(relays)), plan \
        sha256:\(plan.hex.prefix(12))…
        """)
    case .news(let news, let isRehearsal): Console.print(nextCommand.text(news.message(isRehearsal: isRehearsal)))
    case .late(let warning): Console.error("warning: \(nextCommand.text(warning))")
    case .rehearsing(let letters):
      Console.print(
        "Rehearsing \(nextCommand.campaign): \(pluralized(letters, "letter")), nothing leaves this machine.")
    }
  }

  func confirm(_ question: LaunchQuestion) throws {
    if let objection = question.deadline.note { Console.error(nextCommand.text(objection)) }
    guard asks else { return }
    let forecast = ForecastTexts.moments(question.deadline.forecast).map { "  \(nextCommand.text($0))\n" }.joined()
    let letters = pluralized(question.letters, "letter")
    try Question.confirm("Forecast\n\(forecast)Send \(letters) through \(Self.text(question.relays))?")
  }

  func show(_ progress: CampaignStatus) {
    let line = nextCommand.text(ProgressLine.text(progress, now: time.now))
    if last.change(to: line) { Console.progress(line) }
  }

  func endProgress() { Console.endProgress() }

  func untilStopped<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
    try await StopSignal.cancelling(work) { Console.error("Stopping: what is not sent whole stays in the queue.") }
  }

  /// Letters that a process left on the wire.
  static func recovered(_ count: Int) -> String {
    count == 1
      ? "1 letter was on the wire when the last process ended: it is uncertain."
      : "\(count) letters were on the wire when the last process ended: they are uncertain."
  }

  private static func text(_ relays: [Relay]) -> String {
    relays.map { "\($0.name) (\($0.host):\($0.port))" }.joined(separator: " and ")
  }
}

/// The last line shown, kept so that no line is repeated.
private final class SharedLine: Sendable {
  private let text = Mutex("")

  /// Returns false when the line is the same as the last one.
  func change(to line: String) -> Bool {
    text.withLock { text in
      defer { text = line }
      return text != line
    }
  }
}
