import Foundation
import TestSupport
import Testing

/// A campaign's folder copied under a new name brings the old one's receipts along: nothing passes them as its own, and
/// nothing is frozen that could not be delivered beside them.
@Suite struct ForeignReceiptsTests {
  @Test func aCopiedFolderIsLaunchedOnlyWithoutTheOldReceipts() async throws {
    try await LaunchedCampaign.with { launched in
      let queue = launched.queue
      let copy = queue.appendingPathComponent("winter")
      let receipts = copy.appendingPathComponent("receipts")
      try FileManager.default.copyItem(at: launched.campaign.folder, to: copy)

      let check = try await EilbriefProcess.run("check", "winter", queue: queue)
      #expect(
        check.output.contains(
          "`launch` will not begin: \(receipts.path) belongs to campaign sommer: move it away, or remove it if it is a copy"
        ))
      let own = try await EilbriefProcess.run("check", "sommer", queue: queue)
      #expect(own.status == 0 && !own.output.contains("belongs to campaign"), "\(own.output)")
      let verify = try await EilbriefProcess.run("receipts", "verify", "winter", queue: queue)
      #expect(verify.status == 65)
      #expect(verify.errors == "eilbrief: \(receipts.path): these are the receipts of sommer, not of winter.\n")
      #expect(verify.output == "")

      let launch = try await EilbriefProcess.run("launch", "winter", "--yes", queue: queue)
      #expect(launch.status == 65)
      #expect(
        launch.errors == """
          eilbrief: \(receipts.path) belongs to campaign sommer: move it away, or remove it if it is a copy; nothing was \
          frozen.

          """)
      let status = try await EilbriefProcess.run("status", "winter", queue: queue)
      #expect(status.output.hasPrefix("Campaign winter: draft, never launched."), "\(status.output)")

      try FileManager.default.removeItem(at: receipts)
      let again = try await EilbriefProcess.run("launch", "winter", "--yes", queue: queue)
      #expect(again.status == 0, "\(again.errors)")
      let verified = try await EilbriefProcess.run("receipts", "verify", "winter", queue: queue)
      #expect(verified.status == 0 && verified.output.hasPrefix("Receipts of winter: "), "\(verified.errors)")
    }
  }

  /// Without its queue a campaign must not begin anew: it would tell everybody twice.
  @Test func receiptsThatTheQueueDoesNotKnowKeepTheLaunchFromBeginning() async throws {
    try await LaunchedCampaign.with { launched in
      let lost = launched.queue.appendingPathComponent("queue.sqlite")
      for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: lost.path + suffix) }
      let launch = try await EilbriefProcess.run("launch", launched.name, "--yes", queue: launched.queue)
      #expect(launch.status == 65)
      #expect(launch.errors.contains("has receipts of sommer, which this queue does not know"), "\(launch.errors)")
      #expect(launch.errors.hasSuffix("nothing was frozen.\n"))
      #expect(!FileManager.default.fileExists(atPath: lost.path))
      let check = try await EilbriefProcess.run("check", launched.name, queue: launched.queue)
      #expect(check.output.contains("has receipts of sommer, which this queue does not know"), "\(check.output)")
      #expect(check.output.contains("\nNot ready: ") && !check.output.contains("\nReady"))

      let file = launched.campaign.folder.appendingPathComponent("receipts/receipts.jsonl")
      try Data("{}\n".utf8).write(to: file)
      let damaged = try await EilbriefProcess.run("launch", launched.name, "--yes", queue: launched.queue)
      #expect(damaged.status == 65)
      #expect(damaged.errors.hasSuffix("receipts has lines that are no receipts: move it away; nothing was frozen.\n"))
      // What a crash cut short is no receipt.
      try Data("{\"seq\":".utf8).write(to: file)
      let begun = try await EilbriefProcess.run("launch", launched.name, "--yes", queue: launched.queue)
      #expect(begun.status == 0, "\(begun.errors)")
    }
  }

  /// A kept rehearsal has the campaign's own name.
  @Test func aKeptRehearsalVerifies() async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try TestCampaign(
        in: queue, customers: GeneratedCustomer.customers(5, seed: 3),
        relay: ["name: main", "url: \"smtp://127.0.0.1:1\""])
      let scratch = queue.appendingPathComponent("scratch")
      let rehearsal = try await EilbriefProcess.run("rehearse", campaign.name, "--keep", scratch.path, queue: queue)
      #expect(rehearsal.status == 0, "\(rehearsal.errors)")
      let verified = try await EilbriefProcess.run("receipts", "verify", campaign.name, queue: scratch)
      #expect(verified.status == 0 && verified.output.hasPrefix("Receipts of sommer: "), "\(verified.errors)")
    }
  }
}
