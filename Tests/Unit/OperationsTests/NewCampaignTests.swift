import Campaigns
import Delivery
import DeliverySupport
import Foundation
import Mail
import Reports
import TestSupport
import Testing

@testable import Operations

/// What a campaign begins with: its name, its folder, its key.
@Suite struct NewCampaignTests {
  private func modes(_ folder: URL) throws -> Set<Int> {
    let names = try #require(FileManager.default.enumerator(atPath: folder.path)).compactMap { $0 as? String }
    return Set(
      try names.compactMap {
        try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\($0)")[.posixPermissions] as? Int
      })
  }

  @Test func nameFitsAFolder() throws {
    for name in ["sommer", "A-b_9", String(repeating: "x", count: 64)] {
      #expect(CampaignLocation.isName(name))
      let location = try CampaignLocation(name: name, queue: URL(fileURLWithPath: "/queue"))
      #expect(location.folder.path == "/queue/\(name)" && location.templates.path == "/queue/\(name)/templates")
      #expect(location.inQueue(URL(fileURLWithPath: "/other")).folder.path == "/other/\(name)")
    }
    for name in ["", "keys", "..", "a/b", "a b", "größe", "a.b", String(repeating: "x", count: 65)] {
      let error = #expect(throws: OperatorError.self) {
        try CampaignLocation(name: name, queue: URL(fileURLWithPath: "/queue"))
      }
      #expect(error?.kind == .usage)
    }
  }

  @Test func scaffoldIsACampaignThatPassesItsCheck() async throws {
    let scene = try Scene(.accept)
    let location = try CampaignLocation(name: "neu", queue: scene.folder.url)
    try CampaignScaffold.make(location, scene.dependencies)
    let report = try await CheckReport.make(location, online: nil, scene.dependencies)
    #expect(report.isFit && !report.usesBundledTemplates && report.plan.counts.letter > 0 && !report.deadline.isPast)
    #expect(try modes(location.folder) == [0o600, 0o700])
  }

  @Test func scaffoldOverwritesNothing() throws {
    let scene = try Scene(.accept)
    let before = try scene.files.yaml()
    let error = #expect(throws: OperatorError.self) { try CampaignScaffold.make(scene.location, scene.dependencies) }
    #expect(try error?.kind == .cannotWrite && scene.files.yaml() == before)
    let file = try scene.folder.write("".utf8, to: "file")
    let impossible = try CampaignLocation(name: "neu", queue: file)
    let other = #expect(throws: OperatorError.self) { try CampaignScaffold.make(impossible, scene.dependencies) }
    #expect(other?.kind == .cannotWrite)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scene.folder.url.path).sorted() == ["file", "sommer"])
  }

  @Test(arguments: [
    ("2026-11-23T11:59:00Z", "2026-11-23T16:00:00Z"), ("2026-11-23T12:00:00Z", "2026-11-23T16:00:00Z"),
    ("2026-11-23T12:01:00Z", "2026-11-24T16:00:00Z"), ("2026-11-23T23:00:00Z", "2026-11-24T16:00:00Z"),
  ])
  func deadlineIsAWorkingDaysEndFourHoursAway(_ now: String, _ deadline: String) throws {
    let (now, deadline) = (try Date(now, strategy: .iso8601), try Date(deadline, strategy: .iso8601))
    #expect(CampaignScaffold.deadline(after: now, in: .gmt) == deadline)
    let zone = try #require(TimeZone(secondsFromGMT: 3600))
    #expect(
      CampaignScaffold.deadline(after: now.addingTimeInterval(-3600), in: zone) == deadline.addingTimeInterval(-3600))
  }

  @Test(arguments: DKIMKey.Algorithm.allCases)
  func keyIsPrivateAndOverwritesNothing(_ algorithm: DKIMKey.Algorithm) throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appendingPathComponent("key.pem")
    let (domain, selector) = (try Domain("kanzlei-it.example"), try #require(DKIMSelector("a")))
    let made = try DKIMKeyMaking(algorithm, domain: domain, selector: selector, file: file)
    let pem = try Array(Data(contentsOf: file))
    let key = try DKIMKey(pem: pem)
    #expect(key.algorithm == algorithm && made.record == DKIMRecord(domain: domain, selector: selector, key: key))
    #expect(try modes(folder.url) == [0o600])
    let error = #expect(throws: OperatorError.self) {
      try DKIMKeyMaking(algorithm, domain: domain, selector: selector, file: file)
    }
    #expect(try error?.kind == .cannotWrite && Array(Data(contentsOf: file)) == pem)
    // Not through a link that leads nowhere yet, either.
    let link = folder.url.appendingPathComponent("link.pem")
    try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "/tmp/nowhere.pem")
    #expect(throws: OperatorError.self) {
      try DKIMKeyMaking(algorithm, domain: domain, selector: selector, file: link)
    }
  }
}
