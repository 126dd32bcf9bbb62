import Foundation
import TestSupport
import Testing

/// The metrics of `eilbrief serve`, as Prometheus fetches and reads them.
@Suite(.serialized) struct MetricsTests {
  private typealias Request = ServedPage.Request

  private static let relay = ["name: main", "connections: 2", "limits: [5000/h]"]

  /// The value of the one sample whose line begins so.
  private static func value(_ series: String, in text: String) throws -> Double {
    let lines = text.split(separator: "\n").filter { $0.hasPrefix(series + " ") }
    #expect(lines.count == 1, "\(series): \(lines)")
    return try #require(lines.first.flatMap { Double($0.dropFirst(series.count + 1)) }, "\(series)\n\(text)")
  }

  @Test func aDeliveryIsMeasured() async throws {
    try await SinkRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let customers = GeneratedCustomer.customers(40, seed: 5)
        let campaign = try TestCampaign(
          in: queue, customers: customers, relay: Self.relay + ["url: \"smtp://127.0.0.1:\(relay.port)\"", "tls: none"])
        let launched = try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: queue)
        try #require(launched.status == 0, "\(launched.errors)")
        let letters = try relay.recipients().count
        let file = queue.appendingPathComponent("metrics.\(campaign.name).json")
        #expect(try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int == 0o600)
        _ = try TestCampaign(
          "winter", in: queue, customers: customers, relay: ["name: main", "url: \"smtp://127.0.0.1:1\""])
        try await ServedPage.with(queue) { page in
          let token = try ServedPage.secret("metrics-token", in: queue)
          let answer = try await page.ask(Request(path: "/metrics", headers: ["Authorization": "Bearer \(token)"]))
          #expect(answer.status == 200 && answer.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
          let text = answer.body
          func figure(_ series: String) throws -> Double { try Self.value("eilbrief_" + series, in: text) }
          #expect(try figure("letters{campaign=\"sommer\",relay=\"main\",state=\"accepted\"}") == Double(letters))
          #expect(try figure("letters{campaign=\"sommer\",relay=\"\",state=\"queued\"}") == 0)
          #expect(try figure("replies_total{campaign=\"sommer\",class=\"accepted\",relay=\"main\"}") == Double(letters))
          #expect(try figure("campaign_state{campaign=\"sommer\",state=\"completed\"}") == 1)
          #expect(try figure("campaign_state{campaign=\"winter\",state=\"draft\"}") == 1)
          #expect(
            try figure("relay_limit_left_letters{campaign=\"sommer\",limit=\"5000/h\",relay=\"main\"}")
              == Double(5000 - letters))
          let accepted = try figure("last_accepted_timestamp_seconds{campaign=\"sommer\",relay=\"main\"}")
          #expect(abs(accepted - Date().timeIntervalSince1970) < 600)
          #expect(try figure("campaigns_unreadable") == 0)
          for phase in ["letter", "claim", "connect", "mail", "rcpt", "data", "body", "reply", "commit"] {
            let relay = phase == "commit" ? "" : "main"
            let labels = "{campaign=\"sommer\",phase=\"\(phase)\",relay=\"\(relay)\"}"
            let count = try figure("phase_duration_seconds_count\(labels)")
            #expect(["connect", "commit"].contains(phase) ? count > 0 : count == Double(letters), "\(phase): \(count)")
            #expect(try figure("phase_duration_seconds_sum\(labels)") > 0)
          }
          try await Self.isSound(text, of: customers)
        }
      }
    }
  }

  /// Prometheus' own judge has nothing to say, and nothing of a customer is in it.
  private static func isSound(_ text: String, of customers: [GeneratedCustomer]) async throws {
    let judged = try await ChildProcess.run(
      "promtool", ["check", "metrics"], environment: ChildProcess.plainEnvironment, input: .bytes(Array(text.utf8)))
    #expect(judged.status == 0 && judged.output + judged.errors == "", "\(judged.output)\(judged.errors)")
    #expect(!text.contains("@"))
    for customer in customers {
      for word in [customer.company, customer.contact, customer.phone] where !word.isEmpty {
        #expect(!text.contains(word))
      }
    }
  }

  @Test func onlyWhoHasATokenReadsThem() async throws {
    try await TemporaryFolder.with { queue in
      try await ServedPage.with(queue) { page in
        let token = try ServedPage.secret("metrics-token", in: queue)
        let metrics = ["Authorization": "Bearer \(token)"]
        let cases: [(Request, Int)] = [
          (Request(path: "/metrics", headers: metrics), 200),
          (Request(path: "/metrics", headers: ["Cookie": page.cookie]), 200),
          (Request(path: "/metrics", headers: ["authorization": "bearer \(page.token)"]), 200),
          (Request(method: "HEAD", path: "/metrics", headers: metrics), 200),
          (Request(headers: ["Authorization": "Bearer \(page.token)"]), 200),
          // The metrics' token opens nothing else.
          (Request(headers: metrics), 401), (Request(path: "/campaigns/sommer", headers: metrics), 401),
          (Request(headers: ["Cookie": "eilbrief-PORT=\(token)"]), 401),
          (Request(path: "/metrics"), 401), (Request(path: "/metrics", headers: ["Authorization": token]), 401),
          (Request(path: "/metrics", headers: ["Authorization": "Basic \(token)"]), 401),
          (Request(path: "/metrics", headers: ["Authorization": "Bearer \(String(token.dropLast()))"]), 401),
          (Request(path: "/metrics?token=\(token)"), 401),
          (Request(path: "/metrics", headers: metrics.merging(["Host": "evil.example:PORT"]) { $1 }), 421),
          (Request(method: "POST", path: "/metrics", headers: metrics), 403),
          (
            Request(
              method: "POST", path: "/metrics", headers: metrics.merging(["Origin": "http://127.0.0.1:PORT"]) { $1 }),
            404
          ),
        ]
        for (request, answer) in zip(cases, try await page.ask(cases.map(\.0))) {
          #expect(
            answer.status == request.1, "\(request.0.method) \(request.0.path) \(request.0.headers): \(answer.body)")
          #expect(!answer.body.contains(token))
          let challenge = answer.header("www-authenticate")
          #expect(challenge == (answer.status == 401 ? "Bearer realm=\"eilbrief\"" : nil), "\(request.0.path)")
        }
      }
    }
  }

  /// A real Prometheus with the configuration of docs/monitoring.md.
  @Test func prometheusFetchesThem() async throws {
    try await TemporaryFolder.with { queue in
      _ = try TestCampaign(
        in: queue, customers: GeneratedCustomer.customers(3, seed: 3),
        relay: ["name: main", "url: \"smtp://127.0.0.1:1\""])
      try await ServedPage.with(queue) { page in
        let port = try PostfixRelay.freePorts().0
        let document = try String(contentsOf: PackageRoot.file("docs/monitoring.md"), encoding: .utf8)
        let block = try #require(document.firstMatch(of: /```yaml\n(scrape_configs:[^`]+)```/)?.1)
        let configuration =
          "global: {scrape_interval: 1s}\n"
          + block.replacing("127.0.0.1:8420", with: "127.0.0.1:\(page.port)")
          .replacing("/etc/prometheus/eilbrief-token", with: queue.appendingPathComponent("metrics-token").path)
        let folder = queue.appendingPathComponent("prometheus")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        let file = folder.appendingPathComponent("prometheus.yml")
        try Data(configuration.utf8).write(to: file)
        let prometheus = try ChildProcess(
          "prometheus",
          [
            "--config.file=\(file.path)", "--storage.tsdb.path=\(folder.path)/data",
            "--web.listen-address=127.0.0.1:\(port)",
          ], environment: ChildProcess.plainEnvironment)
        try await prometheus.running {
          let asked = "http://127.0.0.1:\(port)/api/v1/query?query=eilbrief_campaign_state%3D%3D1"
          try await eventually("Prometheus has them: \(prometheus.errorsSoFar.suffix(2000))") {
            let answer = try? await ChildProcess.run("curl", ["-s", asked], environment: ChildProcess.plainEnvironment)
            return answer?.output.contains("\"state\":\"draft\"") ?? false
          }
          prometheus.send(SIGTERM)
          _ = await prometheus.outcome()
        }
      }
    }
  }

  @Test func theAlertRulesDoWhatTheySay() async throws {
    let rules = PackageRoot.file("docs/monitoring/alerts.yaml").path
    let tests = PackageRoot.file("docs/monitoring/alerts-test.yaml").path
    for words in [["check", "rules", rules], ["test", "rules", tests]] {
      let judged = try await ChildProcess.run("promtool", words, environment: ChildProcess.plainEnvironment)
      #expect(judged.status == 0, "\(judged.output)\(judged.errors)")
    }
  }
}
