import Foundation
import Receipts
import TestSupport
import Testing

/// The status page, as a browser and as a stranger see it.
@Suite(.serialized) struct ServeTests {
  private typealias Request = ServedPage.Request

  // MARK: Strangers

  /// One fault each; the same without it is answered.
  @Test func strangersAreRefused() async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try TestCampaign(
        in: queue, customers: GeneratedCustomer.customers(3, seed: 3), encoding: .utf8,
        relay: ["name: main", "url: \"smtp://127.0.0.1:1\"", "tls: none"])
      try await ServedPage.with(queue) { page in
        let cookie = ["Cookie": page.cookie]
        let origin = ["Origin": "http://127.0.0.1:PORT", "Content-Type": "application/x-www-form-urlencoded"]
        let own = cookie.merging(origin) { $1 }
        let path = "/campaigns/\(campaign.name)"
        func with(_ more: [String: String], _ all: [String: String]) -> [String: String] { all.merging(more) { $1 } }
        let cases: [(Request, Int)] = [
          (Request(headers: cookie), 200), (Request(method: "HEAD", headers: cookie), 200),
          (Request(path: path, headers: cookie), 200),
          (Request(method: "POST", path: "\(path)/pause", headers: own), 303),
          (Request(method: "POST", path: "/login", headers: origin, body: "token=\(page.token)"), 303),
          // No token, a wrong one, one of another length, in another place.
          (Request(), 401), (Request(path: path), 401), (Request(path: "/nothing"), 401),
          (Request(headers: ["Cookie": "eilbrief-PORT=\(String(repeating: "0", count: 64))"]), 401),
          (Request(headers: ["Cookie": "eilbrief-PORT=\(page.token)"]), 401),
          (Request(headers: ["Cookie": "eilbrief-PORT="]), 401),
          (Request(path: "/?token=\(page.token)"), 401), (Request(headers: ["Authorization": page.token]), 401),
          (Request(method: "POST", path: "\(path)/pause", headers: origin), 401),
          (Request(method: "POST", path: "/login", headers: origin, body: "token=wrong"), 401),
          // Another host: DNS rebinding.
          (Request(headers: with(["Host": "evil.example:PORT"], cookie)), 421),
          (Request(headers: with(["Host": "127.0.0.1"], cookie)), 421),
          (Request(headers: with(["Host": "127.0.0.1.evil.example:PORT"], cookie)), 421),
          (Request(headers: with(["Host": "localhost:PORT"], cookie)), 200),
          // Another origin, or none: a form on somebody else's page.
          (
            Request(method: "POST", path: "\(path)/cancel", headers: with(["Origin": "https://evil.example"], own)), 403
          ),
          (Request(method: "POST", path: "\(path)/cancel", headers: with(["Origin": "null"], own)), 403),
          (Request(method: "POST", path: "\(path)/cancel", headers: cookie), 403),
          (Request(method: "POST", path: "\(path)/cancel", headers: with(["Sec-Fetch-Site": "cross-site"], own)), 403),
          (Request(method: "POST", path: "/login", body: "token=\(page.token)"), 403),
          // Nothing is changed by GET, and by no other method.
          (Request(path: "\(path)/pause", headers: cookie), 404),
          (Request(path: "\(path)/cancel", headers: cookie), 404),
          (Request(method: "PUT", path: "\(path)/pause", headers: own), 405),
          (Request(method: "DELETE", path: path, headers: own), 405),
          // Out of the queue folder.
          (Request(path: "/campaigns/../page-token", headers: cookie), 404),
          (Request(path: "/campaigns/%2e%2e/page-token", headers: cookie), 404),
          (Request(path: "/campaigns/..%2f..%2fetc", headers: cookie), 404),
          (Request(path: "/campaigns/keys", headers: cookie), 404),
          (Request(path: "/page-token", headers: cookie), 404),
          (Request(path: "/..%00/", headers: cookie), 404), (Request(path: "//", headers: cookie), 404),
          // Bodies and heads that no form has.
          (
            Request(method: "POST", path: "\(path)/pause", headers: own, body: String(repeating: "a", count: 20_000)),
            413
          ),
          (
            Request(method: "POST", path: "\(path)/pause", headers: with(["Content-Type": "application/json"], own)),
            400
          ),
          (Request(method: "POST", path: "\(path)/calls", headers: own, body: "customer=%ff"), 400),
          (Request(method: "POST", path: "\(path)/uncertain", headers: own, body: "customer=1&customer=2"), 400),
        ]
        for (request, answer) in zip(cases, try await page.ask(cases.map(\.0))) {
          #expect(
            answer.status == request.1, "\(request.0.method) \(request.0.path) \(request.0.headers): \(answer.body)")
          #expect(!answer.body.contains(page.token) && answer.header("location")?.contains(page.token) != true)
        }
        let long = try await page.ask(
          Request(headers: with(["X-Long": String(repeating: "a", count: 20_000)], cookie)))
        #expect(long.status != 200)
        // A client that sends a byte now and then.
        let slow = try await page.ask(
          Request(
            method: "POST", path: "/login", headers: origin, body: "token=" + String(repeating: "0", count: 40),
            drip: true))
        #expect([0, -1].contains(slow.status) && slow.body != "still open", "\(slow.body)")
      }
    }
  }

  /// The passive rules of OWASP ZAP that a page of this kind can break, by their numbers.
  @Test func headersAreThoseOfACarefulPage() async throws {
    try await TemporaryFolder.with { queue in
      try await ServedPage.with(queue) { page in
        let cookie = ["Cookie": page.cookie]
        let origin = ["Origin": "http://127.0.0.1:PORT", "Content-Type": "application/x-www-form-urlencoded"]
        let login = try await page.ask(
          Request(method: "POST", path: "/login", headers: origin, body: "token=\(page.token)"))
        let set = try #require(login.header("set-cookie"))
        // 10010 HttpOnly, 10054 SameSite, 10011 Secure: only where there is TLS.
        #expect(set.contains("; HttpOnly") && set.contains("; SameSite=Strict") && set.contains("; Path=/"))
        #expect(!set.contains("; Secure"))
        for path in ["/", "/nothing", "/login", "/style.css", "/live.js", "/icon.svg"] {
          for headers in [cookie, [:]] {
            let answer = try await page.ask(Request(path: path, headers: headers))
            // 10038 and 10055: a policy, without “unsafe-…”, wildcards or data:, that names what does not fall back.
            let policy = try #require(answer.header("content-security-policy"), "\(path)")
            for word in ["unsafe", "*", "data:", "http:"] { #expect(!policy.contains(word), "\(policy)") }
            for rule in ["default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"] {
              #expect(policy.contains(rule))
            }
            #expect(answer.header("x-frame-options") == "DENY")  // 10020
            #expect(answer.header("x-content-type-options") == "nosniff")  // 10021
            #expect(answer.header("cache-control") == "no-store")  // 10015, 10049
            #expect(answer.header("permissions-policy") != nil)  // 10063
            #expect(answer.header("cross-origin-opener-policy") == "same-origin")  // 90004
            #expect(answer.header("cross-origin-resource-policy") == "same-origin")
            #expect(answer.header("cross-origin-embedder-policy") == "require-corp")
            #expect(answer.header("referrer-policy") == "same-origin")
            // 10036, 10037: nothing tells what is served by what.
            #expect(answer.header("server") == nil && answer.header("x-powered-by") == nil)
            // 10019 and 90011: a type, and for text its charset.
            #expect(answer.header("content-type")?.contains("charset=utf-8") == true || path == "/icon.svg")
            // 10017 scripts of others, 10027 comments, 10024 secrets in addresses.
            #expect(!answer.body.contains("//cdn") && !answer.body.contains("<!--") && !answer.body.contains("?token"))
          }
        }
      }
      try await ServedPage.with(queue, ["--public-url", "https://status.kanzlei-it.example"]) { page in
        let proxied = ["Host": "status.kanzlei-it.example", "Origin": "https://status.kanzlei-it.example"]
        let login = try await page.ask(
          Request(
            method: "POST", path: "/login",
            headers: proxied.merging(["Content-Type": "application/x-www-form-urlencoded"]) { $1 },
            body: "token=\(page.token)"))
        #expect(login.status == 303 && login.header("set-cookie")?.contains("; Secure") == true)
        #expect(login.header("location") == "/")
      }
    }
  }

  /// What customers, notes and searches say is text on every page.
  @Test func wordsOfOthersAreText() async throws {
    let evil = "<script src=//x.example></script>\"'&"
    try await SinkRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let customers = [("K\"1", "imap"), ("K<2", "central-inbox")].map { id, access in
          GeneratedCustomer(
            id: id, company: "Kanzlei \(evil)", salutation: "Frau", title: "", firstName: "Zoë", lastName: "Weber",
            language: "de", contact: "a@kanzlei-a.example", phone: "09999 \(evil)",
            mailboxes: [.init(address: "post@kanzlei-a.example", access: access)])
        }
        let campaign = try TestCampaign(
          in: queue, customers: customers, encoding: .utf8,
          relay: ["name: main", "url: \"smtp://127.0.0.1:\(relay.port)\"", "tls: none"])
        let launched = try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: queue)
        try #require(launched.status == 0, "\(launched.errors)")
        try await ServedPage.with(queue) { page in
          let path = "/campaigns/\(campaign.name)"
          let own = [
            "Cookie": page.cookie, "Origin": "http://127.0.0.1:PORT",
            "Content-Type": "application/x-www-form-urlencoded",
          ]
          let call = "customer=K%3C2&by=Karla+Test&note=%3Cscript%3E&from=0"
          let search = "?q=%3Cscript%3E%22%27"
          let answers = try await page.ask(
            [
              Request(path: path, headers: own), Request(path: "\(path)/customers", headers: own),
              Request(path: "\(path)/customers\(search)", headers: own),
              Request(path: "\(path)/customer?id=K%221", headers: own),
              Request(path: "\(path)/customer?id=%3Cscript%3E", headers: own),
              Request(method: "POST", path: "\(path)/calls", headers: own, body: call + "&act=take"),
              Request(
                path: "\(path)/calls", headers: own.merging(["Cookie": "\(page.cookie); caller=Karla%20Test"]) { $1 }),
              Request(method: "POST", path: "\(path)/calls", headers: own, body: call + "&act=done&outcome=no-answer"),
              Request(path: "\(path)/calls?report=1", headers: own),
              Request(
                method: "POST", path: "\(path)/calls", headers: own, body: call + "&act=done&outcome=%3Cscript%3E"),
            ])
          #expect(answers.map(\.status) == [200, 200, 200, 200, 409, 303, 200, 303, 200, 400])
          for answer in answers {
            #expect(!answer.body.replacing("<script src=\"/live.js\" defer></script>", with: "").contains("<script"))
          }
          for number in [2, 6, 8] {
            #expect(answers[number].body.contains("&lt;script"), "\(number): \(answers[number].body)")
          }
          // The whole of a caller's dialogue was there.
          #expect(answers[6].body.contains("name=\"outcome\"") && answers[8].body.contains("K&lt;2"))
          #expect(answers[8].body.contains("is recorded"), "\(answers[8].body)")
        }
        try await Self.receiptsAreSound(campaign)
      }
    }
  }

  private static func receiptsAreSound(_ campaign: TestCampaign) async throws {
    let verified = try await EilbriefProcess.run("receipts", "verify", campaign.name, queue: campaign.queue)
    #expect(verified.status == 0 && verified.output.contains("1 no answer"), "\(verified.output)\(verified.errors)")
  }

  @Test func whatCannotBeServedIsSaid() async throws {
    try await TemporaryFolder.with { queue in
      try await ServedPage.with(queue) { page in
        let second = try await EilbriefProcess.run("serve", "--port", "\(page.port)", queue: queue)
        #expect(
          second.status == 75 && second.errors.contains("port \(page.port) of 127.0.0.1 is taken"), "\(second.errors)")
      }
      let nowhere = try await EilbriefProcess.run(
        "serve", "--port", "0", queue: queue.appendingPathComponent("nothing"))
      #expect(nowhere.status == 64 && nowhere.errors.contains("is no queue folder"), "\(nowhere.errors)")
      for wrong in [
        "status.example", "ftp://status.example", "https://status.example/path", "https://a@status.example",
      ] {
        let outcome = try await EilbriefProcess.run("serve", "--public-url", wrong, queue: queue)
        #expect(outcome.status == 64, "\(wrong): \(outcome.output)")
      }
      try Data("short\n".utf8).write(to: queue.appendingPathComponent("page-token"))
      let damaged = try await EilbriefProcess.run("serve", "--port", "0", queue: queue)
      #expect(damaged.status == 73 && damaged.errors.contains("page-token"), "\(damaged.errors)")
    }
  }

  // MARK: The operator

  private struct Verdict: Decodable {
    let wrong: [String]
    let seen: [String: Seen]

    enum Seen: Decodable {
      case text(String)
      case numbers([Int])

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
          self = .text(text)
        } else if let number = try? container.decode(Int.self) {
          self = .numbers([number])
        } else {
          self = .numbers(try container.decode([Int].self))
        }
      }
    }

    func text(_ name: String) -> String { if case .text(let text) = seen[name] { text } else { "" } }
    func numbers(_ name: String) -> [Int] { if case .numbers(let numbers) = seen[name] { numbers } else { [] } }
  }

  @Test func theOperatorFollowsAndActs() async throws {
    let axe = PackageRoot.file(".build/axe/axe.min.js")
    try #require(FileManager.default.fileExists(atPath: axe.path), "axe-core is missing: run `make setup-test`")
    try await WorkerScene.with(faults: "slow 85% 300ms, unknown 10%, lost-reply 5%") { scene in
      let customers = GeneratedCustomer.customers(1_000, seed: 17, everyoneGetsALetter: false)
      let campaign = try TestCampaign("sommer", in: scene.queue, customers: customers, relay: scene.relay)
      try await scene.run("launch", campaign.name, "--yes", "--detach", "--without-rejected")
      let customer = try #require(customers.last { $0.outcome == .letter })
      try await EilbriefProcess.running("worker", queue: scene.queue) { worker in
        try await eventually("it is at work: \(worker.errorsSoFar)") { scene.recipients.count > 4 }
        let verdict = try await ServedPage.with(scene.queue) { page in
          let judge = try #require(
            Bundle.module.url(forResource: "drive_page", withExtension: "py", subdirectory: "Judges"))
          var environment = ChildProcess.plainEnvironment
          environment["PICTURES"] = ProcessInfo.processInfo.environment["EILBRIEF_PICTURES"]
          let outcome = try await ChildProcess.run(
            "/usr/bin/python3",
            [judge.path, "http://127.0.0.1:\(page.port)", page.token, axe.path, campaign.name, customer.id],
            environment: environment)
          try #require(outcome.status == 0, "\(outcome.errors)")
          return try JSONDecoder().decode(Verdict.self, from: Data(outcome.output.utf8))
        }
        #expect(verdict.wrong == [])
        #expect(verdict.text("wrong token") == "Das ist nicht das Token.")
        #expect(verdict.text("campaigns").contains("läuft"))
        let alive = verdict.numbers("alive")
        #expect(alive.count == 2 && alive[1] > alive[0])
        #expect(verdict.text("pause").contains("sommer is paused") && verdict.text("pause").contains("angehalten"))
        #expect(verdict.text("found").contains(customer.id) && verdict.text("customer").contains(customer.contact))
        #expect(verdict.text("taken").contains("Karla Test ruft an, bis"))
        #expect(!verdict.text("script").isEmpty)
        #expect(verdict.text("recorded").contains("reached, is recorded"))
        #expect(verdict.text("resume").contains("Handed over to the worker"), "\(verdict.text("resume"))")
        #expect(verdict.text("english").contains("letters accepted"))
      }
      let list = try await scene.run("calls", "list", campaign.name, "--all", "--brief")
      #expect(list.output.contains("by Karla Test: ruft an"), "\(list.output)")
      try await scene.run("receipts", "verify", campaign.name)
    }
  }
}
