import Foundation
import TestSupport
import Testing

/// A running `eilbrief serve`, and a browser that has shown it the token.
struct ServedPage: Sendable {
  let port: Int
  let queue: URL
  let token: String
  let process: ChildProcess
  /// What a browser has after it has shown the token.
  private(set) var cookie = ""

  /// A request as it is written; `PORT` in a header is the page's.
  struct Request: Encodable {
    var method = "GET"
    var path = "/"
    var headers: [String: String] = [:]
    var body = ""
    /// Sends a byte of the body each second.
    var drip = false
  }

  struct Answer: Decodable {
    let status: Int
    let headers: [[String]]
    let body: String
    let seconds: Double

    func header(_ name: String) -> String? { headers.first { $0[0] == name }?[1] }
  }

  /// Serves the queue folder, and stops it afterwards, which must end well.
  static func with<Value: Sendable>(
    _ queue: URL, _ words: [String] = [], environment: [String: String] = [:],
    _ body: @Sendable (ServedPage) async throws -> Value
  ) async throws -> Value {
    let served = try ChildProcess(
      try EilbriefProcess.executable().path, ["serve", "--port", "0", "--queue", queue.path] + words,
      environment: ChildProcess.plainEnvironment.merging(environment) { $1 })
    return try await served.running {
      try await eventually("it serves: \(served.errorsSoFar)") { served.outputSoFar.contains("the token is in") }
      let port = try #require(served.outputSoFar.firstMatch(of: /127\.0\.0\.1:(\d+)/).flatMap { Int($0.1) })
      let token = try Self.secret("page-token", in: queue)
      #expect(!served.outputSoFar.contains(token))
      var page = ServedPage(port: port, queue: queue, token: token, process: served)
      let origin = ["Origin": "http://127.0.0.1:PORT", "Content-Type": "application/x-www-form-urlencoded"]
      let login = try await page.ask(
        Request(method: "POST", path: "/login", headers: origin, body: "token=\(token)"))
      page.cookie = String(try #require(login.header("set-cookie")?.prefix { $0 != ";" }))
      #expect(page.cookie.hasPrefix("eilbrief-\(port)=") && !page.cookie.contains(token))
      let value = try await body(page)
      served.send(SIGTERM)
      let outcome = await served.outcome()
      #expect(outcome.status == 0 && outcome.errors == "", "\(outcome.ending): \(outcome.errors)")
      return value
    }
  }

  /// A token from its file, which only its owner may read.
  static func secret(_ name: String, in queue: URL) throws -> String {
    let file = queue.appendingPathComponent(name)
    #expect(try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int == 0o600)
    return try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .newlines)
  }

  func ask(_ requests: [Request]) async throws -> [Answer] {
    let judge = try #require(Bundle.module.url(forResource: "ask_page", withExtension: "py", subdirectory: "Judges"))
    let outcome = try await ChildProcess.run(
      "/usr/bin/python3", [judge.path, "\(port)"], environment: ChildProcess.plainEnvironment,
      input: .bytes(Array(try JSONEncoder().encode(requests))))
    return try JSONDecoder().decode([Answer].self, from: Data(outcome.output.utf8))
  }

  func ask(_ request: Request) async throws -> Answer { try #require(try await ask([request]).first) }
}
