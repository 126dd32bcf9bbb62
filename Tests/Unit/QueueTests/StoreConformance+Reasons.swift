import Foundation
import Mail
import Queue
import Receipts
import Synchronization
import Testing

/// Why letters wait, and why they were not accepted.
extension StoreConformance {
  static let reasons: [Case<any MessageStore>] = [
    Case(name: "deferred letters are counted by their due times") { store in
      let campaign = try await store.deferredSample(letters: 3, until: [50, 60, 70])
      _ = try await store.deferredSample("other", letters: 1, until: [900])
      for (now, due) in [(49.0, 0), (50, 1), (69, 2), (70, 3)] {
        #expect(
          try await store.deferredFigures(in: campaign, at: Sample.time(now))
            == DeferredFigures(due: due, lastDue: Sample.time(70)))
      }
      let none = try await store.freezeSample("none", letters: 1)
      #expect(try await store.deferredFigures(in: none, at: Sample.time(99)) == DeferredFigures())
    },
    Case(name: "a relay's condition is kept in place of the one before, without a receipt, each campaign its own") {
      store in
      let campaign = try await store.freezeSample(letters: 1)
      let other = try await store.freezeSample("other", letters: 1)
      let receipts = try await store.receiptValues(of: campaign)
      #expect(try await store.conditions(in: campaign) == [])
      let words = RelayCondition.Words(
        phase: "rcpt", code: 451, enhanced: "4.7.1", text: "4.7.1 “später”\nnoch einmal", class: "greylisted",
        scope: "recipient", since: Sample.time(1), at: Sample.time(2.5))
      let resting = RelayCondition(
        relay: "main", state: .resting, since: Sample.time(1), until: Sample.time(9), words: words)
      let paused = RelayCondition(relay: "backup", state: .paused, trouble: "It refuses us.")
      try await store.note([resting, paused], in: campaign)
      #expect(try await store.conditions(in: campaign) == [paused, resting])
      #expect(try await store.conditions(in: other) == [])
      // A new delivery knows nothing yet; one without a reply has none of what only a reply has.
      try await store.note([RelayCondition(relay: "main")], in: campaign)
      #expect(try await store.conditions(in: campaign) == [RelayCondition(relay: "main", words: words)])
      let lost = RelayCondition.Words(
        phase: "connect", code: nil, enhanced: nil, text: "gone", class: nil, scope: nil, since: Sample.time(3),
        at: Sample.time(3))
      try await store.note([RelayCondition(relay: "main", words: lost)], in: campaign)
      #expect(try await store.conditions(in: campaign) == [RelayCondition(relay: "main", words: lost)])
      #expect(try await store.receiptValues(of: campaign) == receipts)
    },
    Case(name: "letters that wait are read in the order in which they leave, the others not at all") { store in
      let campaign = try await store.deferredSample("first", letters: 3, until: [60, 50])
      _ = try await store.freezeSample("other", letters: 2)
      let found = Mutex<[WaitingMessage]>([])
      try await store.forEachWaiting(in: campaign) { message in found.withLock { $0.append(message) } }
      // The third one is on the wire.
      let waiting = found.withLock { $0 }
      #expect(waiting.map(\.dueAt) == [Sample.time(50), Sample.time(60)])
      #expect(waiting.map(\.attempts) == [1, 1] && Set(waiting.map(\.customer)).count == 2)
      #expect(Set(waiting.compactMap(\.relay)).count == 1 && waiting.allSatisfy { $0.domain.hasSuffix(".example") })
      let answer = Sample.deferred(until: 50)
      #expect(waiting.allSatisfy { $0.lastAnswer?.code == answer.code && $0.lastAnswer?.text == answer.reply })
      let accepted = try await store.everyOutcomeSample()
      found.withLock { $0 = [] }
      try await store.forEachWaiting(in: accepted) { message in found.withLock { $0.append(message) } }
      #expect(found.withLock { $0 } == [])
    },
    Case(name: "every letter that is not accepted is read with its reason, in the order of the plan") { store in
      let campaign = try await store.everyOutcomeSample()
      _ = try await store.deferredSample("other", letters: 1, until: [50])
      let found = Mutex<[UnacceptedMessage]>([])
      try await store.forEachUnaccepted(in: campaign) { message in found.withLock { $0.append(message) } }
      let messages = found.withLock { $0 }
      let records = try await store.customerRecords(of: campaign).flatMap { customer in
        customer.messages.filter { [.deferred, .refused, .expired, .uncertain, .excluded].contains($0.state) }.map {
          UnacceptedMessage(
            customer: customer.id, state: $0.state, recipient: $0.recipient.description, relay: $0.relay,
            phase: $0.phase, code: $0.code, enhanced: $0.enhanced, reply: $0.reply, exclusion: $0.exclusion)
        }
      }
      #expect(messages == records)
      #expect(messages.map(\.customer) == ["K2", "K3", "K4", "K5"])
      #expect(messages.map(\.state) == [.refused, .expired, .uncertain, .excluded])
      #expect(messages.first?.code == 550 && messages.last?.exclusion == .noSMTPUTF8)
    },
  ]
}
