import Foundation
import Queue
import Receipts
public import Reports

/// A part of the telephone list, in its order: for a screen.
///
/// Fails as ``CallList`` does.
public struct CallPage: Sendable {
  public let entries: [CallEntry]
  /// Who is to be called, on this page or another.
  public let open: Int
  public let figures: CallFigures

  /// - Parameters:
  ///   - first: How many are left out before.
  ///   - most: How many are shown.
  public static func read(
    from first: Int, most: Int, of location: CampaignLocation, _ dependencies: Dependencies
  ) async throws -> CallPage {
    let opened = try await OpenedCampaign(location, dependencies).launchedWithCustomers()
    let (store, record, now) = (opened.store, opened.record, dependencies.now)
    let calls = try await store.calls(in: record.id)
    let places = try await CallList.places(of: record, calls, in: store, at: now)
    let scripts = try CallScriptWriter.ifThere(in: location.folder, at: now)
    let safe = try await store.mailboxes(in: record.id)?.safeCustomers ?? []
    var entries: [CallEntry] = []
    for place in places.dropFirst(first).prefix(most) {
      guard let customer = try await store.customer(place.customer, in: record.id) else { continue }
      let history = calls[customer.id] ?? CallHistory()
      let causes = CallReport.causes(customer, deadline: record.plan.deadline, at: now)
      // Its letter may have been accepted since.
      guard !causes.isEmpty, history.told == nil else { continue }
      var entry = CallEntry(
        report: try CallReport(customer, history, because: causes), status: history.status,
        urgency: CallUrgency(customer, causes, history),
        script: try scripts?.text(for: customer, causes: causes) ?? "")
      entry.isSafe = safe.contains(customer.id)
      entries.append(entry)
    }
    return CallPage(
      entries: entries, open: places.count, figures: try await CallFigures.read(of: record, in: store, at: now))
  }
}
