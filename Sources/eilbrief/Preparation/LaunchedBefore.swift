import Campaigns
import Foundation
import Queue
import Receipts
import Reports

/// What the spool says of a campaign that `check` reads: it was launched, and goes on or does not.
struct LaunchedBefore: Encodable {
  var state: String
  var frozenAt: Date
  /// Letters that are still to be sent.
  var remaining: Int
  /// What differs from the input that was frozen, as `resume` would say it.
  var changes: [String]

  /// Whether `resume` would refuse the campaign.
  var isOver: Bool { state == CampaignState.cancelled.rawValue }
  var isRefused: Bool { isOver || !changes.isEmpty }

  /// Nil when the campaign was never launched.
  static func read(_ options: CampaignOptions, _ prepared: PreparedCampaign, at now: Date) async throws -> Self? {
    let store: SQLiteStore
    do throws(StoreError) {
      store = try SQLiteStore.open(spool: options.spool.folder, access: .reader)
    } catch {
      switch error {
      case .noSpool: return nil
      // `launch` converts it, and compares then.
      case .olderVersion: return nil
      default: throw error
      }
    }
    guard let record = try await store.campaign(named: options.campaign) else { return nil }
    let digests = InputDigests(
      prepared.campaign, customerFile: prepared.book.file.digest, templates: prepared.templateFiles,
      signer: prepared.signing.frozen(at: record.createdAt).signer)
    var changes = digests.changes(since: try MadeFrom.digests(of: record))
    // Whether the keys are still the same cannot be told without them; that they are missing is said elsewhere.
    if !prepared.signing.troubles.isEmpty {
      changes.removeAll { $0.hasPrefix("campaign.yaml: dkim.") || $0.hasPrefix("campaign.yaml: smime.") }
    }
    let status = CampaignStatus(try await store.snapshot(of: record.id), at: now)
    return LaunchedBefore(
      state: record.state.rawValue, frozenAt: record.createdAt, remaining: status.remaining, changes: changes)
  }

  /// The last words of `check`. `blockers` keep any process from sending.
  func verdict(_ words: CommandWords, blockers: [String]) -> String {
    let frozen = "\(words.campaign) was frozen at \(LocalTime.full(frozenAt)) and is \(state)"
    if isOver { return "\(frozen): nothing of it is sent any more. `\(words("resume"))` says how the others are told." }
    guard changes.isEmpty else {
      return """
        \(frozen). What it is made of has changed since:
          \(changes.joined(separator: "\n  "))
        `resume` would refuse it. Undo the change to resume. For other letters or other customers make a new campaign.
        """
    }
    if remaining == 0 {
      return "\(frozen); no letter of it is waiting. Next: \(words("status")), \(words("report"))"
    }
    let left = "\(frozen); \(Counted.words(remaining, "letter")) left"
    guard blockers.isEmpty else { return "\(left). `resume` will not begin:\n  \(blockers.joined(separator: "\n  "))" }
    return "\(left). Next: \(words("status")), \(words("resume"))"
  }
}
