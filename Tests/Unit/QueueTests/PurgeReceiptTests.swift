import Foundation
import Mail
import Receipts
import TestSupport
import Testing

@testable import Queue

/// `purged` in the receipts: after the end, once, the last line, with the plan's figures.
@Suite struct PurgeReceiptTests {
  /// The receipts of a purged campaign; the last line but one is `completed`.
  private static func lines(_ folder: TemporaryFolder) async throws -> [String] {
    let store = try SQLiteStore.open(spool: folder.url, access: .owner)
    let campaign = try await store.completedSample()
    try await store.beginPurge(of: campaign, files: 2, at: Sample.time(50))
    try await store.finishPurge(of: campaign, at: Sample.time(51))
    let record = try #require(try await store.campaign(named: "passwords"))
    let file = try await ReceiptFile.complete(in: store.spool, campaign: record, from: store)
    let key = try ReceiptKey.load(from: store.spool) { [UInt8](repeating: 5, count: 32) }
    try await file.writeCheckpoint(at: Sample.time(52), signedWith: key)
    return try await store.lines(of: campaign)
  }

  /// The verdict on lines whose numbers and chain are made to fit, as of one who forges without the key.
  private static func fault(_ lines: [String]) throws -> ReceiptVerifier.Fault? {
    let folder = try TemporaryFolder()
    var prev = String(repeating: "0", count: 64)
    let forged = lines.enumerated().map { index, line in
      let start = line.range(of: "\"prev\":\"", options: .backwards)!.upperBound  // Every line has one.
      let line = "{\"seq\":\(index + 1)" + line[..<start].drop { $0 != "," } + prev + "\"}"
      prev = SHA256.digest(of: Array(line.utf8)).hex
      return line
    }
    try folder.write(Array((forged.joined(separator: "\n") + "\n").utf8), to: "receipts.jsonl")
    return try ReceiptVerifier(folder: folder.url).verify().fault
  }

  @Test func aPurgedCampaignsReceiptsAreSoundAndSignedToTheEnd() async throws {
    let folder = try TemporaryFolder()
    let lines = try await Self.lines(folder)
    let receipts = Spool(folder: folder.url).receipts(of: "passwords")
    let verdict = try ReceiptVerifier(folder: receipts).verify()
    #expect(verdict.fault == nil)
    #expect(verdict.purgedAt == Sample.time(51))
    #expect(verdict.signedLines == Int64(lines.count))
    #expect(try Self.fault(lines) == nil)
  }

  @Test func aPurgeOutOfPlaceIsNamed() async throws {
    let lines = try await Self.lines(try TemporaryFolder())
    let purged = try #require(lines.last)
    let end = lines.count
    func expect(_ lines: [String], _ line: Int, _ words: String) throws {
      let fault = try #require(try Self.fault(lines))
      #expect(fault.line == Int64(line) && fault.reason.contains(words), "\(fault)")
    }
    // Twice; before the end; in the middle of the delivery; and something after it.
    try expect(lines + [purged], end + 1, "nothing can follow “purged”")
    try expect(lines.dropLast(2) + [purged], end - 1, "before the campaign was over")
    try expect(lines.prefix(4) + [purged], 5, "before the campaign was over")
    try expect(lines + [lines[end - 2]], end + 1, "nothing can follow “purged”")
    // A campaign that was opened again is not over.
    let resumed = lines[end - 2].replacingOccurrences(of: "\"completed\"", with: "\"resumed\"")
    try expect(lines.dropLast() + [resumed, purged], end + 1, "before the campaign was over")
    for (figure, other) in [
      ("\"customers\":3", "\"customers\":2"), ("\"letters\":2", "\"letters\":3"), ("files", "file"),
    ] {
      let changed = purged.replacingOccurrences(of: figure, with: other)
      #expect(changed != purged)
      try expect(lines.dropLast() + [changed], end, "its figures are not those of the plan")
    }
    // A message without an outcome.
    let uncertain = lines[end - 3].replacingOccurrences(of: "\"accepted\"", with: "\"uncertain\"")
    #expect(uncertain != lines[end - 3])
    let figures = lines[end - 2].replacingOccurrences(of: "\"accepted\":1", with: "\"accepted\":0")
      .replacingOccurrences(of: "\"uncertain\":0", with: "\"uncertain\":1")
    try expect(lines.prefix(end - 3) + [uncertain, figures, purged], end, "before the campaign was over")
  }
}
