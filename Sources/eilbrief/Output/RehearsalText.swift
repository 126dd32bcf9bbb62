import Foundation
import Queue
import Rehearsal
import Reports

/// The words at the end of a rehearsal: the campaign's figures beside the relay's own books.
enum RehearsalText {
  static func text(_ status: CampaignStatus, _ relay: RehearsalRelay, words: CommandWords, now: Date) -> String {
    let counts = relay.counts
    let faults = counts.faults.filter { $0.value > 0 }.sorted { $0.key < $1.key }
      .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    return """
      \(StatusText.text(status, words: words, now: now))
        the relay took \(counts.taken) messages over \(counts.connections) connections\
      \(faults.isEmpty ? "" : " and made trouble: \(faults)")
      """
  }
}
