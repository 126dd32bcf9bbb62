import Foundation
import TestSupport
import Testing

/// A campaign through a real Postfix that is interrupted: who gets a letter gets one, whatever stops the process.
struct EndToEnd {
  let customers: Int
  /// The limit of the relay: slow enough that the campaign is not over before it is interrupted.
  let perSecond: Int
  let seed: UInt64

  static let subjects = [
    "de": "Sicherheitsvorfall vom 20. November 2026: bitte Postfach-Passwort ändern",
    "en": "Security incident of 20 November 2026: please change mailbox password",
  ]

  /// Stopped by SIGTERM when so many letters are accepted, and resumed.
  func stopAndResume(after count: Int) async throws {
    try await PostfixRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let customers = GeneratedCustomer.customers(self.customers, seed: seed)
        let campaign = try TestCampaign(
          in: queue, customers: customers, relay: relay, more: ["limits: [\(perSecond)/s]"])
        try await EilbriefProcess.running("launch", campaign.name, "--yes", queue: queue) { launch in
          try await eventually("some letters are accepted") {
            let status = try await CommandStatus.read(campaign)
            #expect(status.addsUp)
            return (status.messages["accepted"] ?? 0) >= count
          }
          launch.send(SIGTERM)
          let outcome = await launch.outcome()
          #expect(outcome.status == 75, "\(outcome.errors)")
          #expect(outcome.output.contains("Paused. `eilbrief resume sommer` continues it."))
        }
        let paused = try await CommandStatus.read(campaign)
        #expect(paused.state == "paused" && paused.addsUp)
        #expect(paused.messages["sending"] == 0 && paused.messages["uncertain"] == 0)
        #expect((paused.messages["queued"] ?? 0) > 0, "the campaign was over before it was stopped")

        let resume = try await EilbriefProcess.run("resume", campaign.name, queue: queue)
        #expect(resume.status == 0, "\(resume.errors)")
        try await relay.untilQueueIsEmpty()
        let letters = try await ReadLetter.all(in: relay.maildir)
        #expect(LetterComparison(customers: customers, letters: letters).differences(subjects: Self.subjects) == [])
        try Self.expectReceipts(of: campaign, accepted: customers.count)
      }
    }
  }

  /// Killed three times, each time when so many letters more are accepted, and resumed.
  func killAndResume(afterEach count: Int) async throws {
    try await PostfixRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let customers = GeneratedCustomer.customers(self.customers, seed: seed)
        let campaign = try TestCampaign(
          in: queue, customers: customers, relay: relay, connections: 4, more: ["limits: [\(perSecond)/s]"])
        let kills = 3
        for kill in 1...kills {
          try await killed(after: kill * count, campaign, isFirst: kill == 1)
          #expect(try await CommandStatus.read(campaign).addsUp)
        }
        let resume = try await EilbriefProcess.run("resume", campaign.name, queue: queue)
        #expect([0, 1].contains(resume.status), "\(resume.errors)")
        try await relay.untilQueueIsEmpty()

        let status = try await CommandStatus.read(campaign)
        let accepted = status.messages["accepted"] ?? 0
        let uncertain = status.messages["uncertain"] ?? 0
        #expect(accepted + uncertain == customers.count && status.addsUp)
        #expect(uncertain <= kills * 4, "more uncertain letters than connections and kills")
        let letters = try await ReadLetter.all(in: relay.maildir)
        let comparison = LetterComparison(customers: customers, letters: letters)
        #expect(comparison.repeated.isEmpty)
        // Who is missing was called uncertain: never accepted, never silently dropped.
        #expect(comparison.missing.count <= uncertain && letters.count >= accepted)
        let verified = try await EilbriefProcess.run("receipts", "verify", campaign.name, queue: queue)
        #expect(verified.status == 0, "\(verified.errors)")
        if uncertain > 0 {
          #expect(resume.output.contains("eilbrief resolve sommer --customer ID --assume-accepted"))
          let resolved = try await EilbriefProcess.run("resolve", campaign.name, "--resend", queue: queue)
          #expect(resolved.status == 0, "\(resolved.errors)")
          #expect(try await EilbriefProcess.run("resume", campaign.name, queue: queue).status == 0)
          try await relay.untilQueueIsEmpty()
          let all = try await ReadLetter.all(in: relay.maildir)
          #expect(LetterComparison(customers: customers, letters: all).missing.isEmpty)
        }
      }
    }
  }

  /// Launches or resumes, and kills the process when so many letters are accepted.
  private func killed(after count: Int, _ campaign: TestCampaign, isFirst: Bool) async throws {
    func kill(_ process: EilbriefProcess) async throws {
      try await eventually("\(count) letters are accepted") {
        (try await CommandStatus.read(campaign).messages["accepted"] ?? 0) >= count
      }
      process.send(SIGKILL)
      _ = await process.outcome()
    }
    if isFirst {
      try await EilbriefProcess.running("launch", campaign.name, "--yes", queue: campaign.queue, body: kill)
    } else {
      try await EilbriefProcess.running("resume", campaign.name, queue: campaign.queue, body: kill)
    }
  }

  /// The book of receipts says the same as the queue: an attempt and an acceptance for every letter, once.
  static func expectReceipts(of campaign: TestCampaign, accepted: Int) throws {
    let file = campaign.folder.appendingPathComponent("receipts/receipts.jsonl")
    let events = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line -> (String, Int?) in
      let fields = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return (fields?["event"] as? String ?? "", fields?["message"] as? Int)
    }
    let taken = events.filter { $0.0 == "accepted" }.map(\.1)
    #expect(taken.count == accepted && Set(taken).count == accepted)
    #expect(Set(events.filter { $0.0 == "attempt" }.map(\.1)) == Set(taken))
  }
}
