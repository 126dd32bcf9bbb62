import Foundation
import TestSupport
import Testing

/// A campaign of two letters that asks for two approvals, and what an operator types about it.
struct ReleaseScene: Sendable {
  let bad: RefusedLaunch
  var campaign: TestCampaign { bad.campaign }
  var name: String { campaign.name }
  var queue: URL { campaign.queue }
  var approvals: URL { campaign.folder.appendingPathComponent("approvals.jsonl") }

  static func with(_ body: (ReleaseScene) async throws -> Void) async throws {
    try await RefusedLaunch.with { bad in try await body(ReleaseScene(bad)) }
  }

  init(_ bad: RefusedLaunch) throws {
    self.bad = bad
    try bad.campaign.write(yaml: bad.campaign.yaml() + "release: two\n")
  }

  func run(_ verb: String, _ more: String...) async throws -> ChildProcess.Outcome {
    try await run([verb, name] + more)
  }

  func run(_ words: [String], environment: [String: String] = [:]) async throws -> ChildProcess.Outcome {
    var whole = ChildProcess.plainEnvironment
    whole["EILBRIEF_QUEUE"] = queue.path
    whole.merge(environment) { $1 }
    return try await ChildProcess.run(try EilbriefProcess.executable().path, words, environment: whole)
  }

  @discardableResult
  func approve(_ person: String, _ more: String...) async throws -> ChildProcess.Outcome {
    let outcome = try await run(["approve", name, "--as", person, "--yes"] + more)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome
  }

  struct Report: Decodable {
    struct Release: Decodable {
      struct Line: Decodable {
        var name: String
        var standing: String
        var reason: String?
      }
      var needed: Int
      var released: Bool
      var approvals: [Line]
    }
    var release: Release?
    var blockers: [String]
  }

  /// What `check` says of the release.
  func check() async throws -> Report {
    let outcome = try await run("check", "--json")
    return try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
  }

  func lines() throws -> [String] {
    try String(contentsOf: approvals, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  /// The launch is refused with 75, and nothing has begun.
  func expectNotReleased(_ words: String..., at location: SourceLocation = #_sourceLocation) async throws {
    let launch = try await run("launch", "--yes")
    #expect(launch.status == 75 && launch.output == "", "\(launch.output)", sourceLocation: location)
    #expect(launch.errors.hasPrefix("eilbrief: \(name) is not released: "), sourceLocation: location)
    for text in words { #expect(launch.errors.contains(text), "\(launch.errors)", sourceLocation: location) }
    #expect(try bad.relay.recipients() == [], sourceLocation: location)
    for left in [queue.appendingPathComponent("queue.sqlite"), campaign.folder.appendingPathComponent("receipts")] {
      #expect(!FileManager.default.fileExists(atPath: left.path), sourceLocation: location)
    }
    let check = try await check()
    #expect(check.release?.released == false, sourceLocation: location)
    #expect(check.blockers.contains { $0.hasPrefix("“release: two” asks for two approvals") }, sourceLocation: location)
  }
}
