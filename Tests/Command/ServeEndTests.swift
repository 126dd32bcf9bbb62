import Foundation
import TestSupport
import Testing

/// How `eilbrief serve` begins and ends, as a service manager sees it.
@Suite(.serialized) struct ServeEndTests {
  /// Holds a connection open while `body` runs.
  private static func holding(
    _ kind: String, _ path: String, of page: ServedPage, _ body: @Sendable () async throws -> Void
  ) async throws {
    let judge = try #require(Bundle.module.url(forResource: "hold_page", withExtension: "py", subdirectory: "Judges"))
    let holder = try ChildProcess(
      "/usr/bin/python3", [judge.path, "\(page.port)", page.cookie, path, kind],
      environment: ChildProcess.plainEnvironment, input: .heldOpen)
    try await holder.running {
      try await eventually("it is open: \(holder.errorsSoFar)") { holder.outputSoFar.contains("open") }
      try await body()
    }
  }

  /// Neither one who watches nor one who reads nothing keeps it from ending.
  @Test(arguments: ["stream", "stalled"]) func itEndsWhoeverHasAPageOpen(_ kind: String) async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try TestCampaign(
        in: queue, customers: GeneratedCustomer.customers(3, seed: 3),
        relay: ["name: main", "url: \"smtp://127.0.0.1:1\""])
      try await ServedPage.with(queue) { page in
        try await Self.holding(kind, kind == "stream" ? "/campaigns/\(campaign.name)/events" : "/style.css", of: page) {
          // One who watches is told that it is over. For one who reads nothing it is ten seconds and five to give up, long
          // before a service manager kills it, and before the connection would be closed anyway.
          let outcome = try await page.process.outcome(of: SIGTERM, before: kind == "stream" ? 9 : 22)
          #expect(outcome.status == 0)
        }
      }
    }
  }

  @Test func theServiceManagerIsTold() async throws {
    try await TemporaryFolder.with { queue in
      let socket = try NotifySocket(queue.appendingPathComponent("notify").path)
      try await ServedPage.with(queue, environment: ["NOTIFY_SOCKET": socket.name]) { page in
        try await eventually("it is ready") { socket.messages.contains("READY=1") }
        #expect(socket.messages.contains("STATUS=Serves the status page at 127.0.0.1:\(page.port)."))
        page.process.send(SIGTERM)
        _ = await page.process.outcome()
        #expect(socket.messages.last == "STOPPING=1\nSTATUS=Stopping: open pages are closed.")
      }
    }
  }

  /// Whoever asks for the head alone of the events gets it, and nobody is watched for.
  @Test func theHeadOfTheEventsEnds() async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try TestCampaign(
        in: queue, customers: GeneratedCustomer.customers(3, seed: 3),
        relay: ["name: main", "url: \"smtp://127.0.0.1:1\""])
      try await ServedPage.with(queue) { page in
        let path = "/campaigns/\(campaign.name)/events"
        let head = try await page.ask(.init(method: "HEAD", path: path, headers: ["Cookie": page.cookie]))
        #expect(head.status == 200 && head.body == "" && head.header("content-type") == "text/event-stream")
      }
    }
  }
}
