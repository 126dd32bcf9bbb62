import Foundation
import TestSupport
import Testing

/// `receipts show` prints what was verified, and nothing else.
@Suite struct ShownReceiptsTests {
  @Test func forgedLinesAreNotShown() async throws {
    try await LaunchedCampaign.with { launched in
      let customer = try #require(launched.customers(.letter).first)
      let folder = launched.campaign.folder.appendingPathComponent("receipts")
      let file = folder.appendingPathComponent("receipts.jsonl")
      let whole = try String(contentsOf: file, encoding: .utf8)
      let shown = try await launched.receipts("show", "--customer", customer.id, "--json")
      #expect(shown.status == 0 && shown.errors == "")
      let lines = shown.output.split(separator: "\n")
      #expect(lines.count == 2 && lines.allSatisfy { whole.contains($0 + "\n") })

      let forged = whole.replacing("\"code\":250", with: "\"code\":251")
      let unreadable =
        whole.split(separator: "\n").enumerated()
        .map { $0.offset == 2 ? "{" : String($0.element) }.joined(separator: "\n") + "\n"
      for (text, words) in [
        (forged, "the line was changed after it was written"), (unreadable, ": line 3: "),
      ] {
        try Data(text.utf8).write(to: file)
        for options in [[], ["--json"]] {
          let outcome = try await ChildProcess.run(
            try EilbriefProcess.executable().path,
            ["receipts", "show", launched.name, "--customer", customer.id, "--queue", launched.queue.path] + options)
          #expect(outcome.status == 65 && outcome.output == "")
          #expect(outcome.errors.hasPrefix("eilbrief: \(file.path): line "), "\(outcome.errors)")
          #expect(outcome.errors.contains(words), "\(outcome.errors)")
          #expect(outcome.errors.hasSuffix("\nReceipts that are not sound prove nothing.\n"), "\(outcome.errors)")
        }
      }
    }
  }

  @Test func whoHasNoReceiptsIsSaid() async throws {
    try await LaunchedCampaign.with { launched in
      let phone = try #require(launched.customers(.phone).first)
      let unknown = try await launched.receipts("show", "--customer", "4711")
      #expect(unknown.status == 65)
      #expect(unknown.errors == "eilbrief: there is no customer “4711” in the plan of sommer.\n")
      let called = try await launched.receipts("show", "--customer", phone.id)
      #expect(called.status == 65 && called.errors.contains("gets no letter and is called: Anpassung"))
    }
  }

  /// The queue has every line.
  @Test func receiptsThatAreGoneAreWrittenAnew() async throws {
    try await LaunchedCampaign.with { launched in
      let customer = try #require(launched.customers(.letter).first)
      let file = launched.campaign.folder.appendingPathComponent("receipts/receipts.jsonl")
      let whole = try Data(contentsOf: file)
      try FileManager.default.removeItem(at: file)
      let proof = launched.queue.appendingPathComponent("proof")
      let words = """
        eilbrief: \(file.path) is not there.
        As long as sommer is in the queue and not purged, `eilbrief resume sommer --queue \(launched.queue.path)` \
        writes it again from there.

        """
      for outcome in [
        try await launched.receipts("verify"), try await launched.receipts("show", "--customer", customer.id),
        try await launched.receipts("prove", "--customer", customer.id),
        try await launched.receipts("export", proof.path),
      ] {
        #expect(outcome.status == 65 && outcome.output == "" && outcome.errors == words, "\(outcome.errors)")
      }
      let resume = try await EilbriefProcess.run("resume", launched.name, queue: launched.queue)
      #expect(resume.status == 0, "\(resume.errors)")
      #expect(try Data(contentsOf: file) == whole)
      #expect(try await launched.receipts("verify").status == 0)
    }
  }
}
