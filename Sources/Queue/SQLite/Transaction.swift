import Foundation
import GRDB
import Mail
import Receipts

/// The parts one transaction of the owner gathers: the chains it adds to, outcomes for the pace, use of the relays'
/// limits.
///
/// `finish()` writes the gathered part once at the end, inside the same transaction. Used on the writing connection's
/// queue only.
final class Transaction {
  let database: Database
  let statements: StoreStatements
  private var chains: [Int64: ReceiptChain] = [:]
  private var lastChain: ReceiptChain?
  private var pace: [Second: (outcomes: Int, last: Milliseconds)] = [:]
  /// Places taken in limits, less those given back.
  private var uses: [Use: Int] = [:]

  private struct Second: Hashable {
    var campaign: Int64
    var second: Int64
  }

  private struct Use: Hashable {
    var scope: LimitScope
    var clock: Int64
    var at: Milliseconds

    init(_ use: LimitUse) {
      scope = use.scope
      clock = use.clock
      at = Milliseconds(use.at)
    }
  }

  init(_ database: Database, _ statements: StoreStatements) {
    self.database = database
    self.statements = statements
  }

  /// Runs an UPDATE of one message and calls `body` with the message as it now is, its columns as ``MessageColumn`` has
  /// them. False, and nothing changed, when the statement's conditions did not hold.
  ///
  /// The UPDATE alone decides who wins; the row is read afterwards in the same transaction, because RETURNING costs
  /// SQLite a temporary table each time, twice what the rest takes.
  func change(_ message: Int64, by update: PreparedStatement, _ body: (PreparedStatement) throws -> Void) throws -> Bool
  {
    update.bind(message, at: 1)
    guard try update.run() else { return false }
    let row = statements.message
    row.bind(message, at: 1)
    defer { row.reset() }
    guard try row.step() else { throw StoreError.invariant("message \(message) has gone") }
    try body(row)
    return true
  }

  /// The campaign's chain at this point of the transaction.
  func chain(of campaign: Int64) throws -> ReceiptChain {
    if let lastChain, lastChain.campaign == campaign { return lastChain }
    if let chain = chains[campaign] {
      lastChain = chain
      return chain
    }
    let select = statements.chain
    defer { select.reset() }
    select.bind(campaign, at: 1)
    guard try select.step() else { throw StoreError.noSuchCampaign(campaign) }
    let chain = ReceiptChain(campaign: campaign, select, statements)
    chains[campaign] = chain
    lastChain = chain
    return chain
  }

  func countOutcome(in campaign: Int64, at: Milliseconds) {
    let second = Second(campaign: campaign, second: at.value / 1000)
    let known = pace[second] ?? (0, at)
    pace[second] = (known.outcomes + 1, max(known.last, at))
  }

  func count(_ taken: [LimitUse], givingBack: [LimitUse] = []) {
    for use in taken { uses[Use(use), default: 0] += 1 }
    for use in givingBack { uses[Use(use), default: 0] -= 1 }
  }

  /// A test letter was counted that is not known.
  func isBehind(_ known: KnownTestLetters) throws -> Bool {
    let select = statements.lastTestLetter
    defer { select.reset() }
    select.bind(known.scope.key, at: 1)
    return try select.step() && select.integer(0) > known.last
  }

  func finish() throws {
    for chain in chains.values {
      let update = statements.updateChain
      update.bind(chain.campaign, at: 1)
      update.bind(chain.seq, at: 2)
      update.bind(blob: chain.head, at: 3)
      try update.run()
    }
    for (second, value) in pace {
      let upsert = statements.upsertPace
      upsert.bind(second.campaign, at: 1)
      upsert.bind(second.second, at: 2)
      upsert.bind(Int64(value.outcomes), at: 3)
      upsert.bind(value.last, at: 4)
      try upsert.run()
      let prune = statements.prunePace
      prune.bind(second.campaign, at: 1)
      prune.bind(second.second - Self.paceSeconds, at: 2)
      try prune.run()
    }
    try finishUse()
  }

  private func finishUse() throws {
    var newest: [Use: Milliseconds] = [:]
    for (use, count) in uses where count > 0 {
      var scope = use
      scope.at = Milliseconds(0)
      if newest[scope] == nil { try keep(use.scope) }
      newest[scope] = max(newest[scope] ?? use.at, use.at)
      try run(statements.upsertUse, use, Int64(count))
    }
    for (use, count) in uses where count < 0 {
      // One of the two finds the place, if it is still there.
      guard try !run(statements.lowerUse, use, Int64(-count)) else { continue }
      try run(statements.removeUse, use)
    }
    for (scope, at) in newest {
      var use = scope
      use.at = at
      try run(statements.pruneUse, use)
    }
  }

  @discardableResult
  private func run(_ statement: PreparedStatement, _ use: Use, _ count: Int64? = nil) throws -> Bool {
    statement.bind(use.scope.key, at: 1)
    statement.bind(use.clock, at: 2)
    statement.bind(use.at, at: 3)
    if let count { statement.bind(count, at: 4) }
    return try statement.run()
  }

  /// Keeps the use of the scope for so many seconds, or for longer where that was asked for before.
  func keep(_ scope: LimitScope, for seconds: TimeInterval = 0) throws {
    let insert = statements.insertScope
    insert.bind(scope.key, at: 1)
    insert.bind(Int64((max(seconds, UseRetention.shortest) * 1000).rounded(.up)), at: 2)
    try insert.run()
  }

  /// Seconds of pace kept before the newest one.
  static let paceSeconds: Int64 = 300
}
