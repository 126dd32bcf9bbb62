import Delivery
import Foundation
import Mail
import Receipts

/// Something that the operator should know of a campaign while nobody looks at it. It has no personal data.
struct Notice: Sendable, Hashable, Codable {
  enum Event: String, Sendable, Codable {
    /// It paused, and not by the operator's word.
    case paused
    /// Not all customers will be told by the deadline, by the forecast.
    case late
    /// Nothing is left to send.
    case done
    /// It does not go on without the operator.
    case decision
  }

  enum Reason: String, Sendable, Codable {
    /// Too many letters are uncertain (`stop_at`).
    case uncertainShare = "uncertain-share"
    /// Every relay is paused: it cannot be reached, or refuses us.
    case relays
    case canary
    /// Nobody knows whether these letters were taken.
    case uncertainLetters = "uncertain-letters"
    /// Something concerns every letter: a file that is gone, a key that cannot be used.
    case fault
  }

  var event: Event
  var reason: Reason?
  var at: Date
  /// The letters by state.
  var letters: [String: Int]
  /// Customers who would be told late; nil for other events.
  var lateCustomers: Int?

  /// What the operator would do first.
  var next: NextStep {
    switch (event, reason) {
    case (.done, _): .report
    case (_, .uncertainLetters), (_, .uncertainShare): .settle
    case (.late, _), (_, .fault): .status
    default: .resume
    }
  }

  /// The state of a campaign after it.
  var state: CampaignState? {
    switch (event, reason) {
    case (.late, _): nil
    case (.done, _), (_, .uncertainLetters): .completed
    case (_, .fault): .aborted
    default: .paused
    }
  }

  /// What happened, in one line.
  var line: String {
    switch (event, reason) {
    case (.done, _): "done"
    case (.late, _): "late: \(pluralized(lateCustomers ?? 0, "customer")) would not be told by the deadline"
    case (_, .uncertainShare): "paused: too many letters are uncertain"
    case (_, .relays): "paused: no relay can be used, or they refuse us"
    case (_, .canary): "paused for a look at the canary"
    case (_, .uncertainLetters): "\(pluralized(letters["uncertain"] ?? 0, "letter")) uncertain at the end"
    case (_, .fault): "stopped: something is wrong that concerns every letter"
    case (.paused, nil), (.decision, nil): event.rawValue
    }
  }

  /// As a command reads it on its standard input: one line (`docs/worker.md`).
  func json(of command: NextCommand) throws -> [UInt8] {
    struct Document: Encodable {
      let schema = 1
      let campaign: String
      let event: Event
      let reason: Reason?
      let at: String
      let summary: String
      let letters: [String: Int]
      let lateCustomers: Int?
      let next: String
    }
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let document = Document(
      campaign: command.campaign, event: event, reason: reason, at: RFC3339.string(at), summary: line,
      letters: letters, lateCustomers: lateCustomers, next: command.line(next))
    return [UInt8](try encoder.encode(document)) + [UInt8(ascii: "\n")]
  }

  /// The text of a mail.
  func text(of command: NextCommand) -> String {
    let counts = letters.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
    return """
      Campaign \(command.campaign): \(line).
      At \(RFC3339.string(at)).

      Letters
      \(counts.joined(separator: "\n"))

      Next: \(command.line(next))

      This mail was made by eilbrief on the machine that sends the letters; nobody reads answers to it.

      """
  }
}
