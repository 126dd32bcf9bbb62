import Campaigns
import Delivery
import Foundation
import Mail
import Queue
import Receipts

/// A fictional provider's campaign as the store would give it. Times count in seconds from 2026-11-23T08:00:00Z.
enum Sample {
  static func time(_ seconds: Double) -> Date { Date(timeIntervalSince1970: 1_795_420_800 + seconds) }

  static let deadline = time(7 * 3600)

  static let plan = FrozenPlan(
    name: "passwords", planHash: SHA256.digest(of: Array("plan".utf8)), rows: 12, rejectedRows: 2, deadline: deadline,
    hashKey: [UInt8](repeating: 7, count: 32), inputs: Data("{}".utf8))

  static func snapshot(
    _ state: CampaignState = .running, startedAt: Date? = time(0), finishedAt: Date? = nil,
    messages: [MessageState: Int] = [:], nextDue: Date? = nil, lastOutcomeAt: Date? = nil, outcomes: Int = 0
  ) -> CampaignSnapshot {
    var figures = Dictionary(uniqueKeysWithValues: MessageState.allCases.map { ($0, 0) })
    figures.merge(messages) { _, new in new }
    return CampaignSnapshot(
      campaign: CampaignRecord(
        id: 1, plan: plan, state: state, createdAt: time(-5), startedAt: startedAt, finishedAt: finishedAt),
      customers: [.letter: figures.values.reduce(0, +), .phone: 2, .none: 3], messages: figures, nextDue: nextDue,
      lastOutcomeAt: lastOutcomeAt, outcomesInLastMinute: outcomes)
  }

  /// A forecast of 110 letters that names this end in each of its runs; two letters are likely to be late.
  static func forecast(next: Double, end: Double, at now: Double) -> Forecast {
    var outcome = ForecastOutcome(end: time(end))
    outcome.accepted = 110
    outcome.moments = .init(half: time(end), most: time(end), nearlyAll: time(end), all: time(end))
    outcome.quarters = [Int((time(end).timeIntervalSinceReferenceDate / ForecastOutcome.quarter).rounded(.down)): 110]
    var late = outcome
    late.late.letters = 2
    late.late.reasons = [.limit(relay: "main", RateLimit(count: 300, window: .seconds(3600))): 2]
    return Forecast(
      at: time(now), deadline: deadline, letters: 110, earliest: outcome, likely: late, latest: late, next: time(next))
  }

  static func customer(contact: String? = "kanzlei@müller.example") throws -> Customer {
    Customer(
      id: "10001", company: "Kanzlei Müller", salutation: "Frau", title: "Dr.", firstName: "Änne", lastName: "Müller",
      language: "de", contact: try contact.map { try EmailAddress($0) }, phone: "09999 555-001",
      mailboxes: [
        .init(address: try EmailAddress("post@müller.example"), access: "imap"),
        .init(address: try EmailAddress("fax@müller.example"), access: "central"),
      ], lines: [2, 3])
  }

  static func record(
    _ kind: Outcome.Kind, reasons: [OutcomeReason] = [], calls: [OutcomeReason] = [],
    contact: String? = "kanzlei@müller.example",
    message: MessageRecord? = nil
  ) throws -> CustomerRecord {
    CustomerRecord(
      id: "10001", kind: kind, reasons: reasons, calls: calls,
      payload: try JSONEncoder().encode(try customer(contact: contact)), messages: message.map { [$0] } ?? [])
  }

  static func message(_ state: MessageState, reply: String? = nil, resent: Bool = false) throws -> MessageRecord {
    let wasTried = ![.queued, .excluded, .cancelled].contains(state)
    return MessageRecord(
      message: 4, letter: "password-change", state: state, attempts: wasTried ? 2 : 0,
      recipient: try EmailAddress("kanzlei@müller.example"),
      messageID: try MessageID(left: "m.4", domain: try Domain("kanzlei-it.example")), relay: wasTried ? "main" : nil,
      firstAttemptAt: wasTried ? time(1) : nil, lastAttemptAt: wasTried ? time(1801.5) : nil,
      dueAt: state == .deferred ? time(3600) : nil, changedAt: time(1802.25), phase: wasTried ? "final" : nil,
      code: state == .accepted ? 250 : nil, enhanced: state == .accepted ? "2.0.0" : nil, reply: reply,
      sha256: wasTried ? SHA256.digest(of: Array("letter".utf8)) : nil, resent: resent,
      exclusion: state == .excluded ? .noSMTPUTF8 : nil)
  }
}
