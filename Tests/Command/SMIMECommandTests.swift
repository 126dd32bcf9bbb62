import Foundation
import TestSupport
import Testing

/// Letters signed with S/MIME, from the campaign file to the mailbox.
@Suite struct SMIMECommandTests {
  private func letters(below folder: URL) throws -> [[UInt8]] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .map { try Array(Data(contentsOf: $0)) }
  }

  /// What a real relay adds, and how it stores letters, harms neither signature.
  @Test func bothSignaturesSurvivePostfix() async throws {
    try await PostfixRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let scene = try await SMIMEScene(TestCampaign(in: queue, customers: SMIMEScene.customers, relay: relay))
        let key = try await EilbriefProcess.run(
          "dkim-key", "--domain", "kanzlei-it.example", "--selector", "a", "--output", scene.url("dkim.pem").path,
          "--json", queue: queue)
        let fields = try #require(try JSONSerialization.jsonObject(with: Data(key.output.utf8)) as? [String: String])
        let dkim = "dkim: {domain: kanzlei-it.example, selector: a, rsa_key_file: dkim.pem}\n"
        try scene.campaign.write(yaml: scene.campaign.yaml().replacing("dkim: relay\n", with: dkim))
        let launch = try await scene.run("launch", "--yes")
        #expect(launch.status == 0, "\(launch.errors)")
        try await relay.untilQueueIsEmpty()
        let stored = try relay.deliveredFiles.map { try String(contentsOf: $0, encoding: .utf8) }
        #expect(stored.count == 6)
        let record = try [#require(fields["record_name"]): #require(fields["record_value"])]
        for (number, text) in stored.enumerated() {
          #expect(text.contains("\nReceived: ") && !text.contains("\r"))
          let content = try #require(try await scene.authority.verified(Array(text.utf8)), "letter \(number)")
          #expect(String(decoding: content, as: UTF8.self).hasPrefix("Content-Type: multipart/alternative;"))
          let place = try #require(text.range(of: "charset=utf-8", options: .backwards))
          let changed = text.replacingCharacters(in: place, with: "charset=utf-7")
          #expect(try await scene.authority.verified(Array(changed.utf8)) == nil)
        }
        let judged = Dictionary(
          uniqueKeysWithValues: stored.enumerated().map { ("\($0)", Array($1.replacing("\n", with: "\r\n").utf8)) })
        for (name, verdict) in try await DKIMJudges(records: record).verdicts(on: judged) {
          #expect(verdict == DKIMJudges.Verdict(["rsa-sha256"]), "\(name)")
        }
        let proof = try await scene.run("receipts prove", "--customer", scene.first)
        #expect(proof.status == 0 && proof.output.contains(": the same\n"), "\(proof.output)\(proof.errors)")
      }
    }
  }

  @Test func rehearsalPreviewAndProofSignAlike() async throws {
    try await TemporaryFolder.with { queue in
      let scene = try await SMIMEScene(in: queue)
      let file = try await scene.authority.pkcs12(scene.issued, "sender.p12", passphrase: "geheim ü")
      try scene.put(file, "smime.p12")
      try Data("geheim ü\n".utf8).write(to: scene.url("passphrase"))
      chmod(scene.url("passphrase").path, 0o600)
      let yaml = try scene.campaign.yaml()
      try scene.campaign.write(
        yaml: yaml.replacing(
          "{certificate_file: smime.pem, key_file: smime.key}",
          with: "{certificate_file: smime.p12, passphrase_file: passphrase}"))
      let scratch = queue.appendingPathComponent("scratch")
      let rehearsal = try await scene.run("rehearse", "--keep", scratch.path, "--faults", "greylist 60%")
      #expect(rehearsal.status == 0, "\(rehearsal.errors)")
      let kept = try letters(below: scratch.appendingPathComponent("letters"))
      #expect(kept.count == 6)
      let preview = try await scene.run("preview", "--customer", scene.first, "--format", "eml")
      for letter in kept + [Array(preview.output.utf8)] { #expect(try await scene.authority.verified(letter) != nil) }
      for customer in scene.campaign.customers {
        let made = queue.appendingPathComponent("\(customer.id).eml")
        let proof = try await scene.run(
          "receipts prove", "--customer", customer.id, "--made-from", scene.campaign.folder.path, "--output", made.path,
          queue: scratch)
        #expect(proof.status == 0, "\(proof.output)\(proof.errors)")
        #expect(try kept.contains(Array(Data(contentsOf: made))))
      }
      for outcome in [rehearsal, preview] { #expect(!(outcome.output + outcome.errors).contains("geheim")) }
    }
  }

  @Test func checkSaysWhoSignsAndUntilWhen() async throws {
    try await TemporaryFolder.with { queue in
      let scene = try await SMIMEScene(in: queue)
      let check = try await scene.run("check")
      #expect(check.status == 0)
      #expect(
        check.output.contains(
          /\n  S\/MIME: signed by support@kanzlei-it\.example until (2109-12-31|2110-01-01) ..:.. \S+, issued by CN=Test intermediate,O=Test\n/
        ), "\(check.output)")
      #expect(check.output.contains("\nReady"), "\(check.output)")

      try scene.put(await scene.authority.issue("early", names: SMIMEScene.names, until: "20980101000000Z"))
      #expect(try await scene.run("check").output.contains("which is before the deadline: mail programs will warn"))
      let soon = Date().addingTimeInterval(86_400)
      let text = soon.formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted)).replacing("T", with: "")
      try scene.put(await scene.authority.issue("soon", names: SMIMEScene.names, until: text))
      let yaml = try scene.campaign.yaml()
      try scene.campaign.write(
        yaml: yaml.replacing(
          /deadline: .*/, with: "deadline: \(Date().addingTimeInterval(3600).formatted(.iso8601))"))
      #expect(try await scene.run("check").output.contains(" only, and letters may be retried until "))
      try scene.campaign.write(yaml: yaml.replacing(/smime: .*/, with: ""))
      #expect(try await scene.run("check").output.contains("\n  S/MIME: not signed\n"))
    }
  }

  @Test func whatCannotSignIsSaidByCheckAndRefusedByTheRest() async throws {
    try await TemporaryFolder.with { queue in
      let scene = try await SMIMEScene(in: queue)
      let yaml = try scene.campaign.yaml()
      let (pem, key) = (scene.url("smime.pem").path, scene.url("smime.key").path)
      func refused(_ trouble: String) async throws {
        let check = try await scene.run("check")
        #expect(
          check.status == 0 && check.output.contains("\n  `launch` will not begin: \(trouble)\n"), "\(check.output)")
        #expect(check.output.contains("S/MIME: not signed, see the warnings\n"))
        for command in [["launch", scene.campaign.name, "--yes"], ["rehearse", scene.campaign.name]] {
          let outcome = try await ChildProcess.run(
            try EilbriefProcess.executable().path, command + ["--queue", queue.path])
          #expect(outcome.status == 78 && outcome.errors == "eilbrief: \(trouble)\n", "\(outcome.errors)")
        }
        let preview = try await scene.run("preview", "--customer", scene.first, "--format", "eml")
        #expect(preview.status == 0 && preview.errors.contains("Not signed here: \(trouble)\n"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: queue.path) == [scene.campaign.name])
      }
      try scene.put(await scene.authority.issue("old", names: SMIMEScene.names, until: "20260101000000Z"))
      try await refused("\(pem): this certificate expired at 2026-01-01T00:00:00.000Z; order a new one")
      try scene.put(await scene.authority.issue("new", names: SMIMEScene.names, from: "20900101000000Z"))
      try await refused(
        "\(pem): this certificate is valid from 2090-01-01T00:00:00.000Z on, not now; wait, or use another one")
      try scene.put(await scene.authority.issue("other", names: ["email:info@kanzlei-it.example"]))
      try await refused(
        "\(pem): this certificate is for info@kanzlei-it.example, but \"sender.from\" is support@kanzlei-it.example; "
          + "mail programs would warn. Order a certificate for the sender's address")
      try scene.put(scene.issued.chain, "smime.pem")
      try await refused(
        "\(key): this is not the key of the certificate “CN=Test sender,O=Test”; "
          + "name the key that its request was made with")
      try scene.put(scene.issued)
      try scene.put(scene.issued.certificate, "smime.pem")
      try await refused(
        "\(pem): the certificate of its authority “CN=Test intermediate,O=Test” is missing; add it and those above it "
          + "to the file, the root may be left out")
      try scene.put(scene.issued)
      chmod(key, 0o644)
      try await refused("\(key): others can read this key file (mode 0644); run \"chmod 600 \(key)\"")
      try scene.put(await scene.authority.encrypted(scene.issued.key, "e.key", passphrase: "geheim"), "smime.key")
      try Data("falsch\n".utf8).write(to: scene.url("passphrase"))
      chmod(scene.url("passphrase").path, 0o600)
      try scene.campaign.write(
        yaml: yaml.replacing("key_file: smime.key", with: "key_file: smime.key, passphrase_file: passphrase"))
      try await refused(
        "\(key): the passphrase is not the one of this file; correct the file \"smime.passphrase_file\" names")
    }
  }

  @Test func aChangedCertificateIsAChangedPlan() async throws {
    try await SinkRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let scene = try await SMIMEScene(in: queue, port: relay.port)
        let launch = try await scene.run("launch", "--yes")
        #expect(launch.status == 0, "\(launch.errors)")
        #expect(try await scene.run("receipts prove", "--customer", scene.first).status == 0)
        // A renewed certificate, of the same key or not, is another one: the letters would be others.
        try scene.put(await scene.authority.issue("renewed", names: SMIMEScene.names))
        let changed = "  campaign.yaml: smime.certificate_file changed\n"
        for command in ["resume", "receipts prove"] {
          let outcome =
            command == "resume"
            ? try await scene.run(command) : try await scene.run(command, "--customer", scene.first)
          #expect(outcome.status == 65 && outcome.errors.contains(changed), "\(outcome.errors)")
        }
        try scene.put(scene.issued)
        let purged = try await scene.run("purge", "--now", "--confirm", scene.campaign.name)
        #expect(purged.status == 0 && !(purged.output + purged.errors).contains("smime."), "\(purged.output)")
        #expect(FileManager.default.fileExists(atPath: scene.url("smime.key").path))
      }
    }
  }
}
