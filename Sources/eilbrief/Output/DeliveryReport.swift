import Delivery
import Foundation
import Queue
import Reports

/// The last words of a delivery: the table, what to do next, and the exit status they amount to.
enum DeliveryReport {
  static func print(
    _ end: DeliveryEngine.End, _ status: CampaignStatus, store: any MessageStore, record: CampaignRecord,
    options: CampaignOptions, now: Date
  ) async throws -> ExitStatus {
    Console.print(StatusText.text(status, words: options.words, now: now))
    try await UncertainList.print(store, record, options)
    let words = options.words
    switch end {
    case .finished:
      guard status.notAccepted > 0 else { return .done }
      Console.print("  `\(words("report", "calls"))` lists who is to be called.")
      return .someNotAccepted
    case .cancelled, .requested(.pause):
      Console.print("Paused. `\(words("resume"))` goes on with it.")
      return .stopped
    case .requested(.cancel):
      Console.print("Cancelled. `\(words("report", "calls"))` lists who was not told.")
      return .someNotAccepted
    case .relaysPaused(let troubles):
      let reasons = troubles.map(\.message).joined(separator: "\n")
      throw Failure(.relay, "\(reasons)\nPaused. `\(words("resume"))` goes on once that is settled.")
    }
  }
}
