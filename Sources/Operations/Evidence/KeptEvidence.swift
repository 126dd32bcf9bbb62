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
/// it, has them verified anew: what is kept goes by each file's identity, size and time of change, which is the kernel's.
/// While letters go out, lines are added all the time: then those that were signed before are not judged again if the file
/// still begins with the same bytes, and all are compared with the queue.
public final class KeptEvidence: Sendable {
  typealias Evidence = (evidence: ReceiptEvidence, lines: Int64, part: VerifiedPart?)

  private let kept = Mutex<[CampaignLocation: (stamps: [FileChange?], found: Evidence)]>([:])

  public init() {}

  func evidence(
    of location: CampaignLocation, or verify: (_ part: VerifiedPart?) async throws -> Evidence
  ) async throws -> Evidence {
    // Before: what changes meanwhile is looked at again.
    let stamps = Self.files(of: location).map(FileChange.init)
    let known = kept.withLock { $0[location] }
    if let known, known.stamps == stamps { return known.found }
    let found = try await verify(known?.found.part)
    kept.withLock { kept in
      // One campaign at a time is enough of what takes memory.
      for other in kept.keys { kept[other]?.found.part = nil }
      kept[location] = (stamps, found)
    }
    return found
  }

  private static func files(of location: CampaignLocation) -> [String] {
    let receipts = CampaignReceipts(location)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: receipts.folder.path)) ?? []
    let database = location.spool.database.path
    // An empty log says nothing, and opening the database as root changes its time.
    let log = (try? FileManager.default.attributesOfItem(atPath: database + "-wal")[.size] as? Int) ?? 0
    return names.sorted().map { receipts.folder.path + "/" + $0 } + [database] + (log > 0 ? [database + "-wal"] : [])
  }
}
