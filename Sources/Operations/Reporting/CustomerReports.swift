import Files
import Foundation
import Queue
public import Reports
import Synchronization

/// Reports of a launched campaign, written as a stream with constant memory: who was told what and when, and who is
/// called.
public enum CustomerReports {
  public enum Content: Sendable, Hashable {
    case customers(Format)
    case calls(Format)
    /// Why letters were not accepted, grouped.
    case reasons(Format)
    /// The same as lines for people.
    case reasonLines
    /// The script for the callers: what they say to each customer on the call list.
    case scripts(CallScriptWriter.Form)
  }

  public enum Format: Sendable, Hashable {
    case csv(SafeCSV.Delimiter)
    case json
  }

  /// Returns what a reader of the report should know beside it: the rows that were rejected before the launch, whose customers are
  /// in no report, and what the deadline has to do with the call list.
  ///
  /// - Parameter write: Takes the report piece by piece; what it throws ends the report.
  public static func write(
    _ content: Content, of location: CampaignLocation, _ dependencies: Dependencies,
    open: () throws -> @Sendable (String) throws -> Void
  ) async throws -> [OperatorMessage] {
    let opened = try await OpenedCampaign(location, dependencies).launchedWithCustomers()
    let (store, record, now) = (opened.store, opened.record, dependencies.now)
    let calls = Mutex(CallCounts())
    let step = StepProgress.begin(.reporting)
    defer { step.end() }
    let made = try await store.calls(in: record.id)
    switch content {
    case .reasons(let format):
      let rows = ReportWriter(format.reportFormat, header: ReasonRow.header, write: try open())
      try rows.begin()
      for group in try await store.reasonGroups(in: record.id, try await Self.status(of: record, in: store, at: now)) {
        let row = ReasonRow(group)
        try rows.add(row, fields: row.fields)
      }
      try rows.finish()
    case .reasonLines:
      let groups = try await store.reasonGroups(in: record.id, try await Self.status(of: record, in: store, at: now))
      try open()(groups.isEmpty ? "" : ReasonTexts(groups).lines(most: .max).joined(separator: "\n") + "\n")
    case .scripts(let form):
      let scripts = try CallScriptWriter(folder: location.folder, form: form, date: now)
      try await scripts.write(store, record, made, at: now, to: try open())
    case .customers(let format):
      let rows = ReportWriter(format.reportFormat, header: CustomerReport.header, write: try open())
      try rows.begin()
      try await store.forEachCustomer(in: record.id) { customer in
        step.advance()
        let history = made[customer.id] ?? CallHistory()
        for row in try CustomerReport.rows(of: customer, history, deadline: record.plan.deadline, at: now) {
          try rows.add(row, fields: row.fields)
        }
      }
      try rows.finish()
    case .calls(let format):
      let rows = ReportWriter(format.reportFormat, header: CallReport.header, write: try open())
      try rows.begin()
      try await store.forEachCustomer(in: record.id) { customer in
        step.advance()
        let history = made[customer.id] ?? CallHistory()
        calls.withLock { $0.count(customer, history, deadline: record.plan.deadline, at: now) }
        guard let row = try CallReport(customer, history, deadline: record.plan.deadline, at: now) else { return }
        try rows.add(row, fields: row.fields)
      }
      try rows.finish()
    }
    let rejected = record.plan.rejectedRows
    let left: OperatorMessage =
      "\(pluralized(rejected, "row")) rejected before the launch and not in this report: see \(step: .check)."
    return calls.withLock { $0.notes(deadline: record.plan.deadline) } + (rejected > 0 ? [left] : [])
  }

  private static func status(
    of record: CampaignRecord, in store: any MessageStore, at now: Date
  ) async throws -> CampaignStatus {
    CampaignStatus(try await store.snapshot(of: record.id), at: now)
  }
}

extension CallCounts {
  /// What the deadline has to do with the call list; empty when it has nothing to.
  fileprivate func notes(deadline: Date) -> [OperatorMessage] {
    var notes: [OperatorMessage] = []
    if late > 0 {
      notes.append("\(pluralized(late, "customer")) to be called: not accepted by the deadline, \(time: deadline).")
    }
    if acceptedLate > 0 {
      let are = acceptedLate == 1 ? "is" : "are"
      notes.append(
        "\(pluralized(acceptedLate, "customer")) \(are) off the list: accepted after the deadline, \(time: deadline).")
    }
    return notes
  }
}

extension CustomerReports.Format {
  fileprivate var reportFormat: ReportWriter.Format {
    switch self {
    case .csv(let delimiter): .csv(SafeCSV(delimiter: delimiter))
    case .json: .json
    }
  }
}
