import Foundation
import Mail
import TestSupport
import Testing

@testable import Campaigns

/// Campaign files as people write them, each with its outcome beside it: see Tests/Corpus/README.md.
@Suite struct CampaignCorpusTests {
  static let folder = PackageRoot.file("Tests/Corpus/campaigns")

  static let files: [String] = {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return all.filter { $0.hasSuffix(".yaml") }.sorted()
  }()

  @Test(arguments: files) func factsAreThoseOfTheFile(_ file: String) throws {
    let bytes = Array(try Data(contentsOf: Self.folder.appending(path: file)))
    let place = Self.folder.appending(path: file.dropLast(5) + ".expected")
    let expected = try? String(contentsOf: place, encoding: .utf8)
    let found = Self.outcome(of: bytes)
    if expected == nil, ProcessInfo.processInfo.environment["EILBRIEF_CORPUS_WRITE"] != nil {
      try Data(found.utf8).write(to: place)
    }
    #expect(found == expected)
  }

  @Test func theCorpusIsThere() { #expect(Self.files.count >= 40) }

  /// However lines end, a file says the same.
  @Test(arguments: ["\r\n", "\r", "\r\r\n"]) func lineEndsMakeNoDifference(_ end: String) throws {
    for file in Self.files {
      let text = try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
      guard !text.contains("\r") else { continue }
      #expect(
        Self.outcome(of: Array(text.replacing("\n", with: end).utf8)) == Self.outcome(of: Array(text.utf8)), "\(file)")
    }
  }

  /// A key that is not known by name is not missed when it is swallowed by a text.
  @Test func everyDocumentedKeyIsKnown() throws {
    let document = try String(contentsOf: PackageRoot.file("docs/configuration/campaign-file.md"), encoding: .utf8)
    let example = try #require(document.split(separator: "\n```yaml complete\n").dropFirst().first)
    let scan = YAMLScan(Array(example.prefix(upTo: try #require(example.range(of: "\n```\n")).lowerBound).utf8))
    // The names of segments, letters and domains are the operator's own.
    let keys = scan.scalars.filter { scalar in
      scalar.isKey && !["segments", "letters", "destinations"].contains(scalar.path)
    }
    #expect(keys.count > 80)
    for key in keys { #expect(YAMLKeys.known.contains(key.text), "\(key.text)") }
  }

  /// Every problem, or every text and setting as letters and relays would get it.
  private static func outcome(of bytes: [UInt8]) -> String {
    do throws(CampaignFileError) {
      return text(of: try CampaignFile.parse(bytes, folder: URL(filePath: "/sommer", directoryHint: .isDirectory)))
    } catch {
      return "error:\n\(error)\n"
    }
  }

  private static func text(of campaign: Campaign) -> String {
    let incident = campaign.incident
    let sender = campaign.sender
    var lines = [
      "what: \(shown(incident.what))", "happened: \(incident.happened)", "discovered: \(incident.discovered)",
      "data: \(incident.data.map(shown).joined(separator: ", "))", "consequences: \(shown(incident.consequences))",
      "measures: \(shown(incident.measures))",
    ]
    if let authority = incident.authority {
      lines.append("authority: \(shown(authority.name)), \(authority.filed), \(shown(authority.reference))")
    }
    lines += [
      "from: \(shown(sender.from.displayName ?? "")), \(sender.from.address)",
      "contact: \(shown(sender.contact.name)), \(shown(sender.contact.phone)), \(sender.contact.email)",
      "notice: \(sender.noticeURL.absoluteString)",
      "file: \(campaign.customers.file.path)\(campaign.customers.sheet.map { ", sheet \(shown($0))" } ?? "")",
    ]
    for field in CustomerSource.Field.allCases {
      if let header = campaign.customers.columns[field] { lines.append("column \(field.rawValue): \(shown(header))") }
    }
    for (name, segment) in campaign.segments.sorted(by: { $0.key < $1.key }) {
      let meaning =
        switch segment {
        case .letter(let template, let incoming, let outgoing):
          "letter \(template), \(incoming.host.ascii):\(incoming.port), \(outgoing.host.ascii):\(outgoing.port)"
        case .phone(let reason): "phone \(shown(reason))"
        case .none(let reason): "none \(shown(reason))"
        }
      lines.append("segment \(shown(name)): \(meaning)")
    }
    for relay in campaign.relays {
      let user = relay.username.map { ", user \(shown($0))" } ?? ""
      let password = relay.passwordFile.map { ", password in \(shown($0.path))" } ?? ""
      lines.append(
        "relay \(shown(relay.name)): \(relay.connections) connections, \(relay.limits.count) limits\(user)\(password)")
    }
    lines.append("deadline: \(campaign.deadline)")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func shown(_ text: String) -> String { QuotedText(text).description }
}
