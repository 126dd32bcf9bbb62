public import Foundation
import Mail
public import Queue
import Receipts
import Synchronization

/// Why letters wait, and why they were not accepted.
extension SimulatedStore {
  public func deferredFigures(in campaign: Int64, at now: Date) async throws -> DeferredFigures {
    let now = Milliseconds(now).date
    return contents.withLock { contents in
      guard let index = try? contents.index(of: campaign) else { return DeferredFigures() }
      var figures = DeferredFigures()
      contents.forEachTurn(in: contents.campaigns[index].messages) { _, turn in
        guard case .deferred(let until) = turn else { return }
        if until <= now { figures.due += 1 }
        figures.lastDue = max(figures.lastDue ?? until, until)
      }
      return figures
    }
  }

  public func forEachWaiting(
    in campaign: Int64, _ body: @Sendable (WaitingMessage) throws -> Void
  ) async throws {
    let found = contents.withLock { contents in
      let ids = contents.messages(in: campaign) { [.queued, .deferred].contains($0.state) }
      return ids.compactMap { id -> (place: DueCursor, message: WaitingMessage)? in
        let message = contents.messages[Int(id) - 1]
        guard let turn = contents.turns[Int(id) - 1] else { return nil }
        var due: Date?
        if case .deferred(let until) = turn { due = until }
        return (
          DueCursor(turn: turn, message: id),
          WaitingMessage(
            customer: Int64(message.customer + 1), priority: message.planned.priority, attempts: message.attempts,
            dueAt: due, relay: message.relay, lastAnswer: message.lastAnswer,
            domain: message.planned.recipient.domain.ascii)
        )
      }
    }
    for entry in found.sorted(by: { $0.place < $1.place }) { try body(entry.message) }
  }

  public func note(_ conditions: [RelayCondition], in campaign: Int64) async throws {
    try contents.withLock { contents in
      let index = try contents.index(of: campaign)
      let before = contents.campaigns[index].conditions
      contents.campaigns[index].conditions = [:]
      for var condition in conditions {
        condition.words = condition.words ?? before[condition.relay]?.words
        contents.campaigns[index].conditions[condition.relay] = condition
      }
    }
  }

  public func conditions(in campaign: Int64) async throws -> [RelayCondition] {
    contents.withLock { contents in
      guard let index = try? contents.index(of: campaign) else { return [] }
      return contents.campaigns[index].conditions.values.sorted { $0.relay < $1.relay }
    }
  }

  public func forEachUnaccepted(
    in campaign: Int64, _ body: @Sendable (UnacceptedMessage) throws -> Void
  ) async throws {
    let states: Set<MessageState> = [.deferred, .refused, .expired, .uncertain, .excluded]
    let found = contents.withLock { contents in
      contents.messages(in: campaign) { states.contains($0.state) }.map { id in
        let message = contents.messages[Int(id) - 1]
        return UnacceptedMessage(
          customer: contents.customers[message.customer].planned.id, state: message.state,
          recipient: message.planned.recipient.description, relay: message.relay, phase: message.record?.phase,
          code: message.record?.code, enhanced: message.record?.enhanced,
          reply: message.record?.reply ?? message.reply, exclusion: message.exclusion)
      }
    }
    for message in found { try body(message) }
  }
}
