import Foundation
import Reports
import TestSupport
import Testing

@testable import Operations

/// What was verified is kept until something changes.
@Suite(.timeLimit(.minutes(10))) struct KeptEvidenceTests {
  @Test func aChangeOfAnyFileHasAllVerifiedAgain() async throws {
    let scene = try Scene(.accept, .lose)
    _ = try await scene.launch()
    let kept = KeptEvidence()
    var verified = 0
    func look() async throws -> Int64 {
      try await kept.evidence(of: scene.location) { _ in
        verified += 1
        return (ReceiptEvidence(lines: 1, fault: nil), Int64(verified), nil)
      }.lines
    }
    #expect(try await look() == 1)
    #expect(try await look() == 1, "nothing has changed")
    // Each page opens the queue, which for root changes the time of its log.
    _ = try await OpenedCampaign(scene.location, scene.dependencies).launched()
    #expect(try await look() == 1, "it was only read")
    // One bit, with size and time as before: whoever forges receipts would do no less.
    let file = CampaignReceipts(scene.location).file
    let time = try FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate] as? Date
    var bytes = try Data(contentsOf: file)
    bytes[bytes.count / 2] ^= 1
    let handle = try FileHandle(forWritingTo: file)
    try handle.write(contentsOf: bytes)
    try handle.close()
    try FileManager.default.setAttributes([.modificationDate: try #require(time)], ofItemAtPath: file.path)
    #expect(try await look() == 2)
    #expect(try await look() == 2)
    try FileManager.default.removeItem(at: file.deletingLastPathComponent().appendingPathComponent("checkpoint.sig"))
    #expect(try await look() == 3)
    try Data("other".utf8).write(to: scene.folder.url.appendingPathComponent("queue.sqlite-wal"))
    #expect(try await look() == 4)
  }

  /// The page's own way: forged receipts are seen, also after sound ones were.
  @Test func forgedReceiptsAreSeenAtOnce() async throws {
    let scene = try Scene(.accept, .lose)
    _ = try await scene.launch()
    let kept = KeptEvidence()
    func fault() async throws -> String? {
      try await CampaignDocuments(
        scene.location, source: SourceFolder(scene.location.folder), language: .english, kept: kept, scene.dependencies,
        command: { _ in "" }
      ).proof(of: "K1").evidence.fault
    }
    #expect(try await fault() == nil)
    #expect(try await fault() == nil)
    let file = CampaignReceipts(scene.location).file
    var bytes = try Data(contentsOf: file)
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: file)
    #expect(try await fault() != nil)
  }
}
