import Campaigns
import Foundation
import Mail
import Queue

/// How the scheduler reads the store: each letter once, and by its number when it has to know it anew.
extension MessageScheduler {
  enum ScanStart { case again, deferred }

  /// Reads on from a place in the list. Nobody else may have begun meanwhile.
  func scanAgain(from start: ScanStart) {
    guard scanEnded, !isReading else { return }
    cursor = start == .again ? DueCursor(turn: .again, message: .min) : seen
    scanEnded = false
    scanBegun = false
    unsureAfterScan.formUnion(unsureLater)
    unsureLater = []
  }

  /// The end of what the last scan has seen.
  private var seen: DueCursor { DueCursor(turn: .deferred(until: scannedTo), message: .max) }

  func readPage() async throws {
    try await reading {
      if !scanBegun { try await expire() }
      scanBegun = true
      let now = time.monotonicNow
      let page = try await store.due(in: campaign, at: now, after: cursor, limit: pageSize)
      // Nothing of what was read before can go now, or no page would be read.
      if cache.count > 4 * pageSize { cache = [:] }
      for message in page { add(message) }
      if let last = page.last?.cursor {
        cursor = last
        if case .deferred = last.turn, scannedTo > .distantPast { cursor = max(last, seen) }
      }
      guard page.count < pageSize else { return }
      scanEnded = true
      scannedTo = max(scannedTo, now)
      unsure.formUnion(unsureAfterScan)
      unsureAfterScan = []
    }
  }

  /// Messages of which it is not known here whether they are open.
  func readUnsure() async throws {
    try await reading {
      let ids = Array(unsure.prefix(pageSize))
      unsure.subtract(ids)
      let open = try await store.due(ids.filter { !known.contains($0) }, in: campaign, at: time.monotonicNow)
      for message in open { add(message) }
    }
  }

  /// Reads the message of a ticket again, and those of the letters after it. It is back in its lane then, if it is due.
  func fetch(_ ticket: Lanes<Int64>.Ticket) async throws {
    let ids = [ticket.item] + lanes.following(ticket, limit: 31).filter { cache[$0] == nil }
    do {
      try await reading {
        let open = try await store.due(ids, in: campaign, at: time.monotonicNow)
        for message in open where known.contains(message.message) && inHand[message.message] == nil {
          if !handedInWhileReading.contains(message.message) { keep(message) }
        }
        inHand[ticket.item] = nil
        if let message = open.first(where: { $0.message == ticket.item }) {
          lanes.returned(ticket, at: time.monotonicNow)
          keep(message)
        } else {
          lanes.ended(ticket, .unsent, at: time.monotonicNow)
          known.remove(ticket.item)
        }
      }
    } catch {
      inHand[ticket.item] = nil
      throw error
    }
  }

  /// Outside the hours nothing expires, and within them only what was tried since they began: a night is nobody's chance.
  @discardableResult
  func expire() async throws -> Int {
    let now = time.now
    if hours?.contains(now) == false { return 0 }
    let limit = time.monotonicNow.addingTimeInterval(-retry.giveUpAfter.seconds - clockSetback())
    return try await store.expire(
      in: campaign, firstAttemptUntil: limit, triedSince: hours?.beginning(at: now), at: now)
  }

  /// It was first tried so long ago that it is given up.
  func isExpired(_ message: DueMessage) -> Bool {
    guard case .deferred = message.turn, let first = message.giveUpFrom ?? message.firstAttemptAt else { return false }
    return retry.expiry(firstAttemptAt: first).addingTimeInterval(clockSetback()) <= time.monotonicNow
  }

  /// Filtered now, not when they are taken: what is in hand or waits is known, and this copy would be old.
  private func add(_ message: DueMessage) {
    let id = message.message
    guard !handedInWhileReading.contains(id), known.insert(id).inserted else { return }
    keep(message)
    lanes.add(id, to: message.recipient.domain.ascii, rank: message.turn.rank)
  }

  private func keep(_ message: DueMessage) {
    var message = message
    message.attemptsAtOnce = attemptsAtOnce[message.message] ?? 0
    cache[message.message] = message
  }

  private func reading(_ body: () async throws -> Void) async throws {
    isReading = true
    pagesRead += 1
    defer {
      isReading = false
      handedInWhileReading = []
      wakeAll()
    }
    try await body()
    lookUpExchangers()
  }
}
