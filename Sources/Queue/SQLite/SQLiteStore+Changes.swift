import FaultPoints
import Foundation
import GRDB
import Mail
import Receipts

extension SQLiteStore {
  public func commit(_ steps: [StoreChange]) async throws -> [StoreChangeResult] {
    if steps.isEmpty { return [] }
    return try await write { transaction in
      var results: [StoreChangeResult] = []
      results.reserveCapacity(steps.count)
      for step in steps {
        switch step {
        case .claim(let request): results.append(try Self.claim(request, transaction))
        case .record(let claim, let record): results.append(try Self.record(record, by: claim, transaction))
        case .exclude(let message, let fence, let reason, let at):
          results.append(try Self.exclude(message, fence, reason, Milliseconds(at), transaction))
        case .reopen(let message, let fence, let at):
          results.append(try Self.reopen(message, fence, Milliseconds(at), transaction))
        case .makeDue(let message, let fence, let at):
          results.append(try Self.makeDue(message, fence, Milliseconds(at), transaction))
        case .count(let taken, let others, let known):
          let isBehind = try known.map(transaction.isBehind) ?? false
          if !isBehind { transaction.count(taken, givingBack: others) }
          results.append(isBehind ? .behind : .done)
        }
      }
      FaultPoint.stepsUncommitted.reached()
      return results
    }
  }

  private static func claim(_ request: ClaimRequest, _ transaction: Transaction) throws -> StoreChangeResult {
    if let known = request.knowing, try transaction.isBehind(known) { return .behind }
    let at = Milliseconds(request.at)
    let update = transaction.statements.claim
    update.bind(request.fence, at: 2)
    update.bind(request.worker, at: 3)
    update.bind(Milliseconds(request.leaseUntil), at: 4)
    update.bind(request.relay, at: 5)
    update.bind(blob: request.sha256.bytes, at: 6)
    update.bind(at, at: 7)
    var claim = Claim(message: request.message, fence: 0, attempt: 0)
    let isClaimed = try transaction.change(request.message, by: update) { row in
      claim.fence = row.integer(MessageColumn.fence)
      claim.attempt = Int(row.integer(MessageColumn.attempts))
      try transaction.chain(of: row.integer(MessageColumn.campaign)).append(.attempt, at: at, message: row)
    }
    guard isClaimed else { return .stale }
    transaction.count(request.counts)
    return .claimed(claim)
  }

  private static func record(_ record: AttemptOutcome, by claim: Claim, _ transaction: Transaction) throws
    -> StoreChangeResult
  {
    let at = Milliseconds(record.at)
    let update = transaction.statements.record
    update.bind(claim.fence, at: 2)
    update.bind(record.state.rawValue, at: 3)
    update.bind(at, at: 4)
    update.bind(record.phase, at: 5)
    update.bind(record.code, at: 6)
    update.bind(record.enhanced, at: 7)
    update.bind(StoredMessage.cut(record.reply), at: 8)
    if case .deferred(let until) = record.result {
      update.bind(Milliseconds(until), at: 9)
    } else {
      update.bind(nil as Int?, at: 9)
    }
    // The event is named as the state is.
    guard let event = ReceiptEvent(rawValue: record.state.rawValue) else {
      throw StoreError.invariant("no receipt for \(record.state.rawValue)")
    }
    let isRecorded = try transaction.change(claim.message, by: update) { row in
      let campaign = row.integer(MessageColumn.campaign)
      try transaction.chain(of: campaign).append(event, at: at, message: row, record: record)
      transaction.countOutcome(in: campaign, at: at)
      transaction.count(record.counts, givingBack: record.givesBack)
    }
    if isRecorded, record.state == .deferred { try excludeIfNeedless(claim.message, at: at, transaction) }
    return isRecorded ? .done : .stale
  }

  static func exclude(
    _ message: Int64, _ fence: Int64, _ reason: ExclusionReason, _ at: Milliseconds, _ transaction: Transaction
  ) throws -> StoreChangeResult {
    let update = transaction.statements.exclude
    update.bind(fence, at: 2)
    update.bind(at, at: 3)
    update.bind(reason.kind, at: 4)
    update.bind(reason.detail, at: 5)
    let isExcluded = try transaction.change(message, by: update) { row in
      try transaction.chain(of: row.integer(MessageColumn.campaign))
        .append(.excluded, at: at, message: row, reason: reason.receiptText)
    }
    return isExcluded ? .done : .stale
  }

  private static func reopen(
    _ message: Int64, _ fence: Int64, _ at: Milliseconds, _ transaction: Transaction
  ) throws -> StoreChangeResult {
    let update = transaction.statements.reopenRefused
    update.bind(at, at: 2)
    update.bind(fence, at: 3)
    let isReopened = try transaction.change(message, by: update) { row in
      try transaction.chain(of: row.integer(MessageColumn.campaign))
        .append(.resolved, at: at, message: row, resolution: .reopen, evidence: StoreChange.reopenEvidence)
    }
    if isReopened { try excludeIfNeedless(message, at: at, transaction) }
    return isReopened ? .done : .stale
  }

  private static func makeDue(
    _ message: Int64, _ fence: Int64, _ at: Milliseconds, _ transaction: Transaction
  ) throws -> StoreChangeResult {
    let update = transaction.statements.makeDue
    update.bind(at, at: 2)
    update.bind(fence, at: 3)
    return try transaction.change(message, by: update) { _ in } ? .done : .stale
  }
}
