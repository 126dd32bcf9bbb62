import Campaigns
import Foundation
import Mail
import Queue
public import Receipts

/// The campaign that another one follows.
enum FollowedCampaign {
  /// Why a campaign cannot be launched for what it follows; nil when nothing prevents it.
  static func objection(_ campaign: Campaign, _ store: (any MessageStore)?) async throws -> OperatorMessage? {
    guard let follows = campaign.follows else { return nil }
    guard let record = try await store?.campaign(named: follows.campaign), follows.campaign != campaign.name else {
      return "“follows” names \(follows.campaign), which was never launched from this queue folder."
    }
    guard let first = record.plan.follows?.campaign else { return nil }
    return "“follows” names \(follows.campaign), which follows \(first) itself; name \(first)."
  }
}

/// The end of another campaign's chain that receipts begin with, held against that campaign's receipts.
public struct FollowedLink: Sendable, Hashable {
  public let chain: FollowedChain
  /// The other campaign's receipts lie beside these, and have this line as it was then; false when there are none to
  /// compare with.
  public let isCompared: Bool

  /// Throws ``ReceiptVerifier/Fault`` when the other campaign's receipts say something else.
  init(_ chain: FollowedChain, beside location: CampaignLocation) throws {
    self.chain = chain
    guard CampaignLocation.isName(chain.campaign) else {
      throw ReceiptVerifier.Fault(line: 1, reason: "“follows” is not the name of a campaign")
    }
    let followed = try CampaignReceipts(CampaignLocation(name: chain.campaign, queue: location.queue))
    guard FileManager.default.fileExists(atPath: followed.file.path) else {
      isCompared = false
      return
    }
    var number: Int64 = 0
    var found: SHA256Digest?
    try ReceiptReader(file: followed.file).forEachLine { line, _ in
      number += 1
      if number == chain.seq { found = SHA256.digest(of: line) }
    }
    guard let found else {
      // They may be completed later: a process that delivers writes them a moment after the queue has them.
      isCompared = false
      return
    }
    guard found == chain.head else {
      throw ReceiptVerifier.Fault(
        line: 1, reason: "it follows line \(chain.seq) of the receipts of \(chain.campaign), which is another one there"
      )
    }
    isCompared = true
  }
}
