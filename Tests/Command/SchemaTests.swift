import Foundation
import TestSupport
import Testing

/// The schemas of `docs/schema`: what the commands print fits them, and what is damaged does not.
@Suite(.serialized) struct SchemaTests {
  private struct Verdict: Decodable {
    let wrong: [String]
    let tried: Int
    let accepted: [String]
  }

  /// - Parameter open: What may be left out: keys of maps, and of receipts, which have them only where they apply.
  private func check(
    _ schema: String, _ output: String, in folder: URL, mayLack open: [String] = [],
    at location: SourceLocation = #_sourceLocation
  ) async throws {
    let judge = try #require(
      Bundle.module.url(forResource: "check_schema", withExtension: "py", subdirectory: "Judges"))
    let file = folder.appendingPathComponent(
      schema + (["receipt", "explain", "bounces-explain"].contains(schema) ? ".jsonl" : ".json"))
    try Data(output.utf8).write(to: file)
    let printed = try await ChildProcess.tool(
      "/usr/bin/python3", [judge.path, PackageRoot.file("docs/schema/\(schema).json").path, file.path])
    let verdict = try JSONDecoder().decode(Verdict.self, from: Data(printed.utf8))
    #expect(verdict.wrong == [], "\(schema)", sourceLocation: location)
    #expect(verdict.tried > 10, "\(schema)", sourceLocation: location)
    let taken = verdict.accepted.filter { what in
      !(what.hasSuffix(" left out") && open.contains { what.contains($0) })
    }
    #expect(taken == [], "\(schema)", sourceLocation: location)
  }

  private func json(_ launched: LaunchedCampaign, _ words: String...) async throws -> String {
    let outcome = try await ChildProcess.run(
      try EilbriefProcess.executable().path, words + ["--queue", launched.queue.path])
    #expect((0...1).contains(outcome.status ?? -1), "\(words): \(outcome.errors)")
    return outcome.output
  }

  @Test func whatTheCommandsPrintFits() async throws {
    try await LaunchedCampaign.withRefusals { launched in
      let (name, folder) = (launched.name, launched.queue)
      let id = try #require(launched.customers(.letter).first).id
      let called = (launched.customers(.phone) + launched.customers(.letter).reversed()).map(\.id)
      try await LaunchedCampaign.call(launched, [(called[0], "reached"), (called[1], "no-answer"), (id, "reached")])
      try await check("status", try await json(launched, "status", name, "--json"), in: folder)
      try await check(
        "check", try await json(launched, "check", name, "--json"), in: folder,
        mayLack: ["letters/", "letter_names/", "letter_errors/"])
      try await check("receipts-verify", try await json(launched, "receipts", "verify", name, "--json"), in: folder)
      try await check(
        "receipt", try await json(launched, "receipts", "show", name, "--customer", id, "--json"), in: folder,
        mayLack: ["code", "enhanced", "note"])
      try await check(
        "receipts-prove", try await json(launched, "receipts", "prove", name, "--customer", id, "--json"), in: folder)
      try await check("calls-list", try await json(launched, "calls", "list", name, "--json"), in: folder)
      let explained = try await ChildProcess.run(
        try EilbriefProcess.executable().path, ["explain", "--json", "550 5.1.1 no such user"])
      try await check("explain", explained.output, in: folder)
      let mails = folder.appendingPathComponent("mails")
      try ReturnedMails.write(to: mails)
      let judged = try await ChildProcess.run(
        try EilbriefProcess.executable().path, ["bounces", "explain", "--json", mails.path])
      try await check("bounces-explain", judged.output, in: folder)
      // Of the letters some were refused: nothing can come back of those.
      for customer in launched.customers(.letter) {
        let report = ReturnedMails.about(try await launched.messageID(of: customer))
        try Data(report.utf8).write(to: mails.appendingPathComponent("cur/\(customer.id).eml"))
      }
      try await check("bounces-read", try await json(launched, "bounces", name, mails.path, "--json"), in: folder)
      try await check(
        "rehearse", try await json(launched, "rehearse", name, "--at-speed", "--json"), in: folder, mayLack: ["faults/"]
      )
      for part in ["customers", "calls", "reasons"] {
        try await check(
          "report-\(part)", try await json(launched, "report", name, part, "--format", "json"), in: folder)
      }
      let figures = ["timeline/"]
      try await check(
        "report", try await json(launched, "report", name, "summary", "--format", "json"), in: folder, mayLack: figures)
      try await check(
        "report", try await json(launched, "report", name, "--for", "authority", "--format", "json"), in: folder,
        mayLack: figures)
      try await check(
        "report-customer", try await json(launched, "report", name, "--customer", id, "--format", "json"), in: folder)
      try await check(
        "report-customer", try await json(launched, "report", name, "--customer", called[1], "--format", "json"),
        in: folder)
    }
  }

  @Test func everyCommandWithJSONHasASchema() async throws {
    let schemas = try FileManager.default.contentsOfDirectory(atPath: PackageRoot.file("docs/schema").path)
    let names: [[String]: String] = [["receipts", "show"]: "receipt"]
    for (words, command) in try await CommandList.read() where command.has("json") {
      let path = Array(words.drop { $0 == "eilbrief" })
      let name = names[path] ?? path.joined(separator: "-")
      #expect(schemas.contains("\(name).json"), "\(path)")
    }
  }
}
