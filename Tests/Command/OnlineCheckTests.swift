import Foundation
import TestSupport
import Testing

/// `check --online` against a real name server and a real relay, as an operator runs it.
@Suite(.serialized) struct OnlineCheckTests {
  private struct Result: Decodable {
    struct Finding: Decodable {
      struct Entry: Decodable { let name, type, value: String }
      let topic, about, severity, found: String
      let advice: String?
      let publish: Entry?
    }
    struct Online: Decodable {
      let resolver: String?
      let findings: [Finding]
    }
    let online: Online?

    func lines(_ topic: String) -> [String] {
      (online?.findings ?? []).filter { $0.topic == topic }.map { "\($0.severity) \($0.found)" }
    }
    func severities(_ topic: String) -> [String] {
      (online?.findings ?? []).filter { $0.topic == topic }.map(\.severity)
    }
  }

  private struct Made: Decodable { let zoneLine: String }

  private static let customers = GeneratedCustomer.customers(6, seed: 2)

  private func check(
    _ campaign: TestCampaign, _ server: String, status: Int32, at location: SourceLocation = #_sourceLocation
  ) async throws -> (text: String, result: Result) {
    let text = try await EilbriefProcess.run(
      "check", campaign.name, "--online", "--resolver", server, queue: campaign.queue)
    #expect(text.status == status, "\(text.output)\(text.errors)", sourceLocation: location)
    let json = try await EilbriefProcess.run(
      "check", campaign.name, "--online", "--resolver", server, "--json", queue: campaign.queue)
    #expect(json.status == status, sourceLocation: location)
    let result = try JSONDecoder().decode(Result.self, from: Data(json.output.utf8))
    #expect(result.online?.resolver == server, sourceLocation: location)
    return (text.output, result)
  }

  /// Makes two keys, names them in the campaign, and gives the lines of their records for the zone.
  private func sign(_ campaign: TestCampaign) async throws -> [String] {
    var zone: [String] = []
    for type in ["rsa", "ed25519"] {
      let file = campaign.folder.appendingPathComponent("\(type).pem").path
      let made = try await EilbriefProcess.run(
        "dkim-key", "--domain", "kanzlei-it.example", "--selector", "\(type)-1", "--type", type, "--output", file,
        "--json", queue: campaign.queue)
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      zone.append(try decoder.decode(Made.self, from: Data(made.output.utf8)).zoneLine)
    }
    try campaign.write(
      yaml: try campaign.yaml() + """
        dkim: {domain: kanzlei-it.example, selector: rsa-1, rsa_key_file: rsa.pem, ed25519_selector: ed25519-1,
          ed25519_key_file: ed25519.pem}

        """)
    return zone
  }

  /// The customers' domains are `kanzlei-0.example` to `kanzlei-5.example`.
  private static let contacts = [
    "kanzlei-0 IN MX 10 mail.kanzlei-it", "kanzlei-1 IN A 192.0.2.11", "kanzlei-2 IN MX 0 .",
  ]

  private static let good = [
    "kanzlei-it IN TXT \"v=spf1 mx -all\"", "kanzlei-it IN MX 10 mail.kanzlei-it", "mail.kanzlei-it IN A 192.0.2.10",
    "_dmarc.kanzlei-it IN TXT \"v=DMARC1; p=reject\"",
  ]

  @Test func everythingRight() async throws {
    try await PostfixRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try TestCampaign(in: queue, customers: Self.customers, relay: relay)
        let zone = try await sign(campaign)
        try await TestNameServer.with(Self.good + Self.contacts + zone) { server in
          let (text, result) = try await check(campaign, server.address, status: 0)
          // Contacts at domains that take no mail are warned of, and prevent nothing.
          #expect(result.severities("contacts") == ["warning", "warning", "warning", "warning", "ok"])
          let contacts = result.lines("contacts")
          #expect(
            contacts[0].contains("kanzlei-2.example takes no mail at all") && contacts[0].contains("customer “10002”"))
          #expect(
            contacts[1].hasPrefix(
              "warning DNS knows no domain kanzlei-3.example. No letter there arrives: customer “10003”"))
          #expect(contacts[4] == "ok Of the domains that letters go to, 2 of 6 take mail.")
          // Where a relay on loopback sends from, nobody can tell.
          #expect(result.severities("spf") == ["ok", "warning"])
          #expect(
            result.lines("dkim") == [
              "ok The record has the RSA key that signs.", "ok The record has the Ed25519 key that signs.",
            ])
          #expect(result.severities("dmarc") == ["ok", "ok"])
          #expect(result.lines("mx") == ["ok Mail to kanzlei-it.example goes to mail.kanzlei-it.example."])
          let lines = result.lines("relay")
          // The campaign's deadline is decades away, the certificate's end is not.
          #expect(result.severities("relay") == ["ok", "warning", "ok", "ok", "ok"], "\(lines)")
          #expect(lines[0] == "ok It answers at localhost:\(relay.port) (127.0.0.1).")
          #expect(lines[1].hasPrefix("warning TLSv1.3 by STARTTLS with TLS_"))
          #expect(lines[1].contains("certificate of CN = Test relay, issued by CN = Test authority, valid until "))
          #expect(lines[1].contains(" That is within 14 days."))
          #expect(lines[2] == "ok It takes the login (AUTH PLAIN).")
          #expect(lines[3].hasPrefix("ok It takes messages up to 10,240,000 bytes; the largest letter has "))
          #expect(lines[4].contains("PIPELINING") && lines[4].contains("DSN"))
          #expect(text.contains("\nReady, but see the warnings above. Next: "))
          #expect(!text.contains("wasser"))
          // Nothing was sent.
          try await relay.untilNobodyIsConnected()
          #expect(relay.takenCount == 0 && relay.log.contains("quit=1"))
        }
      }
    }
  }

  @Test func everythingMissing() async throws {
    let port = try PostfixRelay.freePorts().0
    try await TemporaryFolder.with { queue in
      let campaign = try TestCampaign(
        in: queue, customers: Self.customers, relay: ["name: main", "url: \"smtp://127.0.0.1:\(port)\""])
      let zone = try await sign(campaign)
      try await TestNameServer.with(["kanzlei-it IN TXT \"other\"", "kanzlei-it IN MX 0 ."]) { server in
        let (text, result) = try await check(campaign, server.address, status: 65)
        #expect(result.severities("spf") == ["error"] && result.severities("dkim") == ["error", "error"])
        #expect(result.severities("dmarc") == ["warning"] && result.severities("mx") == ["error"])
        #expect(result.severities("relay") == ["error"])
        // What is to be published is what dkim-key has printed.
        let entries = (result.online?.findings ?? []).compactMap(\.publish)
        #expect(
          entries.map(\.name) == [
            "kanzlei-it.example", "rsa-1._domainkey.kanzlei-it.example", "ed25519-1._domainkey.kanzlei-it.example",
            "_dmarc.kanzlei-it.example",
          ])
        for (entry, line) in zip(entries[1...2], zone) {
          #expect(line.replacing("\" \"", with: "").contains("\"\(entry.value)\""))
          #expect(text.contains("\n               value  \(entry.value)\n"))
        }
        #expect(text.contains("\nNot ready: 5 errors online, see above. "))
        // Published as printed, all is well with DNS; the relay is still down.
        let published = entries.map { entry in
          let value = entry.value.replacing("ADDRESS", with: "192.0.2.25")
          return "\(entry.name). IN TXT \"\(value.prefix(200))\" \"\(value.dropFirst(200))\""
        }
        try await TestNameServer.with(published + Self.good[1...2]) { mended in
          let (_, result) = try await check(campaign, mended.address, status: 69)
          #expect(result.severities("dkim") == ["ok", "ok"] && result.severities("mx") == ["ok"])
          #expect(!result.severities("spf").contains("error") && !result.severities("dmarc").contains("error"))
        }
      }
    }
  }

  /// A name server that is not there is never “missing”, and the exit code says to try again.
  @Test func noNameServer() async throws {
    try await SinkRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try TestCampaign(
          in: queue, customers: Self.customers, relay: ["name: main", "url: \"smtp://127.0.0.1:\(relay.port)\""])
        _ = try await sign(campaign)
        let (text, result) = try await check(campaign, "127.0.0.1:\(try TestNameServer.freePort())", status: 75)
        for topic in ["spf", "mx", "dmarc"] { #expect(result.severities(topic) == ["unknown"]) }
        #expect((result.online?.findings ?? []).allSatisfy { $0.publish == nil })
        #expect(result.severities("relay").allSatisfy { $0 == "ok" })
        #expect(text.contains("\nNot known to be ready: 5 things could not be found out, see above. "))
      }
    }
  }

  @Test func relayThatTakesNothing() async throws {
    var options = PostfixRelay.Options.standard
    options.messageSizeLimit = 3000
    try await PostfixRelay.with(options) { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try TestCampaign(in: queue, customers: Self.customers, relay: relay)
        try await TestNameServer.with(Self.good + (try await sign(campaign))) { server in
          let small = try await check(campaign, server.address, status: 69).result
          #expect(small.lines("relay").contains { $0.hasPrefix("error It takes messages up to 3,000 bytes, but ") })

          try Data("falsch\n".utf8).write(to: campaign.passwordFile)
          let wrong = try await check(campaign, server.address, status: 69)
          #expect(wrong.result.lines("relay").first?.contains("AUTH was answered with “535 ") == true)
          #expect(wrong.result.lines("relay").contains { $0.contains("TLSv1.3") })
          #expect(!wrong.text.contains("falsch"))

          try FileManager.default.removeItem(at: campaign.passwordFile)
          let none = try await check(campaign, server.address, status: 69).result
          #expect(none.lines("relay").contains { $0.hasPrefix("unknown It offers AUTH PLAIN; ") })
        }
      }
    }
  }

  /// Without --online nothing leaves the process; --resolver alone is a mistake.
  @Test func notOnline() async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try TestCampaign(
        in: queue, customers: Self.customers, relay: ["name: main", "url: \"smtp://127.0.0.1:1\""])
      let plain = try await EilbriefProcess.run("check", campaign.name, queue: queue)
      #expect(plain.status == 0 && !plain.output.contains("Online"))
      let json = try await EilbriefProcess.run("check", campaign.name, "--json", queue: queue)
      #expect(try JSONDecoder().decode(Result.self, from: Data(json.output.utf8)).online == nil)
      let alone = try await EilbriefProcess.run("check", campaign.name, "--resolver", "192.0.2.1", queue: queue)
      #expect(alone.status == 64 && alone.errors.contains("--resolver is for --online"))
      let name = try await EilbriefProcess.run(
        "check", campaign.name, "--online", "--resolver", "ns.example", queue: queue)
      #expect(name.status == 64 && name.errors.contains("“ns.example” is not the address of a name server"))
    }
  }
}
