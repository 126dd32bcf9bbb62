import Foundation
import TestSupport
import Testing

/// The way an operator goes, command by command, without a relay of their own.
@Suite struct OperatorPathTests {
  @Test func initCheckPreview() async throws {
    try await TemporaryFolder.with { queue in
      let made = try await EilbriefProcess.run("init", "herbst", queue: queue)
      #expect(made.status == 0, "\(made.errors)")
      let folder = queue.appendingPathComponent("herbst")
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(names == ["campaign.yaml", "customers.csv", "templates"])
      for name in names {
        let mode = try FileManager.default.attributesOfItem(atPath: folder.appendingPathComponent(name).path)[
          .posixPermissions]
        #expect(mode as? Int == (name == "templates" ? 0o700 : 0o600), "\(name)")
      }
      let again = try await EilbriefProcess.run("init", "herbst", queue: queue)
      #expect(again.status == 73)
      #expect(again.errors.contains("exists already; nothing was written."))

      let check = try await EilbriefProcess.run("check", "herbst", queue: queue)
      #expect(check.status == 0, "\(check.output)\(check.errors)")
      #expect(check.output.contains("Customers: 5\n"))
      #expect(check.output.contains("Ready, but see the warnings above. Next: eilbrief preview herbst --customer ID"))
      let json = try await EilbriefProcess.run("check", "herbst", "--json", queue: queue)
      let fields = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
      #expect((fields?["customers"] as? [String: Int])?["letter"] == 3)

      let all = queue.appendingPathComponent("letters")
      let preview = try await EilbriefProcess.run("preview", "herbst", "--all", all.path, queue: queue)
      #expect(preview.status == 0, "\(preview.errors)")
      #expect(try await ReadLetter.all(in: all).count == 3)
      let status = try await EilbriefProcess.run("status", "herbst", queue: queue)
      #expect(
        status.output == "Campaign herbst: draft, never launched. `eilbrief check herbst` reads it through.\n")
    }
  }

  /// The real engine against the rehearsal relay: its books, the letters, the receipts and the reports agree, and the
  /// exported proof is checked by a shell, sha256sum and openssl.
  @Test func rehearseAndProve() async throws {
    try await TemporaryFolder.with { queue in
      let customers = GeneratedCustomer.customers(200, seed: 7, everyoneGetsALetter: false)
      let campaign = try TestCampaign(
        in: queue, customers: customers, relay: ["name: main", "url: \"smtp://127.0.0.1:1\""])
      let scratch = queue.appendingPathComponent("scratch")
      let rehearsal = try await EilbriefProcess.run(
        "rehearse", campaign.name, "--keep", scratch.path, "--faults",
        "greylist 10%, unknown 5%, full 2%, lost-reply 3%, 421 3%", queue: queue)
      #expect(rehearsal.status == 1, "\(rehearsal.errors)")
      #expect(!FileManager.default.fileExists(atPath: queue.appendingPathComponent("queue.sqlite").path))

      let status = try await statusInScratch(campaign, scratch)
      let messages = status.messages
      #expect(status.addsUp && status.state == "completed")
      #expect(status.customers.letter == customers.filter { $0.outcome == .letter }.count)
      #expect((messages["accepted"] ?? 0) > 0 && (messages["refused"] ?? 0) > 0 && (messages["uncertain"] ?? 0) > 0)
      let letters = try await ReadLetter.all(in: scratch.appendingPathComponent("letters"))
      #expect(LetterComparison(customers: customers, letters: letters).repeated.isEmpty)
      // The relay took every uncertain one: only its reply was lost.
      #expect(letters.count == (messages["accepted"] ?? 0) + (messages["uncertain"] ?? 0))

      let calls = try await EilbriefProcess.run("report", campaign.name, "calls", "--format", "json", queue: scratch)
      let list = try JSONSerialization.jsonObject(with: Data(calls.output.utf8)) as? [[String: Any]] ?? []
      let states = Dictionary(grouping: list) { $0["state"] as? String ?? "" }.mapValues(\.count)
      for state in ["refused", "expired", "uncertain"] { #expect(states[state, default: 0] == messages[state]) }
      #expect(states[""] == customers.filter { $0.outcome == .phone }.count)

      let proof = queue.appendingPathComponent("proof")
      let export = try await EilbriefProcess.run("receipts", "export", campaign.name, proof.path, queue: scratch)
      #expect(export.status == 0, "\(export.errors)")
      let sound = try await ChildProcess.run("/bin/sh", ["verify.sh"], folder: proof)
      #expect(sound.status == 0 && sound.output.hasPrefix("OK: "), "\(sound.output)\(sound.errors)")
      let receipts = proof.appendingPathComponent("receipts.jsonl")
      let text = try String(contentsOf: receipts, encoding: .utf8)
      for customer in customers { #expect(!text.contains(customer.contact)) }
      try Data(text.replacing("\"event\":\"refused\"", with: "\"event\":\"accepted\"", maxReplacements: 1).utf8)
        .write(to: receipts)
      let forged = try await ChildProcess.run("/bin/sh", ["verify.sh"], folder: proof)
      #expect(forged.status == 1 && forged.output.contains("receipts.jsonl: FAILED"), "\(forged.output)")
    }
  }

  @Test func resolveAndCancel() async throws {
    try await TemporaryFolder.with { queue in
      let customers = GeneratedCustomer.customers(60, seed: 8)
      let campaign = try TestCampaign(
        in: queue, customers: customers, relay: ["name: main", "url: \"smtp://127.0.0.1:1\""])
      let scratch = queue.appendingPathComponent("scratch")
      let contact = customers[0].contact
      _ = try await EilbriefProcess.run(
        "rehearse", campaign.name, "--keep", scratch.path, "--faults", "lost-reply \(contact)", queue: queue)
      let text = try await EilbriefProcess.run("status", campaign.name, queue: scratch)
      #expect(text.output.contains("uncertain: \(customers[0].id)\n"))
      // One wrong id, and none is settled.
      let wrong = try await EilbriefProcess.run(
        "resolve", campaign.name, "--customer", customers[0].id, "--customer", "nobody", "--customer", customers[1].id,
        "--resend", queue: scratch)
      #expect(wrong.status == 65 && wrong.output == "")
      #expect(
        wrong.errors == """
          eilbrief: nothing was settled: no such customer in sommer: nobody; not uncertain, refused or expired: \
          \(customers[1].id)

          """)
      #expect(try await statusInScratch(campaign, scratch).messages["uncertain"] == 1)
      let resolved = try await EilbriefProcess.run(
        "resolve", campaign.name, "--customer", customers[0].id, "--assume-accepted", queue: scratch)
      #expect(resolved.status == 0 && resolved.output == "\(customers[0].id): accepted, as you say\n")
      #expect(try await statusInScratch(campaign, scratch).messages["accepted"] == 60)
      let shown = try await EilbriefProcess.run(
        "receipts", "show", campaign.name, "--customer", customers[0].id, queue: scratch)
      #expect(shown.output.contains("uncertain") && shown.output.contains("resolved"))
      let over = try await EilbriefProcess.run("cancel", campaign.name, "--yes", queue: scratch)
      #expect(over.status == 64 && over.errors == "eilbrief: sommer is completed already.\n")
    }
  }

  private func statusInScratch(_ campaign: TestCampaign, _ scratch: URL) async throws -> CommandStatus {
    let outcome = try await EilbriefProcess.run("status", campaign.name, "--json", queue: scratch)
    guard outcome.status == 0 else { throw HarnessError("status failed: \(outcome.errors)") }
    return try JSONDecoder().decode(CommandStatus.self, from: Data(outcome.output.utf8))
  }
}
