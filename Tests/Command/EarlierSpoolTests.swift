import Foundation
import TestSupport
import Testing

/// A campaign that an earlier version froze and began is resumed to its end.
@Suite struct EarlierSpoolTests {
  private struct Call: Decodable {
    struct Cause: Decodable {
      let kind: String
      let letter: String?
      let detail: String?
    }
    let customer: String
    let call: String
    let causes: [Cause]
  }

  @Test func aCampaignOfFormat3IsResumed() async throws {
    try await SinkRelay.with { relay in
      try await TemporaryFolder.with { folder in
        let queue = folder.appendingPathComponent("queue")
        try EarlierSpool.copy(of: "format-3", to: queue)
        let file = queue.appendingPathComponent("summer/campaign.yaml")
        // What may change between launch and resume. The deferred letter was first tried longer ago than this.
        let yaml = try String(contentsOf: file, encoding: .utf8)
          .replacing("127.0.0.1:2525", with: "127.0.0.1:\(relay.port)").replacing(", limits: [7/h]", with: "")
          .replacing("schedule: 30m 1h*3 4h*6, give_up_after: 4d", with: "schedule: 1s, give_up_after: 2s")
        try Data(yaml.utf8).write(to: file)

        // Before it is converted, nothing can be read from it but that.
        let early = try await EilbriefProcess.run("status", "summer", queue: queue)
        #expect(early.errors.contains("written by an older version of eilbrief (format 3, this one wants 11)"))
        let check = try await EilbriefProcess.run("check", "summer", "--json", queue: queue)
        #expect(
          check.output.contains(
            "\"plan\" : \"sha256:d750d44dbac7c40dbf089edf9ef045ae7dbecae2e44b79a583b4d1867f3ab20e\""))

        let resume = try await EilbriefProcess.run("resume", "summer", queue: queue)
        #expect(resume.status == 1, "\(resume.output)\(resume.errors)")
        let settled = try await EilbriefProcess.run("resolve", "summer", "--assume-accepted", queue: queue)
        #expect(settled.status == 0, "\(settled.errors)")

        let status = try await EilbriefProcess.run("status", "summer", "--json", queue: queue)
        let document = try JSONDecoder().decode(CommandStatus.self, from: Data(status.output.utf8))
        #expect(document.state == "completed" && document.addsUp)
        // smtp-sink takes no international addresses.
        #expect(
          document.messages.filter { $0.value > 0 } == [
            "total": 18, "accepted": 12, "excluded": 4, "refused": 1, "expired": 1,
          ])
        #expect(try relay.recipients().count == 10)
        let verify = try await EilbriefProcess.run("receipts", "verify", "summer", queue: queue)
        #expect(verify.status == 0, "\(verify.output)\(verify.errors)")
        try await Self.expectCalls(queue)
      }
    }
  }

  /// The table, JSON and the scripts name the call that was planned and the letters that were not sent.
  private static func expectCalls(_ queue: URL) async throws {
    let report = try await EilbriefProcess.run("report", "summer", "calls", "--format", "json", queue: queue)
    let list = try JSONDecoder().decode([Call].self, from: Data(report.output.utf8))
    let calls = Dictionary(uniqueKeysWithValues: list.map { ($0.customer, $0) })
    #expect(list.map(\.customer) == ["1002", "1003", "1004", "1011", "1008", "1009"])
    let planned = "Anpassung des zentralen Posteingangs; Alarmanlage; zweite Leitung"
    let excluded = "no relay in use takes international addresses (SMTPUTF8)"
    let both = try #require(calls["1002"])
    #expect(both.causes.map(\.kind) == ["request", "excluded", "excluded"])
    #expect(both.causes.map(\.letter) == [nil, "password-change", "breach-notice"])
    #expect(both.causes.map(\.detail) == [planned, excluded, excluded])
    #expect(calls["1011"]?.causes.map(\.kind) == ["excluded", "excluded"])
    #expect(calls["1008"]?.causes.map(\.kind) == ["no_address", "request"])

    let table = try await EilbriefProcess.run("report", "summer", "calls", "--delimiter", "tab", queue: queue)
    let row = table.output.split(whereSeparator: \.isNewline).first { $0.hasPrefix("1002\t") }
    #expect(
      row?.contains(
        "\t\"\(planned); password-change: letter not sent: \(excluded); breach-notice: letter not sent: \(excluded)\"\t"
      )
        == true, "\(table.output)")

    let text = try await EilbriefProcess.run("report", "summer", "calls", "--format", "text", queue: queue)
    let pages = text.output.split(separator: "\u{C}")
    let page = try #require(pages.first { $0.contains("KUNDE 1002") })
    #expect(page.contains("Zu besprechen: Anpassung des zentralen Posteingangs;"))
    #expect(page.contains("Unser Brief password-change wurde zurückgehalten:"))
    #expect(page.contains("Unser Brief breach-notice wurde zurückgehalten:"))
    let html = try await EilbriefProcess.run("report", "summer", "calls", "--format", "html", queue: queue)
    #expect(html.output.contains("Zu besprechen: \(planned)"))
  }
}
