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
  private var uses: [Use: Int] = [:]

  private struct Second: Hashable {
    var campaign: Int64
    var second: Int64
  }

  private struct Use: Hashable {
    var relay: String
    var at: Milliseconds
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

  func countUse(of relay: String, at: Milliseconds) {
    uses[Use(relay: relay, at: at), default: 0] += 1
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
    var newest: [String: Milliseconds] = [:]
    for (use, count) in uses {
      let upsert = statements.upsertUse
      upsert.bind(use.relay, at: 1)
      upsert.bind(use.at, at: 2)
      upsert.bind(Int64(count), at: 3)
      try upsert.run()
      newest[use.relay] = max(newest[use.relay] ?? use.at, use.at)
    }
    for (relay, at) in newest {
      let prune = statements.pruneUse
      prune.bind(relay, at: 1)
      prune.bind(at.value - Self.useKept, at: 2)
      try prune.run()
    }
  }

  /// Seconds of pace kept before the newest one.
  static let paceSeconds: Int64 = 300
  /// Milliseconds a sending counts against a limit at most: limits are per second, minute, hour or day, and a clock may
  /// be set back by days.
  private static let useKept: Int64 = 8 * 86_400_000
}
