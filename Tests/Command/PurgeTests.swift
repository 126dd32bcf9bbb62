import Foundation
import TestSupport
import Testing

/// `purge` as an operator runs it: what is gone, what stays, and what every command says afterwards.
@Suite struct PurgeTests {
  @Test func aPurgedCampaignIsGoneFromEveryFileAndItsReceiptsStand() async throws {
    try await SinkRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let settings = ["name: main", "url: \"smtp://127.0.0.1:\(relay.port)\""]
        let winter = try TestCampaign(
          "winter", in: queue, customers: GeneratedCustomer.customers(5, seed: 3), relay: settings)
        let sommer = try TestCampaign("sommer", in: queue, customers: PurgeScene.customers(30), relay: settings)
        for name in ["winter", "sommer"] {
          #expect(try await EilbriefProcess.run("launch", name, "--yes", queue: queue).status == 0)
        }
        try await Self.writeEverything(sommer)
        let note = sommer.folder.appendingPathComponent("notiz.txt")
        try Data("Rückfragen an den Datenschutz".utf8).write(to: note)
        let key = try await PurgeScene.key(of: "sommer", in: queue)
        #expect(try PurgeScene.files(in: queue).contains("queue.sqlite"))
        #expect(try PurgeScene.files(in: queue, holding: key).contains("queue.sqlite"))

        let unasked = try await EilbriefProcess.run("purge", "sommer", "--now", queue: queue)
        #expect(unasked.status == 64 && unasked.errors.contains("add --confirm sommer"))
        let other = try await EilbriefProcess.run("purge", "sommer", "--now", "--confirm", "winter", queue: queue)
        #expect(other.status == 64 && other.errors.contains("must name the campaign"))
        #expect(try await EilbriefProcess.run("report", "sommer", queue: queue).output.contains(PurgeScene.mark))

        let purge = try await EilbriefProcess.run("purge", "sommer", "--now", "--confirm", "sommer", queue: queue)
        #expect(purge.status == 0, "\(purge.errors)")
        #expect(purge.output.contains("from the queue: 30 customers and all that is known of them,\n  30 letters"))
        #expect(purge.output.contains("\(sommer.customerFile.path)  the customer file"))
        #expect(purge.output.contains("\(note.path)  not of eilbrief's making"))
        #expect(try PurgeScene.files(in: queue) == [])
        #expect(try PurgeScene.files(in: queue, holding: key) == [])
        #expect(
          try FileManager.default.contentsOfDirectory(atPath: sommer.folder.path).sorted()
            == ["campaign.yaml", "notiz.txt", "receipts"])

        try await Self.expectReceiptsStand(queue, letters: 30)
        try await Self.expectEveryCommandToSayIt(queue)
        // The other campaign is as it was.
        let report = try await EilbriefProcess.run("report", "winter", queue: queue)
        #expect(report.status == 0 && winter.customers.allSatisfy { report.output.contains($0.contact) })
        #expect(FileManager.default.fileExists(atPath: winter.customerFile.path))
        #expect(try await EilbriefProcess.run("receipts", "verify", "winter", queue: queue).status == 0)
      }
    }
  }

  /// All that eilbrief writes with personal data, inside the campaign's folder.
  private static func writeEverything(_ campaign: TestCampaign) async throws {
    let folder = campaign.folder.path
    for words in [
      ["preview", campaign.name, "--all", "\(folder)/vorschau"],
      ["preview", campaign.name, "--sample", "--open", "--png", "\(folder)/bilder"],
      ["report", campaign.name, "--output", "\(folder)/tabellen.csv"],
      ["report", campaign.name, "calls", "--delimiter", "tab", "--output", "\(folder)/anrufe.txt"],
      ["report", campaign.name, "calls", "--format", "html", "--output", "\(folder)/telefonate.html"],
      ["report", campaign.name, "calls", "--format", "text", "--output", "\(folder)/telefonate.txt"],
      ["report", campaign.name, "--format", "json", "--output", "\(folder)/bericht.json"],
      ["rehearse", campaign.name, "--faults", "none", "--keep", "\(folder)/probe"],
    ] {
      let outcome = try await ChildProcess.run(
        try EilbriefProcess.executable().path, words,
        environment: ChildProcess.plainEnvironment.merging(["EILBRIEF_QUEUE": campaign.queue.path]) { $1 })
      #expect(outcome.status == 0, "\(words): \(outcome.errors)")
    }
    for name in [
      "vorschau", "preview/sample.html", "bilder", "tabellen.csv", "bericht.json",
      "probe/queue.sqlite", "kunden.csv",
    ] {
      #expect(try PurgeScene.files(in: campaign.folder).contains { $0.hasPrefix(name) }, "\(name)")
    }
  }

  private static func expectReceiptsStand(_ queue: URL, letters: Int) async throws {
    let verify = try await EilbriefProcess.run("receipts", "verify", "sommer", queue: queue)
    #expect(verify.status == 0, "\(verify.errors)")
    #expect(verify.output.contains("purged at ") && !verify.output.contains("not signed yet"))
    let last = try #require(try PurgeScene.receipts(of: "sommer", in: queue).split(separator: "\n").last)
    #expect(last.contains("\"event\":\"purged\""))
    // Customer file, letters, three tables, and the kept rehearsal.
    #expect(last.contains("\"figures\":{\"customers\":\(letters),\"letters\":\(letters),\"files\":"))
    let proof = queue.appendingPathComponent("proof")
    #expect(try await EilbriefProcess.run("receipts", "export", "sommer", proof.path, queue: queue).status == 0)
    let sound = try await ChildProcess.run("/bin/sh", ["verify.sh"], folder: proof)
    #expect(sound.status == 0, "\(sound.output)\(sound.errors)")
  }

  private static func expectEveryCommandToSayIt(_ queue: URL) async throws {
    let id = "\(PurgeScene.mark)-1"
    for words in [
      ["report", "sommer"], ["receipts", "show", "sommer", "--customer", id],
      ["receipts", "prove", "sommer", "--customer", id], ["resolve", "sommer", "--resend"],
      ["launch", "sommer", "--yes"], ["resume", "sommer"], ["preview", "sommer", "--customer", id],
      ["check", "sommer"],
      ["rehearse", "sommer"],
    ] {
      let outcome = try await ChildProcess.run(
        try EilbriefProcess.executable().path, words,
        environment: ChildProcess.plainEnvironment.merging(["EILBRIEF_QUEUE": queue.path]) { $1 })
      #expect(outcome.status == 64, "\(words)")
      #expect(outcome.errors.hasPrefix("eilbrief: sommer: Purged at 2"), "\(words): \(outcome.errors)")
    }
    let status = try await EilbriefProcess.run("status", "sommer", queue: queue)
    #expect(status.status == 0 && status.output.contains("\n  Purged at 2"))
    let json = try await EilbriefProcess.run("status", "sommer", "--json", queue: queue)
    #expect(json.output.contains("\"purged_at\" : \"2") && json.output.contains("\"accepted\" : 30"))
    let receipts = try PurgeScene.receipts(of: "sommer", in: queue)
    let again = try await EilbriefProcess.run("purge", "sommer", queue: queue)
    #expect(again.status == 0 && again.output.hasPrefix("sommer: Purged at 2"), "\(again.errors)")
    #expect(try PurgeScene.receipts(of: "sommer", in: queue) == receipts)
  }

  @Test func whatIsNotOursIsLeftAlone() async throws {
    try await SinkRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let settings = ["name: main", "url: \"smtp://127.0.0.1:\(relay.port)\""]
        let sommer = try TestCampaign("sommer", in: queue, customers: PurgeScene.customers(2), relay: settings)
        let outside = queue.appendingPathComponent("kunden-original.csv")
        try FileManager.default.moveItem(at: sommer.customerFile, to: outside)
        try sommer.write(yaml: try sommer.yaml().replacing("file: kunden.csv", with: "file: ../kunden-original.csv"))
        #expect(try await EilbriefProcess.run("launch", "sommer", "--yes", queue: queue).status == 0)
        // A link that leads out, a letter of somebody else's, and a whole queue of its own.
        let link = sommer.folder.appendingPathComponent("verweis.csv")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: outside)
        try Data("From: a@b.example\r\n\r\n\(PurgeScene.mark)".utf8).write(
          to: sommer.folder.appendingPathComponent("brief.eml"))
        let nested = sommer.folder.appendingPathComponent("Queue")
        let herbst = try TestCampaign("herbst", in: nested, customers: PurgeScene.customers(1), relay: settings)
        #expect(try await EilbriefProcess.run("launch", "herbst", "--yes", queue: nested).status == 0)

        let purge = try await EilbriefProcess.run("purge", "sommer", "--now", "--confirm", "sommer", queue: queue)
        #expect(purge.status == 0, "\(purge.errors)")
        #expect(purge.output.contains("\(outside.path)  the customer file, outside the campaign's folder"))
        for name in ["verweis.csv", "brief.eml", "Queue/queue.sqlite", "Queue/herbst/kunden.csv"] {
          #expect(purge.output.contains("\(sommer.folder.path)/\(name)  not "), "\(name)")
        }
        #expect(FileManager.default.fileExists(atPath: outside.path))
        #expect(FileManager.default.fileExists(atPath: link.path))
        #expect(FileManager.default.fileExists(atPath: herbst.customerFile.path))
        #expect(try await EilbriefProcess.run("report", "herbst", queue: nested).output.contains(PurgeScene.mark))
        #expect(!(try PurgeScene.files(in: queue).contains("queue.sqlite")))
      }
    }
  }
}
