import Delivery
import Files
import Foundation
import Operations
import Reports
import Synchronization

/// Shows a launch or a rehearsal: the live view on a terminal, a plain line now and then otherwise.
struct TerminalObserver: DeliveryObserver {
  /// Whether the operator is asked before a launch.
  let asks: Bool
  let nextCommand: NextCommand
  /// The clock by which the view counts: that of the delivery.
  let time: any DeliveryClock
  private let view = ShownProgress()

  var progressInterval: Duration { Console.region.look.canRedraw ? .milliseconds(250) : .seconds(1) }

  func note(_ event: DeliveryEvent) {
    let text = DeliveryEventText(event, of: nextCommand.campaign)
    let words = nextCommand.text(text.message)
    if text.isWarning { Console.error(words) } else { Console.print(words) }
  }

  func confirm(_ question: LaunchQuestion) throws {
    if let objection = question.deadline.note { Console.error(nextCommand.text(objection)) }
    if asks { try Question.confirm(nextCommand.text(question.text)) }
  }

  func show(_ progress: CampaignStatus) { view.show(progress, nextCommand, now: time.now) }

  func endProgress() { Console.region.erase() }

  func untilStopped<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
    try await StopSignal.cancelling(work) { Console.error("Stopping: what is not sent whole stays in the queue.") }
  }
}

/// The progress of a delivery as it is shown: the live view, or lines on standard output where nothing can be drawn again.
final class ShownProgress: Sendable {
  private let plain = Mutex(PlainProgress())
  private let start = ContinuousClock.now

  /// Returns false when nobody reads the output any more.
  @discardableResult
  func show(_ status: CampaignStatus, _ nextCommand: NextCommand, now: Date) -> Bool {
    let region = Console.region
    guard !region.look.canRedraw else {
      let view = LiveView(status, now: now, isUTF8: region.look.isUTF8, words: nextCommand.text)
      region.draw(view.lines(width: region.size.columns - 1))
      return true
    }
    let line = nextCommand.text(ProgressLine.text(status, now: now))
    guard PrintStream.output.hasRoom, plain.withLock({ $0.isDue(line, at: ContinuousClock.now - start) }) else {
      return true
    }
    return Console.print(line)
  }
}
