import Foundation
import TestSupport
import Testing

/// A fault of a template is told once, with how many letters have it, by `check`, its JSON and `launch`.
@Suite struct LetterFindingsTests {
  private struct Check: Decodable {
    struct Kind: Decodable {
      let rule: String
      let letter: String
      let language: String
      let part: String
      let line: Int
      let message: String
      let letters: Int
      let customers: [String]
    }
    let letterErrors: [Kind]
    let letterErrorCount: Int

    enum CodingKeys: String, CodingKey {
      case letterErrors = "letter_errors"
      case letterErrorCount = "letter_error_count"
    }
  }

  @Test func aFaultOfATemplateIsToldOnce() async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try TestCampaign(
        in: queue, customers: GeneratedCustomer.customers(40, seed: 5),
        relay: ["name: main", "url: \"smtp://127.0.0.1:9\"", "tls: none"])
      let german = campaign.customers.filter { $0.language == "de" }.map(\.id)
      try #require(german.count > 4)
      #expect(try await EilbriefProcess.run("init", "vorlage", queue: queue).status == 0)
      let templates = campaign.folder.appendingPathComponent("templates")
      try FileManager.default.moveItem(at: queue.appendingPathComponent("vorlage/templates"), to: templates)
      let file = templates.appendingPathComponent("password-change/de.txt.mustache")
      let source = try String(contentsOf: file, encoding: .utf8)
      try Data(source.replacing("{{greeting}},", with: "{{greeting}}, TODO").utf8).write(to: file)

      let words =
        "password-change/de.txt, line 4: “TODO” is left over from a template (\(german.count) letters, customers "
        + german.prefix(3).joined(separator: ", ") + ", …)"
      let check = try await EilbriefProcess.run("check", campaign.name, queue: queue)
      #expect(check.status == 65)
      #expect(check.output.contains("Letters: 1 error\n  \(words)\n"), "\(check.output)")
      let launch = try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: queue)
      #expect(launch.status == 65 && launch.errors.contains("1 error in the letters:\n\(words)\n"), "\(launch.errors)")

      let json = try await EilbriefProcess.run("check", campaign.name, "--json", queue: queue)
      let result = try JSONDecoder().decode(Check.self, from: Data(json.output.utf8))
      #expect(result.letterErrorCount == 1 && result.letterErrors.count == 1)
      let kind = try #require(result.letterErrors.first)
      #expect(
        kind.rule == "leftover" && kind.letter == "password-change" && kind.language == "de" && kind.part == "txt")
      #expect(kind.line == 4 && kind.letters == german.count && kind.customers == Array(german.prefix(3)))
    }
  }
}
