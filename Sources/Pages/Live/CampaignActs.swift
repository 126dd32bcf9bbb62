import Foundation
import Operations
import Synchronization

/// What the operator does by the page, one act for each campaign at a time: begun at once, and waited for no longer than a
/// person does.
///
/// A campaign that is asked to pause waits for the relays' answers to whole letters, and may need a minute.
actor CampaignActs {
  struct Report: Sendable, Hashable {
    enum End: Sendable, Hashable {
      case underWay
      case done(OperatorMessage)
      case failed(OperatorMessage)
    }

    let act: PageAct
    let at: Date
    var end: End
  }

  private var reports: [CampaignLocation: Report] = [:]
  /// Tenths of a second.
  private static let patience = 30

  /// The last act and what became of it; nil where there was none.
  func report(of location: CampaignLocation) -> Report? { reports[location] }

  /// The person who sees the report needs it no longer.
  func dismiss(_ location: CampaignLocation) {
    if reports[location]?.end != .underWay { reports[location] = nil }
  }

  /// Begins the act; returns when it has ended, or takes too long to be waited for.
  func perform(
    _ act: PageAct, on location: CampaignLocation, at now: Date,
    _ work: @escaping @Sendable () async throws -> OperatorMessage
  ) async {
    guard reports[location]?.end != .underWay else { return }
    reports[location] = Report(act: act, at: now, end: .underWay)
    Task {
      let end: Report.End
      do {
        end = .done(try await work())
      } catch {
        end = .failed(Self.message(of: error))
      }
      self.finish(location, end)
    }
    for _ in 0..<Self.patience where reports[location]?.end == .underWay {
      try? await Task.sleep(for: .milliseconds(100))
    }
  }

  private func finish(_ location: CampaignLocation, _ end: Report.End) { reports[location]?.end = end }

  static func message(of error: any Error) -> OperatorMessage {
    (error as? OperatorError ?? OperatorError(describing: error))?.message ?? OperatorMessage("\(error)")
  }
}

/// An act of the operator.
enum PageAct: String, Sendable, Hashable, CaseIterable {
  case pause, resume, cancel, approve, settle, call
}
