import Campaigns
import Foundation
import Mail
package import Receipts

extension CampaignRecord {
  /// The columns that ``init(row:approvals:)`` reads.
  package static let columns = """
    id, name, plan_hash, rows, rejected_rows, deadline, hash_key, inputs, state, created_at, started_at,
      finished_at, purge_begun_at, purged_at, purge_files,
      (SELECT followed.name FROM campaigns AS followed WHERE followed.id = campaigns.follows), follows_as
    """

  package init(row: some StoredRow, approvals: [FrozenApproval]) throws(StoreError) {
    guard let hash = SHA256Digest(bytes: row.blob(2)), let state = row.text(8).flatMap(CampaignState.init) else {
      throw StoreError.invariant("campaign \(row.integer(0)) cannot be read")
    }
    self.init(
      id: row.integer(0),
      plan: FrozenPlan(
        name: row.text(1) ?? "", planHash: hash, rows: Int(row.integer(3)), rejectedRows: Int(row.integer(4)),
        deadline: Milliseconds(row.integer(5)).date, hashKey: row.blob(6), inputs: row.data(7), approvals: approvals,
        follows: row.text(15).flatMap { name in
          row.text(16).flatMap(Following.Kind.init).map { Following(campaign: name, as: $0) }
        }),
      state: state, createdAt: Milliseconds(row.integer(9)).date, startedAt: row.milliseconds(10)?.date,
      finishedAt: row.milliseconds(11)?.date,
      purge: row.milliseconds(12).map { begun in
        Purge(begunAt: begun.date, finishedAt: row.milliseconds(13)?.date, files: Int(row.integer(14)))
      })
  }

  /// Fails when its customers are gone.
  package func requireUnpurged() throws(StoreError) {
    guard purge == nil else { throw .purged(campaign: plan.name) }
  }

  /// Fails when the resolution would send a message in a campaign that is over for good.
  package func requireSendable(_ resolution: Resolution) throws(StoreError) {
    guard resolution.result != .queued || state != .cancelled else {
      throw .invalidCampaignChange(
        campaign: plan.name, from: .cancelled, to: .running, reason: "nothing is sent in it any more")
    }
  }

  /// Fails when the campaign cannot become this; nothing else is to be done when it returns false.
  ///
  /// - Parameter messages: Its messages by their states.
  package func becomes(_ next: CampaignState, with messages: [MessageState: Int]) throws(StoreError) -> Bool {
    try requireUnpurged()
    if state == next, next != .running { return false }
    guard state.canBecome(next) else {
      throw .invalidCampaignChange(
        campaign: plan.name, from: state, to: next, reason: "that change does not exist")
    }
    let open = Self.open(messages)
    if next == .completed, open > 0 {
      throw .invalidCampaignChange(
        campaign: plan.name, from: state, to: next, reason: "\(open) messages have no outcome yet")
    }
    return true
  }

  /// Fails unless it is over and nothing of it is undecided.
  ///
  /// - Parameter messages: Its messages by their states.
  package func requirePurgeable(_ messages: [MessageState: Int]) throws(StoreError) {
    func refuse(_ reason: String) -> StoreError { .cannotPurge(campaign: plan.name, reason: reason) }
    guard state == .completed || state == .cancelled else { throw refuse("it is \(state.rawValue), not over") }
    let open = Self.open(messages)
    guard open == 0 else { throw refuse("\(open) of its messages have no outcome yet") }
    let uncertain = messages[.uncertain] ?? 0
    guard uncertain == 0 else { throw refuse("\(uncertain) of its messages are uncertain") }
  }

  private static func open(_ messages: [MessageState: Int]) -> Int {
    [MessageState.queued, .sending, .deferred].reduce(0) { $0 + (messages[$1] ?? 0) }
  }
}

extension FrozenPlan {
  /// Fails when it contradicts itself.
  package func requireFreezable() throws(StoreError) {
    // The name becomes a folder.
    let allowed = name.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "/") && $0 != 0x7F }
    guard !name.isEmpty, allowed, name.utf8.first != UInt8(ascii: "."), name.utf8.count <= 200 else {
      throw .invalidPlan("its name cannot be the name of a folder")
    }
    guard hashKey.count == 32 else { throw .invalidPlan("its hash key is not 32 bytes long") }
    guard rows >= 0, (0...rows).contains(rejectedRows) else {
      throw .invalidPlan("it has \(rows) rows and \(rejectedRows) rejected ones")
    }
    if let fault = approvalsFault { throw .invalidPlan(fault) }
  }
}

extension FrozenCustomer<PlannedMessage> {
  /// Fails when it contradicts itself.
  package func requireFreezable() throws(StoreError) {
    guard (kind == .letter) == !messages.isEmpty else {
      throw .invalidPlan("customer \(id) has a letter without a message or the other way round")
    }
    let hasPlaces = messages.allSatisfy {
      PlannedMessage.priorities.contains($0.priority) && PlannedMessage.ranks.contains($0.rank)
    }
    guard hasPlaces else { throw .invalidPlan("a letter of customer \(id) has no place in the order") }
  }
}

extension PlannedMessage {
  /// The values that ``priority`` may have.
  static let priorities = 0..<1000
  /// The values that ``rank`` may have.
  static let ranks = 0...Int(UInt32.max)
}

/// What a plan that is being frozen comes to: the figures of the receipt `plan-frozen`.
package struct FrozenFigures {
  private var kinds: [Outcome.Kind: Int] = [:]
  private var letters = 0

  package init() {}

  package mutating func count(_ customer: PlannedCustomer) {
    kinds[customer.kind, default: 0] += 1
    letters += customer.messages.count
  }

  package func figures(of plan: FrozenPlan) -> [(String, Int)] {
    PlanFigure.allCases.map { figure in
      let count =
        switch figure {
        case .rows: plan.rows
        case .rejected: plan.rejectedRows
        case .customers: kinds.values.reduce(0, +)
        case .letter: kinds[.letter] ?? 0
        case .phone: kinds[.phone] ?? 0
        case .none: kinds[.none] ?? 0
        case .letters: letters
        }
      return (figure.rawValue, count)
    }
  }
}

/// The code indexes of a plan's letters, gathered while it is frozen; 16 bytes for each letter.
package struct CodeIndexes {
  private var entries: [(code: Int64, message: Int64)] = []
  private var isComplete = true

  package init() {}

  package mutating func add(_ code: Int64?, _ message: Int64) {
    guard let code, isComplete else {
      isComplete = false
      entries = []
      return
    }
    entries.append((code, message))
  }

  /// In the order of the codes, in which an index takes them fastest; nil when a letter has none.
  package var sorted: [(code: Int64, message: Int64)]? {
    isComplete ? entries.sorted { ($0.code, $0.message) < ($1.code, $1.message) } : nil
  }
}
