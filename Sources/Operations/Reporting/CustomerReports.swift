import Foundation
import Queue
public import Reports

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

  /// Returns the number of rows that were rejected before the launch: their customers are in no report.
  ///
  /// - Parameter write: Takes the report piece by piece; what it throws ends the report.
  public static func write(
    _ content: Content, of location: CampaignLocation, _ dependencies: Dependencies,
    open: () throws -> @Sendable (String) throws -> Void
  ) async throws -> Int {
    let opened = try await OpenedCampaign(location, dependencies).launchedWithCustomers()
    let (store, record, now) = (opened.store, opened.record, dependencies.now)
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
      try await scripts.write(store, record, at: now, to: try open())
    case .customers(let format):
      let rows = ReportWriter(format.reportFormat, header: CustomerReport.header, write: try open())
      try rows.begin()
      try await store.forEachCustomer(in: record.id) { customer in
        for row in try CustomerReport.rows(of: customer, deadline: record.plan.deadline, at: now) {
          try rows.add(row, fields: row.fields)
        }
      }
      try rows.finish()
    case .calls(let format):
      let rows = ReportWriter(format.reportFormat, header: CallReport.header, write: try open())
      try rows.begin()
      try await store.forEachCustomer(in: record.id) { customer in
        guard let row = try CallReport(customer, deadline: record.plan.deadline, at: now) else { return }
        try rows.add(row, fields: row.fields)
      }
      try rows.finish()
    }
    return record.plan.rejectedRows
  }

  private static func status(
    of record: CampaignRecord, in store: any MessageStore, at now: Date
  ) async throws -> CampaignStatus {
    CampaignStatus(try await store.snapshot(of: record.id), at: now)
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
