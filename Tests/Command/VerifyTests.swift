import Foundation
import TestSupport
import Testing

/// `verify` as the hotline runs it: the code is taken from a letter that went out.
@Suite struct VerifyTests {
  /// The code that a letter shows, made again by `receipts prove`.
  private static func code(of customer: String, in queue: URL) async throws -> String {
    let file = queue.appendingPathComponent("\(UUID().uuidString).eml")
    _ = try await EilbriefProcess.run(
      "receipts", "prove", "sommer", "--customer", customer, "--output", file.path, queue: queue)
    let script = """
      import email, email.policy, re, sys
      letter = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
      parts = [letter.get_body((kind,)).get_content() for kind in ("plain", "html")]
      codes = {code for part in parts for code in re.findall(r"\\b\\d{4} \\d{4} \\d{4}\\b", part)}
      assert len(codes) == 1, codes
      print(codes.pop(), end="")
      """
    return try await ChildProcess.tool("python3", ["-c", script, file.path])
  }

  @Test func aCodeLeadsToItsLetterAndNoOtherDoes() async throws {
    try await LaunchedCampaign.with { launched in
      let queue = launched.queue
      let letters = launched.customers(.letter)
      var codes: Set<String> = []
      for customer in letters.prefix(3) {
        let code = try await Self.code(of: customer.id, in: queue)
        codes.insert(code)
        for spelling in [[code], code.split(separator: " ").map(String.init), [code.replacing(" ", with: "-")]] {
          let found = try await ChildProcess.run(
            try EilbriefProcess.executable().path, ["verify"] + spelling + ["--queue", queue.path])
          #expect(found.status == 0, "\(found.errors)")
          #expect(
            found.output.hasPrefix(
              "\(code): a letter with this code was sent to \(customer.contact), and the relay accepted it.\n"))
          #expect(found.output.contains("  customer  \(customer.id)\n"))
          #expect(found.output.contains("  campaign  sommer\n  letter    password-change\n"))
          #expect(found.output.contains("Compare name, address and time"))
          for other in letters where other.id != customer.id { #expect(!found.output.contains(other.contact)) }
        }
        let json = try await EilbriefProcess.run("verify", code, "--json", queue: queue)
        #expect(
          json.status == 0 && json.output.contains("\"left\" : \"yes\"") && json.output.contains("\"schema\" : 1"))
      }
      #expect(codes.count == 3)
      let code = try #require(codes.first)

      let digit = code.first == "1" ? "2" : "1"
      let wrong = try await EilbriefProcess.run("verify", digit + code.dropFirst(), queue: queue)
      #expect(wrong.status == 64 && wrong.errors.contains("a digit is wrong, or two are swapped"), "\(wrong.errors)")
      let short = try await EilbriefProcess.run("verify", "4821 9930", queue: queue)
      #expect(short.status == 64 && short.errors.contains("12 digits"))
      let sample = try await EilbriefProcess.run("verify", "0000 0000 0000", queue: queue)
      #expect(sample.status == 1 && sample.output.contains("only looked at"))
      // Valid, and nobody's.
      let unknown = try await EilbriefProcess.run("verify", "0000 0000 5724", queue: queue)
      #expect(unknown.status == 1 && unknown.output.contains("We never sent it from there"), "\(unknown.output)")

      #expect(
        try await EilbriefProcess.run("purge", "sommer", "--now", "--confirm", "sommer", queue: queue).status == 0)
      let purged = try await EilbriefProcess.run("verify", code, queue: queue)
      #expect(purged.status == 1 && purged.output.contains("Campaigns whose data was purged cannot be asked: sommer."))
      #expect(!purged.output.contains("never sent"))
    }
  }

  /// Asked while the campaign is being delivered.
  @Test func aLetterThatTheRelayPutOffIsNoReasonToTrust() async throws {
    try await SinkRelay.with(options: ["-f", "RCPT"]) { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try TestCampaign(
          in: queue, customers: GeneratedCustomer.customers(2, seed: 3),
          relay: ["name: main", "url: \"smtp://127.0.0.1:\(relay.port)\"", "tls: none"])
        try await EilbriefProcess.running("launch", "sommer", "--yes", queue: queue) { launch in
          let receipts = campaign.folder.appendingPathComponent("receipts/receipts.jsonl")
          try await eventually("both letters are deferred") {
            let lines = (try? String(contentsOf: receipts, encoding: .utf8)) ?? ""
            return lines.components(separatedBy: "\"event\":\"deferred\"").count == 3
          }
          let customer = campaign.customers[0]
          let code = try await Self.code(of: customer.id, in: queue)
          let found = try await EilbriefProcess.run("verify", code, queue: queue)
          #expect(found.status == 1)
          #expect(
            found.output.hasPrefix(
              "Careful: \(code) is the code of a letter to \(customer.contact) that has not left us: the relay has put it off"
            ), "\(found.output)\(found.errors)")
          #expect(!found.output.contains("was sent"))
          #expect(launch.isRunning)
        }
      }
    }
  }
}
