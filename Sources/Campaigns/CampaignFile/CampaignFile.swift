import Files
public import Foundation
import Mail

/// Reads a campaign's `campaign.yaml`, strictly: an unknown key, a missing key, a wrong type, an empty value or an
/// invalid value is an error with its line and column. All of them are reported at once.
///
/// It reads this one file only: whether the customer file, the password and key files and the templates are there and
/// fit is found by ``CustomerBook``, ``PasswordFile``, ``DKIMSettings``, ``SMIMESettings`` and the letters.
public enum CampaignFile {
  public static let name = "campaign.yaml"
  /// A campaign file is about a page of text; something much larger is some other file.
  static let largestSize = 1_048_576

  /// The campaign in `folder`.
  ///
  /// Throws a ``CampaignFileError`` with every problem found. The order is that of the file.
  public static func read(folder: URL) throws(CampaignFileError) -> Campaign {
    let folder = URL(
      filePath: folder.absoluteURL.standardizedFileURL.path(percentEncoded: false), directoryHint: .isDirectory)
    return try parse(try bytes(in: folder), folder: folder)
  }

  /// The file's bytes, not larger than a campaign file may be.
  static func bytes(in folder: URL) throws(CampaignFileError) -> [UInt8] {
    let shown = folder.path(percentEncoded: false)
    do throws(FileError) {
      return try RandomAccessFile(folder.appending(path: name)).contents(atMost: largestSize)
    } catch {
      switch error.cause {
      case _ where error.isMissing:
        throw CampaignFileError([
          Problem(
            file: shown,
            message: "not a campaign: there is no \(name) here; \"eilbrief init\" makes one\(neighbours(of: folder))")
        ])
      case .tooLarge:
        throw CampaignFileError([
          Problem(file: name, message: "larger than 1 MB; this cannot be a campaign file")
        ])
      default:
        throw CampaignFileError([Problem(file: shown + name, message: error.clause)])
      }
    }
  }

  /// The campaigns next to `folder`, as the end of a sentence for a name that was mistyped; empty when there are none.
  private static func neighbours(of folder: URL) -> String {
    let queue = folder.deletingLastPathComponent()
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: queue.path)) ?? []).filter {
      !$0.hasPrefix(".") && FileManager.default.fileExists(atPath: queue.appending(path: "\($0)/\(name)").path)
    }.sorted()
    guard !names.isEmpty else { return "" }
    let more = names.count > 20 ? " and \(names.count - 20) more" : ""
    return "; the campaigns beside it: \(names.prefix(20).joined(separator: ", "))\(more)"
  }

  /// The campaign that `bytes` describe; `folder` is where relative paths start.
  static func parse(_ bytes: [UInt8], folder: URL) throws(CampaignFileError) -> Campaign {
    let document = try YAMLDocument(bytes, file: name)
    guard let root = document.root else {
      throw CampaignFileError([
        Problem(file: name, message: "the file is empty; \"eilbrief init\" shows what belongs into it")
      ])
    }
    let context = YAMLContext(file: name, document)
    let start = YAMLDocument.Place(line: 1, column: 1)
    let value = YAMLValue(node: root, path: "", parent: start, context: context)
    let campaign = YAMLSection(
      value,
      keys: [
        "incident", "sender", "dkim", "smime", "customers", "language", "segments", "letters", "relays", "destinations",
        "hours",
        "order", "canary", "retry", "deadline", "after_deadline", "uncertain", "stop_at", "retention", "release",
        "notify", "follows",
      ],
      example: "\"incident:\" and \"sender:\""
    ).flatMap { Self.campaign(of: $0, folder: folder, digest: SHA256.digest(of: bytes)) }
    guard context.problems.isEmpty, let campaign else { throw CampaignFileError(context.problems.inOrder()) }
    return campaign
  }

  private static func campaign(of root: YAMLSection, folder: URL, digest: SHA256Digest) -> Campaign? {
    // Every section is read before the first failed one ends the reading, so that all problems are reported at once.
    let incident = root.required("incident", example: "{what: …, happened: …, …}").flatMap(IncidentSection.read)
    let sender = root.required("sender", example: "{from: …, contact: …, notice_url: …}").flatMap(SenderSection.read)
    let zone = DefaultZone(sender, named: root.optional("sender")?.hasKey("time_zone") ?? false)
    // The problem was reported, and that alone makes the file refused.
    let dkim = root.optional("dkim").flatMap { DKIMSection.read($0, from: sender?.from, folder: folder) }
    let smime = root.optional("smime").flatMap { SMIMESection.read($0, folder: folder) }
    let language = root.optional("language").map { $0.choice(LetterLanguage.self) } ?? .de
    let customers = root.required("customers", example: "{file: kunden.csv, columns: {…}}")
      .flatMap { CustomersSection.read($0, folder: folder, language: (language ?? .de).rawValue) }
    let segments = root.required("segments", example: "{imap: {letter: …, incoming: …, outgoing: …}}")
      .flatMap(SegmentsSection.read)
    let letters = root.optional("letters").map { LettersSection.read($0, segments: segments) } ?? []
    let relays = root.required("relays", example: "[{name: main, url: \"smtps://relay.provider.example:465\"}]")
      .flatMap { RelaysSection.read($0, folder: folder, zone: zone) }
    let destinations = root.optional("destinations").map { DestinationsSection.read($0, zone: zone) } ?? []
    // As with the signing, for both.
    let hours = root.optional("hours").flatMap { HoursSection.read($0, zone: zone) }
    let canary = root.optional("canary").flatMap(CanarySection.read)
    let order = root.optional("order").map(OrderSection.read) ?? SendingOrder()
    let retry = root.optional("retry").map(RetrySection.read) ?? .standard
    let deadline = root.required("deadline", example: "2026-11-23T16:00:00+01:00")?.dateTime()
    let afterDeadline = root.optional("after_deadline").map { $0.choice(AfterDeadline.self) } ?? .continue
    let uncertain = root.optional("uncertain").map { $0.choice(UncertainPolicy.self) } ?? .hold
    let stopAt = root.optional("stop_at").map(StopAtSection.read) ?? .standard
    // As with the signing, for both.
    let release = root.optional("release").flatMap { $0.choice(ReleasePolicy.self) }
    let retention = root.optional("retention").flatMap(RetentionSection.read)
    let notify =
      root.optional("notify").map { NotifySection.read($0, relays: relays, folder: folder, zone: zone) } ?? []
    let follows = root.optional("follows").flatMap(FollowsSection.read)
    guard let incident, let sender, language != nil, let customers, let segments, let letters, let relays,
      let destinations, let order,
      let retry, let deadline, let afterDeadline, let uncertain, let stopAt, let notify
    else { return nil }
    var shownIncident = incident
    if let filed = incident.authority?.filed { shownIncident.authority?.filed = sender.shown(filed) }
    return Campaign(
      name: folder.lastPathComponent, folder: folder, incident: shownIncident, sender: sender, customers: customers,
      segments: segments, letters: letters, relays: relays, destinations: destinations, hours: hours,
      order: order, canary: canary, retry: retry, deadline: sender.shown(deadline), afterDeadline: afterDeadline,
      uncertain: uncertain, stopAt: stopAt, retention: retention, release: release, notify: notify, dkim: dkim,
      smime: smime, follows: follows, digest: digest)
  }
}

/// The problems of a campaign file: at least one. Its description is one line per problem.
public struct CampaignFileError: Error, Sendable, Hashable, CustomStringConvertible {
  public let problems: [Problem]
  public init(_ problems: [Problem]) { self.problems = problems }
  public var description: String { problems.lines }
}
