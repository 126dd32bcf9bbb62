public import Foundation
import Mail
public import Queue
import Receipts
import Synchronization

/// The letters that leave first, and the end of all others at the deadline.
extension SimulatedStore {
  public func chooseCanary(
    in campaign: Int64, letters: Int, providers: [String: String]
  ) async throws -> CanaryRecord? {
    try contents.withLock { contents in
      let index = try contents.index(of: campaign)
      if let kept = contents.campaigns[index].canary { return kept }
      let tally = contents.campaigns[index].tally
      let tried = contents.messages(in: campaign) {
        ![.queued, .excluded, .cancelled].contains($0.state) || $0.state == .queued && $0.attempts > 0
      }
      guard letters > 0, tried.isEmpty, tally[.queued] ?? 0 > letters else { return nil }
      let untried = contents.messages(in: campaign) { $0.state == .queued }
        .map { ($0, contents.messages[Int($0) - 1].planned) }
        .sorted { ($0.1.priority, $0.1.rank, $0.0) < ($1.1.priority, $1.1.rank, $1.0) }
      var choice = CanaryChoice(letters: letters, providers: providers)
      for (_, planned) in untried { choice.count(planned.recipient.domain.ascii) }
      choice.rank()
      for (message, planned) in untried { choice.offer(message, planned.recipient.domain.ascii) }
      contents.campaigns[index].canaryLetters = Set(choice.messages)
      contents.campaigns[index].canary = CanaryRecord(letters: choice.messages.count)
      return contents.campaigns[index].canary
    }
  }

  public func canary(in campaign: Int64) async throws -> CanaryRecord? {
    contents.withLock { contents in (try? contents.index(of: campaign)).flatMap { contents.campaigns[$0].canary } }
  }

  public func canaryLetters(in campaign: Int64) async throws -> [CanaryLetter] {
    try contents.withLock { contents in
      contents.campaigns[try contents.index(of: campaign)].canaryLetters.sorted().map { id in
        let message = contents.messages[Int(id) - 1]
        return CanaryLetter(
          customer: contents.customers[message.customer].planned.id, state: message.state,
          recipient: message.planned.recipient.description, attempts: message.attempts, relay: message.relay,
          phase: message.record?.phase, code: message.record?.code, reply: message.record?.reply ?? message.reply,
          exclusion: message.exclusion)
      }
    }
  }

  public func setCanary(_ record: CanaryRecord, in campaign: Int64) async throws {
    try contents.withLock { contents in
      let index = try contents.index(of: campaign)
      guard let kept = contents.campaigns[index].canary else {
        throw StoreError.invariant("campaign \(campaign) has no canary")
      }
      guard kept.state != .passed else { return }
      contents.campaigns[index].canary?.state = record.state
      contents.campaigns[index].canary?.answeredAt = record.answeredAt.map { Milliseconds($0).date }
      contents.campaigns[index].canary?.waitUntil = record.waitUntil.map { Milliseconds($0).date }
    }
  }

  public func dueCanary(
    in campaign: Int64, at now: Date, after: DueCursor?, limit: Int
  ) async throws -> [DueMessage] {
    due(in: campaign, at: now, after: after, limit: limit) { $0.canaryLetters.contains($1) }
  }

  public func nextDueCanary(in campaign: Int64, after moment: Date?) async throws -> Date? {
    let moment = moment.map { Milliseconds($0).date } ?? .distantPast
    return try contents.withLock { contents in
      contents.campaigns[try contents.index(of: campaign)].canaryLetters.compactMap { contents.dueAt($0) }
        .filter { $0 > moment }.min()
    }
  }

  public func expireAtDeadline(in campaign: Int64, at now: Date) async throws -> Int {
    let now = Milliseconds(now)
    return contents.withLock { contents in
      let found = contents.messages(in: campaign) { [.queued, .deferred].contains($0.state) }
      for id in found {
        contents.move(id, to: .expired, at: now)
        contents.append(.expired, about: id, at: now) { $0.reason = Receipt.deadlineReason }
      }
      return found.count
    }
  }
}
