import Campaigns
import Foundation
import Letters
import Queue
import Receipts
public import Reports
import Synchronization

extension CallScriptWriter {
  /// The scripts of a telephone list; nil where the folder has no campaign file, as that of a rehearsal: who is to be
  /// called is shown all the same. Fails as the writer does when there is one.
  static func ifThere(in folder: URL, at now: Date) throws -> CallScriptWriter? {
    guard FileManager.default.fileExists(atPath: folder.appendingPathComponent(CampaignFile.name).path) else {
      return nil
    }
    return try CallScriptWriter(folder: folder, form: .text, date: now)
  }
}

/// A customer on the telephone list.
public struct CallEntry: Sendable, Encodable {
  /// What is to be done: to call, to write, or nothing any more.
  public enum Status: String, Sendable, Encodable {
    case open
    /// Spoken to, and waits for something in writing.
    case letterWanted = "letter-wanted"
    case reached
  }

  public let report: CallReport
  public let status: Status
  /// Nil for one who need not be called any more.
  public let urgency: CallUrgency?
  /// What the caller says; empty where it was not asked for, and where there is no campaign file.
  public let script: String

  /// All mailboxes of the customer are changed or closed, by the mail server's exports. In the document only when they are.
  public var isSafe = false

  private enum CodingKeys: String, CodingKey {
    case status, urgency, script
    case isSafe = "mailboxes_safe"
  }

  public func encode(to encoder: any Encoder) throws {
    try report.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(status, forKey: .status)
    try container.encode(urgency, forKey: .urgency)
    try container.encode(script, forKey: .script)
    if isSafe { try container.encode(isSafe, forKey: .isSafe) }
  }
}

/// The telephone list of a campaign in order of urgency: who is to be called, why, with which script, and the calls that
/// were made.
///
/// Memory holds a hundred bytes for each customer on it. Fails with the kind `usage` when the campaign was never launched
/// or is purged, and as ``CallScriptWriter`` does where scripts are asked for.
public struct CallList: Sendable {
  public enum Choice: Sendable, Hashable {
    /// Who is not told yet.
    case open
    /// Those who were reached as well, behind the others.
    case all
  }

  public enum Form: Sendable, Hashable {
    /// For a call centre; in the campaign's language where none is named.
    case form(CallForm?, SafeCSV.Delimiter)
    case json
    /// For a terminal.
    case text(withScripts: Bool)
  }

  /// Customers that were written.
  public private(set) var count = 0
  public private(set) var figures = CallFigures()

  /// - Parameter write: Takes the list piece by piece; a piece of text has times and steps in it, one of a document none.
  public static func write(
    _ choice: Choice, as form: Form, of location: CampaignLocation, _ dependencies: Dependencies,
    open: () throws -> @Sendable (OperatorMessage) throws -> Void
  ) async throws -> CallList {
    let opened = try await OpenedCampaign(location, dependencies).launchedWithCustomers()
    let (store, record, now) = (opened.store, opened.record, dependencies.now)
    let calls = try await store.calls(in: record.id)
    var scripts: CallScriptWriter?
    var language = CallForm.en
    switch form {
    case .text(withScripts: false): break
    case .text, .json: scripts = try CallScriptWriter.ifThere(in: location.folder, at: now)
    case .form(let named, _):
      scripts = try CallScriptWriter(folder: location.folder, form: .text, date: now)
      let campaign = try CampaignFile.read(folder: location.folder)
      language = named ?? CallForm(rawValue: campaign.customers.language) ?? .de
    }
    let safe = try await store.mailboxes(in: record.id)?.safeCustomers ?? []
    var list = CallList()
    list.figures = try await CallFigures.read(of: record, in: store, at: now)
    let places = try await Self.places(of: record, calls, in: store, at: now)
    var ids = places.map(\.customer)
    if choice == .all { ids += Self.told(calls) }
    let write = try open()
    let rows = form.writer(language) { try write(OperatorMessage($0)) }
    try rows?.begin()
    for id in ids {
      guard let customer = try await store.customer(id, in: record.id) else { continue }
      let history = calls[id] ?? CallHistory()
      let causes = CallReport.causes(customer, deadline: record.plan.deadline, at: now)
      // Its letter may have been accepted since.
      guard !causes.isEmpty || choice == .all else { continue }
      var entry = CallEntry(
        report: try CallReport(customer, history, because: causes), status: history.status,
        urgency: causes.isEmpty || history.told != nil ? nil : CallUrgency(customer, causes, history),
        script: try scripts?.text(for: customer, causes: causes) ?? "")
      entry.isSafe = safe.contains(id)
      list.count += 1
      if let rows { try rows.add(entry, fields: language.fields(entry)) } else { try write(entry.text(list.count)) }
    }
    try rows?.finish()
    return list
  }

  /// Who is to be called, the most urgent first.
  static func places(
    of record: CampaignRecord, _ calls: [String: CallHistory], in store: any CallStore, at now: Date
  ) async throws -> [CallPlace] {
    let deadline = record.plan.deadline
    let places = Mutex<[CallPlace]>([])
    let number = Mutex(0)
    try await store.forEachCustomerToCall(in: record.id, late: now >= deadline) { customer in
      let place = try CallPlace(
        customer, calls[customer.id] ?? CallHistory(),
        number: number.withLock {
          $0 += 1
          return $0
        },
        frozenAt: record.createdAt, deadline: deadline, at: now)
      if let place { places.withLock { $0.append(place) } }
    }
    return places.withLock { $0.sorted() }
  }

  /// Who was reached, or called and is on no list, in the order of the last calls.
  private static func told(_ calls: [String: CallHistory]) -> [String] {
    calls.filter { $0.value.told != nil }
      .sorted { ($0.value.last?.at ?? .distantPast, $0.key) < ($1.value.last?.at ?? .distantPast, $1.key) }.map(\.key)
  }
}

extension CallList.Form {
  /// Nil for a terminal.
  fileprivate func writer(_ form: CallForm, _ write: @escaping @Sendable (String) throws -> Void) -> ReportWriter? {
    switch self {
    case .form(_, let delimiter): ReportWriter(.csv(SafeCSV(delimiter: delimiter)), header: form.header, write: write)
    case .json: ReportWriter(.json, header: [], write: write)
    case .text: nil
    }
  }
}

extension CallHistory {
  var status: CallEntry.Status { told != nil ? .reached : wantsLetter ? .letterWanted : .open }
}
