import Foundation
import TestSupport
import Testing

/// A purge that is killed: the campaign is as it was, or every command says that a purge has begun; the next one ends it.
@Suite struct PurgeCrashTests {
  /// Killed after the given number of milliseconds, wherever that is: before, within and after the whole of it.
  @Test func killedAnywhereItIsFinishedByTheNext() async throws {
    try await TemporaryFolder.with { queue in
      let finished = try await Self.finishedCampaign(in: queue, letters: 400)
      let key = try await PurgeScene.key(of: "sommer", in: finished)
      for (round, delay) in [0, 15, 30, 45, 60, 75, 90, 120, 160, 220].enumerated() {
        let spool = queue.appendingPathComponent("spool-\(round)")
        try FileManager.default.copyItem(at: finished, to: spool)
        try await EilbriefProcess.running("purge", "sommer", "--now", "--confirm", "sommer", queue: spool) { purge in
          try await Task.sleep(for: .milliseconds(delay))
          purge.send(SIGKILL)
          _ = await purge.outcome()
        }
        try await Self.expectNothingHalfDoneSilently(spool, letters: 400)
        try await Self.expectTheNextToFinish(spool, key)
      }
    }
  }

  /// Killed while it removes files: the customers are gone from the queue already, some files are not.
  @Test func killedAmongTheFilesItIsFinishedByTheNext() async throws {
    try await TemporaryFolder.with { queue in
      let spool = try await Self.finishedCampaign(in: queue, letters: 20)
      let key = try await PurgeScene.key(of: "sommer", in: spool)
      // Removed in the order of their names: the first is gone long before the last.
      let folder = spool.appendingPathComponent("sommer/vorschau")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let letter = Data("boundary=\"=_\(String(repeating: "0", count: 32))\"\r\n\(PurgeScene.mark)".utf8)
      for number in 100_000..<103_000 {
        try letter.write(to: folder.appendingPathComponent("\(number).eml"))
      }
      try await EilbriefProcess.running("purge", "sommer", "--now", "--confirm", "sommer", queue: spool) { purge in
        try await eventually("the first file is gone") {
          !FileManager.default.fileExists(atPath: folder.appendingPathComponent("100000.eml").path)
        }
        purge.send(SIGKILL)
        _ = await purge.outcome()
      }
      let status = try await EilbriefProcess.run("status", "sommer", queue: spool)
      #expect(status.output.contains("A purge began at ") || status.output.contains("Purged at "))
      // What is said to be gone is gone.
      let isSaid = status.output.contains("Purged at ")
      #expect(try !isSaid || PurgeScene.files(in: spool) == [])
      try await Self.expectTheNextToFinish(spool, key)
      let last = try #require(try PurgeScene.receipts(of: "sommer", in: spool).split(separator: "\n").last)
      #expect(last.contains("\"letters\":20,\"files\":3000}"))
    }
  }

  /// Killed when everything is gone and the receipt of it is in the database only: a further purge brings it into the file
  /// and signs it.
  @Test func killedBeforeTheReceiptIsOnDiskItIsCompletedByTheNext() async throws {
    try await TemporaryFolder.with { queue in
      let spool = try await Self.finishedCampaign(in: queue, letters: 5)
      let key = try await PurgeScene.key(of: "sommer", in: spool)
      let killed = try await EilbriefProcess.run(
        "purge", "sommer", "--now", "--confirm", "sommer", queue: spool,
        environment: ["EILBRIEF_FAULT": "receiptsBefore"])
      #expect(killed.ending == .killed(signal: SIGKILL))
      #expect(!(try PurgeScene.receipts(of: "sommer", in: spool).contains("\"event\":\"purged\"")))
      let status = try await EilbriefProcess.run("status", "sommer", queue: spool)
      #expect(status.output.contains("Purged at "), "\(status.output)")
      try await Self.expectTheNextToFinish(spool, key)
    }
  }

  /// A rehearsal's spool is one like any other.
  private static func finishedCampaign(in queue: URL, letters: Int) async throws -> URL {
    let campaign = try TestCampaign(
      in: queue, customers: PurgeScene.customers(letters), relay: ["name: main", "url: \"smtp://127.0.0.1:1\""])
    let spool = queue.appendingPathComponent("finished")
    let rehearsal = try await EilbriefProcess.run(
      "rehearse", campaign.name, "--faults", "greylist 10%, unknown 10%", "--keep", spool.path, queue: queue)
    guard rehearsal.status == 1 else { throw HarnessError(rehearsal.errors) }
    // Its letters and its key, which is the plan's hash, are a rehearsal's alone.
    try FileManager.default.removeItem(at: spool.appendingPathComponent("letters"))
    _ = try await PurgeScene.database(spool, "UPDATE campaigns SET hash_key = randomblob(32) RETURNING id")
    return spool
  }

  private static func expectNothingHalfDoneSilently(_ spool: URL, letters: Int) async throws {
    let status = try await EilbriefProcess.run("status", "sommer", queue: spool)
    #expect(status.status == 0, "\(status.errors)")
    let report = try await EilbriefProcess.run("report", "sommer", "--format", "json", queue: spool)
    if status.output.contains("A purge began at ") || status.output.contains("Purged at ") {
      #expect(report.status == 64 && report.errors.contains("urge"))
    } else {
      let rows = try JSONSerialization.jsonObject(with: Data(report.output.utf8)) as? [Any]
      #expect(rows?.count == letters)
    }
    #expect(try await EilbriefProcess.run("receipts", "verify", "sommer", queue: spool).status == 0)
  }

  private static func expectTheNextToFinish(_ spool: URL, _ key: Data) async throws {
    let purge = try await EilbriefProcess.run("purge", "sommer", "--now", "--confirm", "sommer", queue: spool)
    #expect(purge.status == 0, "\(purge.errors)")
    #expect(try PurgeScene.files(in: spool) == [])
    #expect(try PurgeScene.files(in: spool, holding: key) == [])
    let verify = try await EilbriefProcess.run("receipts", "verify", "sommer", queue: spool)
    #expect(verify.status == 0 && verify.output.contains("purged at "), "\(verify.errors)")
    #expect(!verify.output.contains("not signed yet"))
    let purged = try PurgeScene.receipts(of: "sommer", in: spool).split(separator: "\n")
      .filter { $0.contains("\"event\":\"purged\"") }
    #expect(purged.count == 1)
  }
}
