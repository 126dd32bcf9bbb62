import Foundation
import TestSupport
import Testing

/// `preview` and `rehearse` promise no more than they do; a name that was mistyped is helped along.
@Suite struct BeforeTheLaunchTests {
  @Test func previewOfAllWritesMessagesIntoANewFolder() async throws {
    try await TemporaryFolder.with { queue in
      #expect(try await EilbriefProcess.run("init", "Herbst", queue: queue).status == 0)
      let folder = queue.appendingPathComponent("letters")
      for format in ["html", "text"] {
        let refused = try await EilbriefProcess.run(
          "preview", "Herbst", "--all", folder.path, "--format", format, queue: queue)
        #expect(refused.status == 64)
        #expect(refused.errors.contains("--all writes .eml files; --format is for one letter (--customer ID)."))
        #expect(!FileManager.default.fileExists(atPath: folder.path))
      }
      let written = try await EilbriefProcess.run(
        "preview", "Herbst", "--all", folder.path, "--format", "eml", queue: queue)
      #expect(written.status == 0, "\(written.errors)")

      // What lies there may be of other customers.
      let leftover = folder.appendingPathComponent("4711.eml")
      try Data().write(to: leftover)
      let again = try await EilbriefProcess.run("preview", "Herbst", "--all", folder.path, queue: queue)
      #expect(again.status == 73)
      #expect(again.errors == "eilbrief: \(folder.path) exists already; name a new folder with --all.\n")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 4)
    }
  }

  /// The customer of the README.
  @Test func theREADMEsCustomerIsInTheSample() async throws {
    try await TemporaryFolder.with { queue in
      #expect(try await EilbriefProcess.run("init", "summer", queue: queue).status == 0)
      let readme = PackageRoot.file("README.md")
      let text = try String(contentsOf: readme, encoding: .utf8)
      let command = try #require(text.firstMatch(of: /eilbrief preview summer --customer ([0-9]+)/))
      let preview = try await EilbriefProcess.run(
        "preview", "summer", "--customer", String(command.1), queue: queue)
      #expect(preview.status == 0 && preview.output.hasPrefix("To: "), "\(preview.output)\(preview.errors)")
    }
  }

  @Test func aRehearsalSaysWhatLaunchWouldRefuse() async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try TestCampaign(
        in: queue, customers: RefusedLaunch.customers, encoding: .utf8,
        relay: ["name: main", "url: \"smtp://localhost:1\""])
      func rehearse() async throws -> ChildProcess.Outcome {
        try await EilbriefProcess.run("rehearse", campaign.name, "--faults", "none", queue: queue)
      }
      let whole = try await rehearse()
      #expect(whole.status == 0 && !whole.output.contains("`launch`"), "\(whole.output)\(whole.errors)")
      let table = try String(contentsOf: campaign.customerFile, encoding: .utf8)
      try Data(table.replacing("kontakt@gross.example", with: "kontakt").utf8).write(to: campaign.customerFile)
      let rejected = try await rehearse()
      #expect(rejected.status == 0, "\(rejected.errors)")
      #expect(rejected.output.contains(": 1 letter, nothing leaves this machine."), "\(rejected.output)")
      #expect(
        rejected.output.hasSuffix(
          """
          `launch` would not begin without --without-rejected: 1 row rejected, and their customers would get no letter \
          (`eilbrief check sommer` names them).

          """), "\(rejected.output)")
    }
  }

  @Test func aMistypedNameIsHelpedAlong() async throws {
    try await TemporaryFolder.with { queue in
      for name in ["winter", "example"] {
        #expect(try await EilbriefProcess.run("init", name, queue: queue).status == 0)
      }
      let outcome = try await EilbriefProcess.run("status", "exmaple", queue: queue)
      #expect(outcome.status == 78)
      #expect(
        outcome.errors == """
          eilbrief: the campaign file is wrong:
          \(queue.path)/exmaple/: not a campaign: there is no campaign.yaml here; "eilbrief init" makes one; the \
          campaigns beside it: example, winter

          """)
    }
  }
}
