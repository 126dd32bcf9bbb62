import Foundation
import Mail
import Queue
import Receipts

/// The parts one transaction gathers: the chains it adds to, outcomes for the pace, use of the relays' limits.
///
/// `finish()` writes what is gathered at the end, inside the same transaction. Used on the writing connection's queue only.
final class PostgresTransaction {
  let connection: PostgresConnection
  private var chains: [Int64: PostgresChain] = [:]
  private var pace: [Second: (outcomes: Int, last: Milliseconds)] = [:]
  /// Places taken in limits, less those given back.
  private var uses: [Use: Int] = [:]
  private var holdsLimits = false

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

    var values: [PostgresValue] { [.text(scope.key), .integer(clock), .time(at)] }
  }

  init(_ connection: PostgresConnection) { self.connection = connection }

  // MARK: Campaigns

  /// Locks the campaign for this transaction, if that was not done before, and returns its chain at this point of it.
  ///
  /// Whoever changes messages, or adds receipts, asks for this first: no other transaction changes the campaign's
  /// messages until this one has ended.
  @discardableResult
  func chain(of campaign: Int64) throws -> PostgresChain {
    if let chain = chains[campaign] { return chain }
    let found = try connection.run(
      """
      SELECT \(ReceiptComposer.columns) FROM campaigns JOIN chains ON chains.campaign = campaigns.id
      WHERE campaigns.id = $1 FOR UPDATE OF chains
      """, [.integer(campaign)])
    guard let row = found.first else { throw StoreError.noSuchCampaign(campaign) }
    let chain = PostgresChain(campaign: campaign, ReceiptComposer(row: row), connection)
    chains[campaign] = chain
    return chain
  }

  /// Locks the campaigns of these messages, in an order that is the same for everybody.
  func lockCampaigns(of messages: [Int64]) throws {
    let found = try connection.run(
      "SELECT DISTINCT campaign FROM messages WHERE id = ANY($1) ORDER BY campaign", [.integers(messages)])
    for row in found.rows { try chain(of: row.integer(0)) }
  }

  /// The campaign, locked for this transaction, unless it was purged.
  func unpurged(_ campaign: Int64) throws -> CampaignRecord {
    let record = try locked(campaign)
    try record.requireUnpurged()
    return record
  }

  /// The campaign, locked for this transaction.
  func locked(_ campaign: Int64) throws -> CampaignRecord {
    try chain(of: campaign)
    return try connection.record(of: campaign)
  }

  /// Changes messages by one statement each, as `$1`; their rows as ``PostgresChain/returning`` has them, in the order
  /// given. Those whose conditions did not hold are left out.
  func change(
    _ messages: [Int64], by sql: String, _ values: [PostgresValue], _ body: (PostgresRow) throws -> Void
  ) throws {
    // All of one statement: its rows may come in any order.
    let changed = try connection.run(sql, [.integers(messages)] + values).rows
    let rows = Dictionary(uniqueKeysWithValues: changed.map { ($0.integer(MessageColumn.id), $0) })
    for message in messages { if let row = rows[message] { try body(row) } }
  }

  /// Changes each message that the query finds, a thousand at a time: the change takes it out of the next page. Returns
  /// their number.
  func changeAll(
    _ query: String, _ arguments: [PostgresValue], by sql: String, _ values: [PostgresValue],
    _ body: (PostgresRow) throws -> Void
  ) throws -> Int {
    var count = 0
    while true {
      let page = try connection.run(query + " LIMIT 1000", arguments).rows.map { $0.integer(0) }
      if page.isEmpty { return count }
      try change(page, by: sql, values, body)
      count += page.count
    }
  }

  // MARK: What is gathered

  func countOutcome(in campaign: Int64, at: Milliseconds) {
    let second = Second(campaign: campaign, second: at.value / 1000)
    let known = pace[second] ?? (0, at)
    pace[second] = (known.outcomes + 1, max(known.last, at))
  }

  func count(_ taken: [LimitUse], givingBack: [LimitUse] = []) {
    for use in taken { uses[Use(use), default: 0] += 1 }
    for use in givingBack { uses[Use(use), default: 0] -= 1 }
  }

  /// Until the transaction ends, nobody else takes or looks for places in limits.
  func lockLimits() throws {
    guard !holdsLimits else { return }
    try connection.execute("LOCK TABLE limit_use IN EXCLUSIVE MODE")
    holdsLimits = true
  }

  /// A test letter was counted that is not known.
  func isBehind(_ known: KnownTestLetters) throws -> Bool {
    try lockLimits()
    let last = try connection.run("SELECT max(number) FROM test_letters WHERE scope = $1", [.text(known.scope.key)])
    return (last.first?.integer(0) ?? 0) > known.last
  }

  /// Keeps the use of the scope for so many seconds, or for longer where that was asked for before.
  func keep(_ scope: LimitScope, for seconds: TimeInterval = 0) throws {
    try lockLimits()
    try connection.run(
      """
      INSERT INTO limit_scopes (scope, kept) VALUES ($1, $2)
      ON CONFLICT (scope) DO UPDATE SET kept = greatest(limit_scopes.kept, excluded.kept)
      """,
      [.text(scope.key), .integer(Int64((max(seconds, UseRetention.shortest) * 1000).rounded(.up)))])
  }

  func finish() throws {
    for campaign in chains.keys.sorted() { try chains[campaign]?.finish() }
    for (second, value) in pace {
      try connection.run(
        """
        INSERT INTO pace (campaign, second, outcomes, last_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (campaign, second) DO UPDATE SET outcomes = pace.outcomes + excluded.outcomes,
          last_at = greatest(pace.last_at, excluded.last_at)
        """,
        [.integer(second.campaign), .integer(second.second), .integer(value.outcomes), .time(value.last)])
      try connection.run(
        "DELETE FROM pace WHERE campaign = $1 AND second < $2",
        [.integer(second.campaign), .integer(second.second - Self.paceSeconds)])
    }
    if uses.contains(where: { $0.value != 0 }) { try finishUse() }
  }

  private func finishUse() throws {
    try lockLimits()
    var newest: [Use: Milliseconds] = [:]
    let place = "scope = (SELECT id FROM limit_scopes WHERE scope = $1) AND clock = $2"
    for (use, count) in uses where count > 0 {
      var scope = use
      scope.at = Milliseconds(0)
      if newest[scope] == nil { try keep(use.scope) }
      newest[scope] = max(newest[scope] ?? use.at, use.at)
      try connection.run(
        """
        INSERT INTO limit_use (scope, clock, at, count) SELECT id, $2, $3, $4 FROM limit_scopes WHERE scope = $1
        ON CONFLICT (scope, clock, at) DO UPDATE SET count = limit_use.count + excluded.count
        """, use.values + [.integer(count)])
    }
    for (use, count) in uses where count < 0 {
      // One of the two finds the place, if it is still there.
      let lowered = try connection.run(
        "UPDATE limit_use SET count = count - $4 WHERE \(place) AND at = $3 AND count > $4",
        use.values + [.integer(-count)])
      if lowered.changed == 0 { try connection.run("DELETE FROM limit_use WHERE \(place) AND at = $3", use.values) }
    }
    for (scope, at) in newest {
      var use = scope
      use.at = at
      try connection.run(
        "DELETE FROM limit_use WHERE \(place) AND at < $3 - (SELECT kept FROM limit_scopes WHERE scope = $1)",
        use.values)
    }
  }

  /// Seconds of pace kept before the newest one.
  private static let paceSeconds: Int64 = 300
}

/// The end of one campaign's chain of receipts while a transaction lasts; keeps the lines.
///
/// Begun and ended inside the transaction that changes the states, so that a change and its receipt stand or fall
/// together.
final class PostgresChain {
  private let campaign: Int64
  private let connection: PostgresConnection
  private var composer: ReceiptComposer
  private var lines: [PostgresStatement] = []
  var seq: Int64 { composer.seq }
  var head: [UInt8] { composer.head }
  private let start: Int64

  init(campaign: Int64, _ composer: ReceiptComposer, _ connection: PostgresConnection) {
    self.campaign = campaign
    self.composer = composer
    self.connection = connection
    start = composer.seq
  }

  /// What a statement that changes messages returns for receipts without words about the customer: ``MessageColumn``, and
  /// whether receipts show the domain.
  static let returningMessage = "RETURNING \(messageColumns)"

  /// The same, and the customer's id and data.
  static let returning = "RETURNING \(columns)"

  private static let messageColumns = """
    \(MessageColumn.list), (EXISTS (SELECT 1 FROM readable_domains AS d WHERE d.campaign = messages.campaign
      AND d.domain = substring(messages.recipient from '[^@]*$')))::int::bigint
    """

  /// Of a row of `messages`, for receipts with words about the customer.
  static let columns = """
    \(messageColumns), (SELECT ref FROM customers WHERE customers.id = messages.customer),
      (SELECT payload FROM customers WHERE customers.id = messages.customer)
    """

  private static let isShown = MessageColumn.customer + 1
  private static let ref = MessageColumn.customer + 2
  private static let payload = MessageColumn.customer + 3

  /// Writes one receipt; `fields` adds what comes between `event` and `prev`.
  func append(_ event: ReceiptEvent, at: Milliseconds, fields: (inout StrictJSONWriter) -> Void) throws {
    try keep(composer.line(event, at: at, fields: fields))
  }

  /// A receipt about the message in `row`, as ``returning`` has it.
  func append(
    _ event: ReceiptEvent, at: Milliseconds, message row: PostgresRow, _ words: ReceiptWords = ReceiptWords()
  ) throws {
    let isHidden = composer.hidesDomains && row.integer(Self.isShown) == 0
    var customer: RedactedCustomer?
    if words.speakOfCustomer {
      let recipient = try StoredMessage.address(
        row.text(MessageColumn.recipient), of: row.integer(MessageColumn.id))
      customer = RedactedCustomer(
        recipient: recipient, hidesDomain: isHidden, id: row.text(Self.ref) ?? "", payload: row.data(Self.payload))
    }
    try keep(composer.line(event, at: at, message: row, words, hidesDomain: isHidden, about: customer))
  }

  private func keep(_ line: [UInt8]) throws {
    lines.append(
      PostgresStatement(
        "INSERT INTO receipts (campaign, seq, line) VALUES ($1, $2, $3)",
        [.integer(campaign), .integer(composer.seq), .bytes(line)]))
    if lines.count >= 1000 { try write() }
  }

  private func write() throws {
    _ = try connection.run(lines)
    lines.removeAll(keepingCapacity: true)
  }

  func finish() throws {
    guard composer.seq > start else { return }
    try write()
    try connection.run(
      "UPDATE chains SET seq = $2, head = $3 WHERE campaign = $1",
      [.integer(campaign), .integer(composer.seq), .bytes(composer.head)])
  }
}
