import Files
import Foundation
import Queue
import Receipts
import Reports
import Synchronization

/// What the receipts of campaigns prove, kept for as long as nothing changes on disk: for a page that is asked again and
/// again.
///
/// Verifying takes time that grows with the receipts. A change of the receipts, their checkpoint or the queue, whoever made
/// it, has all of it verified anew: what is kept goes by each file's identity, size and time of change, which is
/// the kernel's.
public final class KeptEvidence: Sendable {
  typealias Evidence = (evidence: ReceiptEvidence, lines: Int64)

  private let kept = Mutex<[CampaignLocation: (stamps: [FileChange?], found: Evidence)]>([:])

  public init() {}

  func evidence(
    of location: CampaignLocation, or verify: () async throws -> Evidence
  ) async throws -> Evidence {
    // Before: what changes meanwhile is looked at again.
    let stamps = Self.files(of: location).map(FileChange.init)
    if let known = kept.withLock({ $0[location] }), known.stamps == stamps { return known.found }
    let found = try await verify()
    kept.withLock { $0[location] = (stamps, found) }
    return found
  }

  private static func files(of location: CampaignLocation) -> [String] {
    let receipts = CampaignReceipts(location)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: receipts.folder.path)) ?? []
    let database = location.spool.database.path
    return names.sorted().map { receipts.folder.path + "/" + $0 } + [database, database + "-wal"]
  }
}
