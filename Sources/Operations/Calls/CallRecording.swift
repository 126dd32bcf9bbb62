import Foundation
public import Queue
public import Receipts
public import Reports

/// Records calls to customers: in the store with their receipts, whoever delivers meanwhile, and then in the receipts on
/// disk.
///
/// Nothing is recorded when one of the calls cannot be. Fails with the kind `data` for a customer who does not exist, with
/// `usage` for one who was reached already or is not on the list, unless that is allowed.
public struct CallRecording: Sendable {
  /// What is allowed beside calls to customers on the list.
  public struct Allowance: Sendable {
    /// To one who was reached already.
    public var again: Bool
    /// To one who is not on the list, such as somebody who has rung in.
    public var anyway: Bool

    public init(again: Bool = false, anyway: Bool = false) {
      self.again = again
      self.anyway = anyway
    }
  }

  public struct Result: Sendable {
    public let added: [CallRecord]
    /// Calls that were recorded before.
    public let known: Int
    public let figures: CallFigures
    /// Why their receipts are in the queue's database and not on disk yet; nil when they are.
    public let behind: OperatorMessage?
  }

  /// The earliest time a call may have, before the launch: customers may have been called before their letters.
  static let earliest: TimeInterval = 30 * 86_400

  let location: CampaignLocation
  let dependencies: Dependencies
  let allowance: Allowance

  public init(_ location: CampaignLocation, _ allowance: Allowance, _ dependencies: Dependencies) {
    self.location = location
    self.allowance = allowance
    self.dependencies = dependencies
  }

  /// Records one call.
  ///
  /// - Parameter time: As it was typed, on the clock of the campaign's zone where it names no other; nil for now.
  public func done(
    customer: String, by caller: String, outcome: CallOutcome, note: String, at time: String?
  ) async throws -> Result {
    let name: ApproverName
    do throws(ApproverNameError) {
      name = try ApproverName(caller)
    } catch {
      throw OperatorError(.usage, "--by is no name: \(error). Nothing was recorded.")
    }
    var reader = CallTime(location, dependencies)
    reader.day = reader.today(dependencies.now)
    guard let moment = time.map({ reader.date($0) }) ?? dependencies.now else {
      throw OperatorError(
        .usage,
        """
        --at \(time ?? "") is no time: write it as 14:05 (today), “2026-11-30 14:05” or 2026-11-30T14:05:00+01:00. Nothing \
        was recorded.
        """)
    }
    let call = CallRecord(customer: customer, at: moment, outcome: outcome, caller: name.text, note: note)
    return try await record([call])
  }

  func record(_ calls: [CallRecord]) async throws -> Result {
    let opened = try await OpenedCampaign(location, dependencies).launchedWithCustomers()
    let record = opened.record
    let now = dependencies.now
    let rule = try await CallAdmission(calls, of: record, in: opened.store, allowance, at: now)
    let campaign = location.name
    let admit: @Sendable (CallRecord, CallHistory?) throws -> Void = { call, earlier in
      if let refusal = rule.refusal(of: call, earlier) {
        let whose = refusal.namesCustomer ? "" : "\(call.customer): "
        throw OperatorError(refusal.kind, "\(whose)\(refusal.message(call, in: campaign)) Nothing was recorded.")
      }
    }
    let (added, behind) = try await BesideDelivery(location, dependencies).record(opened, at: now) { store in
      try await store.record(calls, in: record.id, at: now, admit: admit)
    }
    return Result(
      added: added, known: calls.count - added.count,
      figures: try await CallFigures.read(of: record, in: opened.store, at: now), behind: behind)
  }
}

/// Whether a call may be recorded.
struct CallAdmission: Sendable {
  enum Refusal: Sendable, Hashable {
    case unknown(similar: String?)
    case reached(at: Date)
    case notOnList
    case inTheFuture
    case tooEarly(launchedAt: Date)
    case longNote

    var kind: OperatorError.Kind {
      switch self {
      case .unknown: .data
      case .reached, .notOnList, .inTheFuture, .tooEarly, .longNote: .usage
      }
    }

    /// Whether the message itself says whom the call was to; else that belongs in front of it.
    var namesCustomer: Bool {
      switch self {
      case .unknown, .reached, .notOnList: true
      case .inTheFuture, .tooEarly, .longNote: false
      }
    }

    func message(_ call: CallRecord, in campaign: String) -> OperatorMessage {
      switch self {
      case .unknown(let similar):
        """
        no such customer in \(campaign): \(call.customer)\
        \(similar.map { "; there is \($0): a spreadsheet program takes zeros away, format the column as text" } ?? "").
        """
      case .reached(let at): "\(call.customer) was reached already, at \(time: at): --again records one more call."
      case .notOnList:
        "\(call.customer) is not on the call list (\(step: .callList)): --anyway records a call all the same."
      case .inTheFuture: "the call is said to have been at \(time: call.at), which is in the future."
      case .tooEarly(let launchedAt):
        """
        the call is said to have been at \(time: call.at), long before the launch at \(time: launchedAt).
        """
      case .longNote: "the note is longer than \(CallAdmission.longestNote) characters."
      }
    }
  }

  static let longestNote = 2000

  private let allowance: CallRecording.Allowance
  private let now: Date
  private let launchedAt: Date
  /// Customers of the calls who are on the list.
  private var listed: Set<String> = []
  /// Ids that differ from one that does not exist by zeros in front.
  private var similar: [String: String] = [:]

  init(
    _ calls: [CallRecord], of record: CampaignRecord, in store: any CallStore, _ allowance: CallRecording.Allowance,
    at now: Date
  ) async throws {
    self.allowance = allowance
    self.now = now
    launchedAt = record.createdAt
    for id in Set(calls.map(\.customer)) {
      if let customer = try await store.customer(id, in: record.id) {
        if !CallReport.causes(customer, deadline: record.plan.deadline, at: now).isEmpty { listed.insert(id) }
      } else {
        for zeros in 1...8 {
          let other = String(repeating: "0", count: zeros) + id
          if try await store.customer(other, in: record.id) != nil { similar[id] = other }
        }
      }
    }
  }

  /// Nil when it may be recorded.
  ///
  /// - Parameter earlier: The calls to the customer that are recorded; nil when there is no such customer.
  func refusal(of call: CallRecord, _ earlier: CallHistory?) -> Refusal? {
    guard let earlier else { return .unknown(similar: similar[call.customer]) }
    guard call.at <= now else { return .inTheFuture }
    guard call.at >= launchedAt.addingTimeInterval(-CallRecording.earliest) else {
      return .tooEarly(launchedAt: launchedAt)
    }
    guard call.note.unicodeScalars.count <= Self.longestNote else { return .longNote }
    if !allowance.again, let told = earlier.told(by: call.at) { return .reached(at: told.at) }
    guard allowance.anyway || allowance.again && earlier.told != nil || listed.contains(call.customer) else {
      return .notOnList
    }
    return nil
  }
}
