import Delivery
public import Foundation
public import Queue
import Receipts
import Reports

/// What a worker has to tell while it runs.
public enum WorkerEvent: Sendable {
  case started(queue: URL)
  /// Another worker has the queue folder, and this one waits for its end.
  case waiting(SpoolLock.Holder)
  /// Another process delivers alone, and the campaigns wait for its end.
  case busy(SpoolLock.Holder)
  case began
  case event(DeliveryEvent)
  case ended(DeliveryOutcome)
  case trouble(OperatorError, retryAt: Date?)
  /// The queue folder cannot be read now.
  case unreadable(OperatorError)
  case stopping(campaigns: Int)
  case stopped

  /// - Parameter campaign: Which it is about; empty for the worker itself.
  public func text(of campaign: String) -> (message: OperatorMessage, isWarning: Bool) {
    switch self {
    case .started(let queue): ("The worker delivers from \(queue.path).", false)
    case .waiting(let holder):
      ("Process \(holder.pid) on \(holder.host) is the worker of this queue folder; this one waits for its end.", true)
    case .busy(let holder):
      ("Waiting for process \(holder.pid) on \(holder.host), which delivers \(holder.campaign) alone.", true)
    case .began: ("Begins.", false)
    case .event(let event): Self.text(DeliveryEventText(event, of: campaign))
    case .ended(let outcome): (Self.text(outcome), false)
    case .trouble(let error, let retryAt):
      (
        error.message
          + (retryAt == nil ? " Left alone until \(step: .resume)." : " Tried again by itself."), true
      )
    case .unreadable(let error): (error.message, true)
    case .stopping(let campaigns):
      ("Stopping: \(pluralized(campaigns, "campaign")) drained; what is not sent whole stays in the queue.", false)
    case .stopped: ("Stopped. The next start goes on.", false)
    }
  }

  private static func text(_ text: DeliveryEventText) -> (message: OperatorMessage, isWarning: Bool) {
    (text.message, text.isWarning)
  }

  private static func text(_ outcome: DeliveryOutcome) -> OperatorMessage {
    let counts = MessageState.allCases.filter { outcome.status.count($0) > 0 }
      .map { "\($0.rawValue) \(outcome.status.count($0))" }.joined(separator: ", ")
    switch outcome.end {
    case .finished: return "Done: \(counts)."
    case .requested(.cancel): return "Cancelled: \(counts)."
    case .requested(.pause): return "Paused: \(counts). \(step: .resume) continues it."
    case .cancelled: return "Interrupted: \(counts). The next start of the worker goes on."
    case .canary, .tooUncertain: return (outcome.pause ?? "Paused.")
    case .relaysPaused(let troubles):
      let reasons = troubles.map(\.message).joined(separator: "\n")
      return "\(reasons)\nPaused. \(step: .resume) continues once that is settled."
    }
  }
}
