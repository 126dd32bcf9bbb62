import Foundation
import TestSupport
import Testing

/// The disk fills up while a campaign is launched: the launch says so and stops, and once there is room it goes on, every
/// letter once.
@Suite struct FullDiskTests {
  private static let advice = "make room there or give this user the right to write, then run the command again"

  @Test func whileThePlanIsFrozen() async throws {
    try await SinkRelay.with { relay in
      try await ScarceDisk.with { disk in
        let bad = try RefusedLaunch(in: disk.folder, relay, customers: GeneratedCustomer.customers(400, seed: 6))
        try await disk.fill(leaving: 256 * 1024)
        let launch = try await disk.run("launch", bad.campaign.name, "--yes")
        #expect(launch.status == 73)
        #expect(
          launch.errors
            == "eilbrief: \(disk.folder.path)/queue.sqlite: cannot be written: \(disk.cause); \(Self.advice)\n")
        #expect(launch.output == "")
        #expect(try relay.recipients() == [])
        try disk.free()
        try await bad.expectLaunch()
      }
    }
  }

  /// More customers than memory holds until the plan is frozen.
  @Test func whileCustomersArePlanned() async throws {
    try await SinkRelay.with { relay in
      try await ScarceDisk.with { disk in
        let bad = try RefusedLaunch(in: disk.folder, relay, customers: GeneratedCustomer.customers(1500, seed: 6))
        try await disk.fill(leaving: 64 * 1024)
        let launch = try await disk.run("launch", bad.campaign.name, "--yes")
        #expect(launch.status == 73)
        let cause = disk.isMounted ? "No space left on device" : "File too large"
        #expect(launch.errors == "eilbrief: \(disk.folder.path): cannot be written: \(cause); \(Self.advice)\n")
        #expect(launch.output == "")
        let names = try FileManager.default.contentsOfDirectory(atPath: disk.folder.path)
        #expect(!names.contains { $0.hasPrefix(".plan") || $0.hasPrefix("queue.sqlite") })
        try disk.free()
        try await bad.expectLaunch()
      }
    }
  }

  @Test func whileLettersAreSent() async throws {
    try await SinkRelay.with { relay in
      try await ScarceDisk.with { disk in
        let bad = try RefusedLaunch(
          in: disk.folder, relay, customers: GeneratedCustomer.customers(60, seed: 7),
          more: ["connections: 1", "limits: [10/s]"])
        let name = bad.campaign.name
        try await EilbriefProcess.running("launch", name, "--yes", queue: disk.folder) { launch in
          try await eventually("some letters are accepted") {
            (try await CommandStatus.read(bad.campaign).messages["accepted"] ?? 0) >= 5
          }
          try await disk.fill(leaving: 0, process: launch)
          let outcome = await launch.outcome()
          #expect(outcome.status == 73)
          #expect(expected(on: disk, name).contains(outcome.errors), "\(outcome.errors)")
        }
        let sent = try relay.recipients().count
        #expect(sent < 60)
        try disk.free()

        let resume = try await EilbriefProcess.run("resume", name, queue: disk.folder)
        let status = try await CommandStatus.read(bad.campaign)
        let uncertain = status.messages["uncertain"] ?? 0
        // The letter on the wire when the outcome could not be written.
        #expect(uncertain <= 1 && resume.status == (uncertain == 0 ? 0 : 1), "\(resume.errors)")
        #expect(status.messages["accepted"] == 60 - uncertain && status.addsUp)
        let recipients = try relay.recipients()
        #expect(Set(recipients).count == recipients.count)
        #expect(recipients.count == 60 || recipients.count == 60 - uncertain)
        let verified = try await EilbriefProcess.run("receipts", "verify", name, queue: disk.folder)
        #expect(verified.status == 0, "\(verified.errors)")
      }
    }
  }

  /// Either of the two files may be the first that has no room.
  private func expected(on disk: ScarceDisk, _ campaign: String) -> [String] {
    [
      "\(disk.folder.path)/queue.sqlite: cannot be written: \(disk.cause)",
      "\(disk.folder.path)/\(campaign)/receipts/receipts.jsonl: cannot be written: No space left on device",
    ].map { fault in
      """
      eilbrief: \(fault); \(Self.advice)
      Stopped. Letters that were on the wire may be uncertain; `eilbrief resume \(campaign)` continues once the disk is in \
      order.

      """
    }
  }
}
