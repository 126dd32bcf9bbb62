import Foundation
import TestSupport
import Testing

/// From `dkim-key` to the signed letter, as an operator goes: the printed DNS record, read by dnspython, is what dkimpy and
/// OpenDKIM verify the letters with.
@Suite struct DKIMCommandTests {
  /// A campaign that signs with both keys, made by the command; their records as they go into DNS.
  private struct Scene {
    let campaign: TestCampaign
    var records: [String: String] = [:]
    var printed = ""
    var queue: URL { campaign.queue }
    var customers: [GeneratedCustomer] { campaign.customers }
    static let customers = GeneratedCustomer.customers(12, seed: 12)

    init(in queue: URL, port: Int = 1) async throws {
      try await self.init(
        TestCampaign(
          in: queue, customers: Self.customers,
          relay: ["name: main", "url: \"smtp://127.0.0.1:\(port)\"", "tls: none"]))
    }

    init(_ campaign: TestCampaign) async throws {
      self.campaign = campaign
      for type in ["rsa", "ed25519"] {
        let made = try await key(type, "\(type).pem")
        guard made.status == 0 else { throw HarnessError("dkim-key: \(made.errors)") }
        let record = try await DNSRecord(in: made.output)
        records[record.name] = record.value
        printed += made.output
      }
      try campaign.write(
        yaml: campaign.yaml() + """
          dkim:
            domain: kanzlei-it.example
            selector: rsa-2026
            rsa_key_file: rsa.pem
            ed25519_selector: ed25519-2026
            ed25519_key_file: ed25519.pem

          """)
    }

    func key(_ type: String, _ file: String) async throws -> ChildProcess.Outcome {
      try await EilbriefProcess.run(
        "dkim-key", "--domain", "kanzlei-it.example", "--selector", "\(type)-2026", "--type", type, "--output",
        campaign.folder.appendingPathComponent(file).path, queue: queue)
    }

    /// The secrets as they would show: the lines of the key files between the first and the last.
    func secrets() throws -> [String] {
      try ["rsa.pem", "ed25519.pem"].flatMap { name in
        try String(contentsOf: campaign.folder.appendingPathComponent(name), encoding: .utf8)
          .split(separator: "\n").filter { !$0.hasPrefix("-----") }.map(String.init)
      }
    }
  }

  /// The one TXT record of a zone file, as dnspython reads it.
  private struct DNSRecord: Decodable {
    let name: String
    let strings: [String]
    var value: String { strings.joined() }

    init(in output: String) async throws {
      let line = try #require(output.split(separator: "\n").first { $0.contains(" IN TXT ") })
      let script = """
        import dns.zone, json, sys
        zone = dns.zone.from_text("$TTL 60\\n@ IN SOA a b 1 1 1 1 1\\n@ IN NS a\\n" + sys.stdin.read() + "\\n",
            origin="kanzlei-it.example.")
        found = [(name, data) for name, ttl, data in zone.iterate_rdatas("TXT")]
        assert len(found) == 1, found
        name, data = found[0]
        print(json.dumps({"name": name.derelativize(zone.origin).to_text(omit_final_dot=True),
            "strings": [text.decode() for text in data.strings]}))
        """
      let json = try await ChildProcess.tool("/usr/bin/python3", ["-c", script], input: .bytes(Array(line.utf8)))
      self = try JSONDecoder().decode(DNSRecord.self, from: Data(json.utf8))
    }
  }

  private static let both = DKIMJudges.Verdict(["rsa-sha256", "ed25519-sha256"])

  private func files(below folder: URL) -> [URL] {
    (FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? [])
      .filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true }
  }

  @Test func aKeyIsMadeOnceForItsOwnerAlone() async throws {
    try await TemporaryFolder.with { queue in
      let scene = try await Scene(in: queue)
      for type in ["rsa", "ed25519"] {
        let file = scene.campaign.folder.appendingPathComponent("\(type).pem")
        #expect(try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int == 0o600)
        let before = try Data(contentsOf: file)
        let again = try await scene.key(type, "\(type).pem")
        #expect(again.status == 73 && again.output == "")
        #expect(again.errors == "eilbrief: \(file.path) exists already; nothing was written. Name another file.\n")
        #expect(try Data(contentsOf: file) == before)
        #expect(scene.printed.contains("  name   \(type)-2026._domainkey.kanzlei-it.example\n"))
        let value = try #require(scene.records["\(type)-2026._domainkey.kanzlei-it.example"])
        #expect(value.hasPrefix("v=DKIM1; k=\(type); p="))
        #expect(scene.printed.contains("  value  \(value)\n"))
      }
      // What is to be put into campaign.yaml is taken there.
      let lines = try #require(scene.printed.firstMatch(of: /in campaign\.yaml:\n(dkim:\n(?:  .*\n)+)/))
      let yaml = try scene.campaign.yaml()
      let start = try #require(yaml.range(of: "dkim:")).lowerBound
      try scene.campaign.write(yaml: yaml[..<start] + String(lines.1))
      let check = try await EilbriefProcess.run("check", scene.campaign.name, queue: queue)
      #expect(check.output.contains("DKIM: signed for kanzlei-it.example with RSA (rsa-2026)\n"), "\(check.errors)")
      #expect(!check.output.contains("will not begin"))
      for secret in try scene.secrets() { #expect(!scene.printed.contains(secret)) }
      let names = try FileManager.default.contentsOfDirectory(atPath: scene.campaign.folder.path).sorted()
      #expect(names == ["campaign.yaml", "ed25519.pem", "kunden.csv", "rsa.pem"])
      let gone = try await scene.key("rsa", "nirgends/rsa.pem")
      #expect(gone.status == 73 && gone.errors.contains("nirgends"))

      let other = queue.appendingPathComponent("other.pem").path
      let json = try await EilbriefProcess.run(
        "dkim-key", "--domain", "Straße.example", "--selector", "A", "--output", other, "--json", queue: queue)
      let fields = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: String]
      #expect(fields?["file"] == other && fields?["type"] == "rsa" && fields?["domain"] == "xn--strae-oqa.example")
      #expect(fields?["record_name"] == "a._domainkey.xn--strae-oqa.example")
      #expect(fields?["record_value"]?.hasPrefix("v=DKIM1; k=rsa; p=") == true)
      #expect(fields?["zone_line"]?.hasPrefix("a._domainkey.xn--strae-oqa.example. IN TXT ( \"v=DKIM1;") == true)
    }
  }

  @Test func whatIsNoDomainOrSelectorIsRefused() async throws {
    try await TemporaryFolder.with { queue in
      for (domain, selector, words) in [
        ("localhost", "a", "--domain: “localhost” "), ("a.example", "a_b", "--selector: “a_b” is not a selector"),
      ] {
        let refused = try await EilbriefProcess.run(
          "dkim-key", "--domain", domain, "--selector", selector, "--output", queue.path + "/key.pem", queue: queue)
        #expect(refused.status == 64 && refused.errors.contains(words), "\(refused.errors)")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: queue.path).isEmpty)
    }
  }

  /// Letters of a rehearsal with several attempts: both judges find both signatures good, `prove` makes the same bytes
  /// again, and the keys are nowhere but in their files.
  @Test func lettersAreSignedAndProved() async throws {
    try await TemporaryFolder.with { queue in
      let scene = try await Scene(in: queue)
      let check = try await EilbriefProcess.run("check", scene.campaign.name, queue: queue)
      #expect(check.status == 0, "\(check.errors)")
      #expect(!check.output.contains("dkim-key"))
      #expect(
        check.output.contains(
          "DKIM: signed for kanzlei-it.example with RSA (rsa-2026) and Ed25519 (ed25519-2026)\n"), "\(check.output)")
      let scratch = queue.appendingPathComponent("scratch")
      let rehearsal = try await EilbriefProcess.run(
        "rehearse", scene.campaign.name, "--keep", scratch.path, "--faults", "greylist 60%", queue: queue)
      #expect(rehearsal.status == 0, "\(rehearsal.errors)")
      var letters: [String: [UInt8]] = [:]
      for file in files(below: scratch.appendingPathComponent("letters")) {
        letters[file.lastPathComponent] = try Array(Data(contentsOf: file))
      }
      #expect(letters.count == 12)
      let preview = try await EilbriefProcess.run(
        "preview", scene.campaign.name, "--customer", scene.customers[0].id, "--format", "eml", queue: queue)
      letters["preview"] = Array(preview.output.utf8)
      for letter in letters.values { #expect(letter.allSatisfy { $0 < 0x80 }) }
      for (name, verdict) in try await DKIMJudges(records: scene.records).verdicts(on: letters) {
        #expect(verdict == Self.both, "\(name)")
      }

      let export = queue.appendingPathComponent("proof")
      let exported = try await EilbriefProcess.run(
        "receipts", "export", scene.campaign.name, export.path, "--made-from", scene.campaign.folder.path,
        queue: scratch)
      #expect(exported.status == 0, "\(exported.errors)")
      for customer in scene.customers {
        let file = queue.appendingPathComponent("\(customer.id).eml")
        let proof = try await EilbriefProcess.run(
          "receipts", "prove", scene.campaign.name, "--customer", customer.id, "--made-from",
          scene.campaign.folder.path, "--output", file.path, queue: scratch)
        #expect(proof.status == 0, "\(proof.output)\(proof.errors)")
        #expect(try letters.values.contains(Array(Data(contentsOf: file))))
      }
      let secrets = try scene.secrets()
      #expect(secrets.count > 20)
      for file in files(below: scratch) + files(below: export) {
        let bytes = try Data(contentsOf: file)
        for secret in secrets { #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(file.path)") }
      }
      for words in [check, rehearsal, preview, exported].map({ $0.output + $0.errors }) {
        for secret in secrets { #expect(!words.contains(secret)) }
      }
    }
  }

  /// A real relay hands the letters on: what it adds and how it stores them does not harm the signatures.
  @Test func signaturesSurvivePostfix() async throws {
    try await PostfixRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let scene = try await Scene(TestCampaign(in: queue, customers: Scene.customers, relay: relay))
        let launch = try await EilbriefProcess.run("launch", scene.campaign.name, "--yes", queue: queue)
        #expect(launch.status == 0, "\(launch.errors)")
        try await relay.untilQueueIsEmpty()
        var letters: [String: [UInt8]] = [:]
        for file in relay.deliveredFiles {
          // A Maildir has line feeds alone.
          let text = try String(contentsOf: file, encoding: .utf8)
          #expect(text.contains("\nReceived: ") && !text.contains("\r"))
          letters["\(letters.count)"] = Array(text.replacing("\n", with: "\r\n").utf8)
        }
        #expect(letters.count == 12)
        for (name, verdict) in try await DKIMJudges(records: scene.records).verdicts(on: letters) {
          #expect(verdict == Self.both, "\(name)")
        }
      }
    }
  }

  /// Through a relay with 8BITMIME; then with another key, with none, and without `dkim:`.
  @Test func aChangedKeyIsAChangedPlan() async throws {
    try await SinkRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let scene = try await Scene(in: queue, port: relay.port)
        let name = scene.campaign.name
        let launch = try await EilbriefProcess.run("launch", name, "--yes", queue: queue)
        #expect(launch.status == 0, "\(launch.errors)")
        let customer = scene.customers[0].id
        func prove() async throws -> ChildProcess.Outcome {
          try await EilbriefProcess.run("receipts", "prove", name, "--customer", customer, queue: queue)
        }
        let proof = try await prove()
        #expect(proof.status == 0 && proof.output.contains(" (quoted-printable): the same\n"), "\(proof.output)")

        let file = scene.campaign.folder.appendingPathComponent("rsa.pem")
        let kept = scene.campaign.folder.appendingPathComponent("rsa-old.pem")
        try FileManager.default.moveItem(at: file, to: kept)
        #expect(try await scene.key("rsa", "rsa.pem").status == 0)
        let changed = "  campaign.yaml: dkim.rsa_key_file changed\n"
        let resumed = try await EilbriefProcess.run("resume", name, queue: queue)
        #expect(resumed.status == 65 && resumed.errors.contains(changed), "\(resumed.errors)")
        let other = try await prove()
        #expect(other.status == 65 && other.errors.contains(changed), "\(other.errors)")

        try FileManager.default.removeItem(at: file)
        let without = try await EilbriefProcess.run("resume", name, queue: queue)
        #expect(without.status == 78)
        #expect(without.errors.hasPrefix("eilbrief: \(file.path): there is no such file; "), "\(without.errors)")
        let unproved = try await prove()
        #expect(unproved.status == 78)
        #expect(unproved.errors.hasSuffix("\nWithout the key a signed letter cannot be made again.\n"))

        // A file that is called something else is no change; a key that is gone from the campaign file is.
        let yaml = try scene.campaign.yaml()
        try scene.campaign.write(yaml: yaml.replacing("rsa_key_file: rsa.pem", with: "rsa_key_file: rsa-old.pem"))
        #expect(try await prove().status == 0)
        try scene.campaign.write(
          yaml: String(yaml[..<(try #require(yaml.range(of: "dkim:"))).lowerBound]) + "dkim: relay\n")
        let unsigned = try await EilbriefProcess.run("resume", name, queue: queue)
        #expect(unsigned.status == 65 && unsigned.errors.contains("campaign.yaml: dkim.domain was removed\n"))

        // A purge knows the key files, and leaves them.
        try scene.campaign.write(yaml: yaml.replacing("rsa_key_file: rsa.pem", with: "rsa_key_file: rsa-old.pem"))
        let purged = try await EilbriefProcess.run("purge", name, "--now", "--confirm", name, queue: queue)
        #expect(purged.status == 0, "\(purged.errors)")
        #expect(!(purged.output + purged.errors).contains(".pem"), "\(purged.output)")
        for key in [kept, scene.campaign.folder.appendingPathComponent("ed25519.pem")] {
          #expect(FileManager.default.fileExists(atPath: key.path))
        }
      }
    }
  }

  @Test func checkSaysWhoSignsAndWhatIsMissing() async throws {
    try await TemporaryFolder.with { queue in
      let scene = try await Scene(in: queue)
      let (name, yaml) = (scene.campaign.name, try scene.campaign.yaml())
      let start = try #require(yaml.range(of: "dkim:")).lowerBound
      func check() async throws -> String {
        let outcome = try await EilbriefProcess.run("check", name, queue: queue)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.output
      }
      try scene.campaign.write(yaml: String(yaml[..<start]))
      let neither = try await check()
      #expect(neither.contains("\n  the letters are not signed with DKIM, and large providers refuse such mail"))
      #expect(neither.contains("make a key with `eilbrief dkim-key`, or write “dkim: relay” in campaign.yaml"))
      try scene.campaign.write(yaml: yaml[..<start] + "dkim: relay\n")
      let relay = try await check()
      #expect(relay.contains("DKIM: signed by the relay\n") && !relay.contains("dkim-key"))

      let ed25519 =
        yaml[..<start] + "dkim: {domain: kanzlei-it.example, ed25519_selector: e, ed25519_key_file: ed25519.pem}\n"
      try scene.campaign.write(yaml: String(ed25519))
      #expect(try await check().contains("\n  letters signed with Ed25519 alone count as unsigned with many receivers"))

      // Without its key a campaign can be looked at, but neither rehearsed nor launched.
      try scene.campaign.write(yaml: yaml)
      let file = scene.campaign.folder.appendingPathComponent("rsa.pem")
      chmod(file.path, 0o644)
      let trouble = "\(file.path): others can read this key file (mode 0644); run \"chmod 600 \(file.path)\""
      #expect(try await check().contains("\n  `launch` will not begin: \(trouble)\n"))
      let json = try await EilbriefProcess.run("check", name, "--json", queue: queue)
      #expect(json.output.contains("\"plan\" : null"))
      let preview = try await EilbriefProcess.run(
        "preview", name, "--customer", scene.customers[0].id, "--format", "eml", queue: queue)
      #expect(preview.status == 0 && preview.output.hasPrefix("Date: "))
      #expect(preview.errors.split(separator: "\n").contains("Not signed here: \(trouble)"), "\(preview.errors)")
      for command in [["launch", name, "--yes"], ["rehearse", name]] {
        let refused = try await ChildProcess.run(
          try EilbriefProcess.executable().path, command + ["--queue", queue.path])
        #expect(refused.status == 78 && refused.errors == "eilbrief: \(trouble)\n", "\(refused.errors)")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: queue.path) == [name])
    }
  }
}
