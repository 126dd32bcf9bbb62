import Foundation
import TestSupport
import Testing

@testable import Campaigns

/// The campaign file of a campaign that follows another one.
@Suite struct FollowingFileTests {
  /// The followed campaign, from `good-campaign.yaml` with changes.
  private static func campaign(
    in queue: URL, _ changes: [(String, String)] = [], ends: String = "\n"
  ) throws -> Campaign {
    var text = try String(
      contentsOf: PackageRoot.file("Tests/Unit/CampaignsTests/good-campaign.yaml"), encoding: .utf8)
    for (old, new) in changes {
      #expect(text.contains(old))
      text = text.replacing(old, with: new)
    }
    let folder = queue.appending(path: "sommer", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(text.replacing("\n", with: ends).utf8).write(to: folder.appending(path: "campaign.yaml"))
    return try CampaignFile.read(folder: folder)
  }

  private static func following(_ campaign: Campaign, in queue: URL) throws -> (text: String?, folder: URL) {
    let folder = queue.appending(path: "herbst", directoryHint: .isDirectory)
    let segments = campaign.segments.mapValues { segment in
      guard case .letter(_, let incoming, let outgoing) = segment else { return segment }
      return Segment.letter(template: "reminder", incoming: incoming, outgoing: outgoing)
    }
    let file = FollowingFile(
      Following(campaign: "sommer", as: .reminder),
      customers: CustomerSource(
        file: folder.standardizedFileURL.appending(path: "customers.csv"), language: campaign.customers.language,
        columns: [.id: "id", .contact: "contact", .mailbox: "mailbox", .access: "access"]),
      segments: segments, letters: [],
      deadline: try #require(LocalDateTime("2026-12-01T16:00:00+01:00")))
    return (try file.text(after: campaign, in: folder), folder)
  }

  private static func read(_ text: String?, in folder: URL) throws -> Campaign {
    try CampaignFile.parse(Array(try #require(text).utf8), folder: folder.standardizedFileURL)
  }

  @Test(arguments: ["\n", "\r\n"]) func theRestIsWordForWord(_ ends: String) throws {
    let queue = try TemporaryFolder()
    let campaign = try Self.campaign(in: queue.url, ends: ends)
    let (text, folder) = try Self.following(campaign, in: queue.url)
    let made = try Self.read(text, in: folder)
    #expect(made.follows == Following(campaign: "sommer", as: .reminder) && campaign.follows == nil)
    #expect(made.name == "herbst" && made.customers.file.lastPathComponent == "customers.csv")
    #expect(made.segments.values.compactMap(\.letter).allSatisfy { $0 == "reminder" })
    #expect(made.incident == campaign.incident && made.sender == campaign.sender && made.relays == campaign.relays)
    #expect("\(made.deadline)" == "2026-12-01T16:00:00+01:00")
  }

  /// Secrets and keys stay where they are.
  @Test func pathsLeadToTheFollowedCampaign() throws {
    let queue = try TemporaryFolder()
    let paths = ["relay.password", "\"my relay.password\"", "'keys/a, b.txt'", "/etc/eilbrief/password"]
    for path in paths {
      let campaign = try Self.campaign(
        in: queue.url,
        [("password_file: relay-password", "password_file: \(path)")])
      let (text, folder) = try Self.following(campaign, in: queue.url)
      let made = try Self.read(text, in: folder)
      #expect(made.relays == campaign.relays, "\(path)")
    }
    let signing = try Self.campaign(
      in: queue.url,
      [
        (
          "uncertain: hold",
          "uncertain: hold\ndkim:\n  domain: kanzlei-it.example\n  selector: a\n  rsa_key_file:   dkim-rsa.pem   # ours\n"
        )
      ])
    let (text, folder) = try Self.following(signing, in: queue.url)
    #expect(try Self.read(text, in: folder).dkim == signing.dkim)
  }

  @Test func unusualPortsReasonsAndOrders() throws {
    let queue = try TemporaryFolder()
    let campaign = try Self.campaign(
      in: queue.url,
      [
        (
          "incoming: imap.kanzlei-it.example:993",
          "incoming: {host: imap.kanzlei-it.example, port: 10993, service: imap, encryption: starttls}"
        ),
        ("{none: Ende-zu-Ende-verschlüsselt}", "{none: 'letter: \"password-change\" # nein'}"),
        ("uncertain: hold", "uncertain: hold\norder: {column: Priorität, affected: first}\nletters: {notice: all}\n"),
      ])
    let (text, folder) = try Self.following(campaign, in: queue.url)
    let made = try Self.read(text, in: folder)
    #expect(made.segments["imap"] != campaign.segments["imap"] && made.segments["e2e"] == campaign.segments["e2e"])
    #expect(made.order == SendingOrder() && made.letters == [])
  }

  /// Whatever cannot be taken apart line by line is not taken apart.
  @Test func aFileInBracesIsNotContinued() throws {
    let queue = try TemporaryFolder()
    let campaign = try Self.campaign(in: queue.url)
    let file = campaign.folder.appending(path: "campaign.yaml")
    let text = try String(contentsOf: file, encoding: .utf8)
    try Data(text.split(separator: "\n").map { " \($0)\n" }.joined().utf8).write(to: file)
    let indented = try CampaignFile.read(folder: campaign.folder)
    #expect(try Self.following(indented, in: queue.url).text == nil)
  }

  @Test(arguments: [
    ("summer", "must be a group of keys"), ("{campaign: summer}", "missing key \"as\""),
    ("{campaign: summer, as: remainder}", "did you mean \"reminder\"?"),
    ("{campaign: , as: reminder}", "is empty"),
  ]) func mistakesAreNamed(_ follows: String, _ words: String) throws {
    let text = try String(
      contentsOf: PackageRoot.file("Tests/Unit/CampaignsTests/good-campaign.yaml"), encoding: .utf8)
    #expect {
      try CampaignFile.parse(Array("\(text)\nfollows: \(follows)\n".utf8), folder: URL(filePath: "/q/herbst"))
    } throws: { "\($0)".contains(words) }
  }
}
