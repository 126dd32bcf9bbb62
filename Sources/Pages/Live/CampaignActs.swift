import Foundation
import Operations
import Synchronization

/// What operators do by the page: begun at once, and waited for no longer than a person does. Each act has a report, which
/// the browser that began it is sent to; it is kept for an hour.
///
/// A campaign that is asked to pause waits for the relays' answers to whole letters, and may need a minute. Operations keep
/// each other in order by themselves: none is refused here because another one takes long.
actor CampaignActs {
  struct Report: Sendable, Hashable {
    enum End: Sendable, Hashable {
      case underWay
      case done(OperatorMessage)
      case failed(OperatorMessage)
    }

    let campaign: CampaignLocation
    let act: PageAct
    let at: Date
    /// What is to be known while it is under way.
    var notes: [OperatorMessage] = []
    var end = End.underWay
  }

  private var reports: [String: Report] = [:]
  private var next = 0
  private static let kept: TimeInterval = 3600
  /// Tenths of a second.
  private static let patience = 30

  /// The report of this name, of this campaign; nil where there is none, or it is too old.
  func report(_ id: String?, of location: CampaignLocation) -> Report? {
    id.flatMap { reports[$0] }.flatMap { $0.campaign == location ? $0 : nil }
  }

  /// Begins the act; returns the name of its report when it has ended, or takes too long to be waited for.
  func perform(
    _ act: PageAct, on location: CampaignLocation, at now: Date,
    _ work: @escaping @Sendable (_ note: @escaping @Sendable (OperatorMessage) -> Void) async throws -> OperatorMessage
  ) async -> String {
    reports = reports.filter { now.timeIntervalSince($0.value.at) < Self.kept || $0.value.end == .underWay }
    next += 1
    let id = String(next)
    reports[id] = Report(campaign: location, act: act, at: now)
    Task {
      let end: Report.End
      do {
        end = .done(try await work { note in Task { await self.add(note, to: id) } })
      } catch {
        end = .failed(Self.message(of: error))
      }
      self.finish(id, end)
    }
    for _ in 0..<Self.patience where reports[id]?.end == .underWay {
      try? await Task.sleep(for: .milliseconds(100))
    }
    return id
  }

  private func add(_ note: OperatorMessage, to id: String) { reports[id]?.notes.append(note) }
  private func finish(_ id: String, _ end: Report.End) { reports[id]?.end = end }

  static func message(of error: any Error) -> OperatorMessage {
    (error as? OperatorError ?? OperatorError(describing: error))?.message ?? OperatorMessage("\(error)")
  }
}

/// An act of the operator.
enum PageAct: String, Sendable, Hashable, CaseIterable {
  case pause, resume, cancel, approve, settle, call
}
