import Campaigns
import Foundation
import Queue
import Receipts

/// The canary: a few letters leave before all others, and then nothing does until they have been looked at.
extension DeliveryEngine {
  /// Returns nil when the others may leave.
  ///
  /// Each of its letters is tried until it has been answered once; an answer that puts it off is one. Then the delivery waits as
  /// long as the campaign file says, and tries meanwhile what falls due of them. What they have come to by then decides.
  func deliverCanary(_ relays: [RelayState], _ parts: Parts) async throws -> End? {
    guard let canary = settings.canary else {
      try await forgetCanary()
      return nil
    }
    let providers = try await providers(for: canary)
    // What was not looked up is by the next delivery.
    if Task.isCancelled { return try await end(relays, parts, nil) }
    guard
      var record = try await store.chooseCanary(in: campaign, letters: canary.letters, providers: providers),
      record.state != .passed
    else { return nil }
    if record.state == .sending {
      await tell(.canaryBegins(letters: record.letters, of: try await openLetters()))
      let view = CanaryMessages(store: store, until: nil)
      if let end = try await deliver(view, relays, parts) { return end }
      record.state = .waiting
      record.answeredAt = time.now
    }
    // The campaign file may have changed since.
    record.waitUntil = canary.wait.flatMap { wait in record.answeredAt?.addingTimeInterval(wait.seconds) }
    try await store.setCanary(record, in: campaign)
    var look = try await self.look(canary)
    if let until = record.waitUntil, !look.isHopeless, look.others > 0 {
      await tell(.canaryWaits(letters: record.letters, until: until))
      if let end = try await wait(until: until, atMost: canary.wait, relays, parts) { return end }
      look = try await self.look(canary)
    }
    if !look.reasons.isEmpty, look.others > 0 {
      guard !settings.pausesForCanary else { return .canary(look) }
      await tell(.canaryWouldPause(look))
    }
    record.state = .passed
    try await store.setCanary(record, in: campaign)
    if look.others > 0 { await tell(.canaryPassed(letters: record.letters)) }
    return nil
  }

  /// The campaign file asks for none any more.
  private func forgetCanary() async throws {
    guard var record = try await store.canary(in: campaign), record.state != .passed else { return }
    record.state = .passed
    try await store.setCanary(record, in: campaign)
  }

  private func look(_ canary: Canary) async throws -> CanaryLook {
    let letters = try await store.canaryLetters(in: campaign)
    let own = letters.count { [.queued, .sending, .deferred].contains($0.state) }
    return CanaryLook(letters, wait: canary.wait, others: try await openLetters() - own)
  }

  private func openLetters() async throws -> Int {
    let messages = try await store.snapshot(of: campaign).messages
    return [MessageState.queued, .sending, .deferred].reduce(0) { $0 + (messages[$1] ?? 0) }
  }

  /// Waits by the monotonic clock, from the wall clock's moment on. A clock that was set back makes nothing longer.
  private func wait(
    until moment: Date, atMost: Duration?, _ relays: [RelayState], _ parts: Parts
  ) async throws -> End? {
    let left = min(moment.timeIntervalSince(time.now), atMost?.seconds ?? 0)
    let end = time.monotonicNow.addingTimeInterval(max(0, left))
    let view = CanaryMessages(store: store, until: end)
    if let end = try await deliver(view, relays, parts, until: end) { return end }
    return try await deliver(nil, [], parts, until: end)
  }

  /// Delivers a part of the messages; nil when all of it is done, or `until` has come.
  private func deliver(
    _ messages: (any DueMessages)?, _ relays: [RelayState], _ parts: Parts, until: Date? = nil
  ) async throws -> End? {
    var usable: [RelayState] = []
    for relay in relays where await relay.trouble == nil { usable.append(relay) }
    let scheduler = try await scheduler(of: messages ?? store, usable, parts, resendsUncertain: false)
    let interruption = try await work(usable, scheduler, parts, until: until)
    try await parts.commits.settle()
    if let interruption { return try await end(relays, parts, interruption) }
    if Task.isCancelled { return try await end(relays, parts, nil) }
    for relay in relays where await relay.trouble == nil { return nil }
    return relays.isEmpty ? nil : try await end(relays, parts, nil)
  }
}

/// The letters of a canary, for a scheduler: nothing else is due, and nothing after `until`.
private struct CanaryMessages: DueMessages {
  let store: any MessageStore
  /// By the monotonic clock; nil: what is put off is not waited for.
  let until: Date?

  func due(in campaign: Int64, at now: Date, after: DueCursor?, limit: Int) async throws -> [DueMessage] {
    try await store.dueCanary(in: campaign, at: now, after: after, limit: limit)
  }

  func due(_ messages: [Int64], in campaign: Int64, at now: Date) async throws -> [DueMessage] {
    try await store.due(messages, in: campaign, at: now)
  }

  func nextDue(in campaign: Int64, after moment: Date?) async throws -> Date? {
    guard let until, let next = try await store.nextDueCanary(in: campaign, after: moment), next < until else {
      return nil
    }
    return next
  }

  func expire(
    in campaign: Int64, firstAttemptUntil limit: Date, triedSince: Date?, at now: Date
  ) async throws -> Int {
    try await store.expire(in: campaign, firstAttemptUntil: limit, triedSince: triedSince, at: now)
  }

  func resendUncertain(in campaign: Int64, at now: Date) async throws -> Int { 0 }
}
