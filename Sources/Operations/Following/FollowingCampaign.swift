public import Campaigns
import Files
public import Foundation
import Letters
import Queue
public import Receipts
import Reports
import Synchronization

/// Makes a campaign that follows a launched one: a reminder for those whose mailboxes are still to be changed, or a letter
/// to all who were told. It is made in a folder beside the other, to be checked and launched as every campaign; nothing is
/// sent.
///
/// The folder appears whole or not at all. Fails with the kind `usage` when there is nobody to be written to, or a campaign
/// of the kind is not over yet, `data` when the letter is missing, and `cannotWrite`.
public struct FollowingCampaign: Sendable {
  public struct Options: Sendable {
    /// The letter; nil for `reminder`.
    public var letter: String?
    /// The new campaign's name; nil for one that is made from the other's.
    public var name: String?
    /// By when customers are to have done what the letter asks; nil for the end of a working day.
    public var deadline: String?
    /// A reminder to all who were told, though nobody knows who has changed the password.
    public var everybody: Bool

    public init(letter: String?, name: String?, deadline: String?, everybody: Bool) {
      (self.letter, self.name, self.deadline, self.everybody) = (letter, name, deadline, everybody)
    }
  }

  public struct Result: Sendable {
    public let location: CampaignLocation
    public let follows: Following
    public let letter: String
    public let customers: FollowedCustomers
    public let deadline: LocalDateTime
    /// When exports of the mail server were read last, by what they were of; nil where none was ever read.
    public let readAt: [MailboxChange: Date]?
    /// The new campaign's letters leave in another order: the old one's is by a column that the new file does not have.
    public let isOrderDropped: Bool
  }

  private let location: CampaignLocation
  private let kind: Following.Kind
  private let options: Options
  private let dependencies: Dependencies

  public init(
    _ location: CampaignLocation, as kind: Following.Kind, _ options: Options, _ dependencies: Dependencies
  ) {
    (self.location, self.kind, self.options, self.dependencies) = (location, kind, options, dependencies)
  }

  public func run() async throws -> Result {
    let opened = try await OpenedCampaign(location, dependencies).launchedWithCustomers()
    if let followed = opened.record.plan.follows?.campaign {
      throw OperatorError(
        .usage, "\(location.name) follows \(followed) itself; name \(followed), whose customers are all there.")
    }
    let destination = try await destination(opened)
    let campaign = try CampaignFile.read(folder: location.folder)
    let letter = options.letter ?? "reminder"
    let templates = try FollowingTemplates(location.templates, letter)
    let deadline = try deadline(campaign)
    let book = try await opened.store.mailboxes(in: opened.record.id)
    guard kind == .followUp || book != nil || options.everybody else {
      throw OperatorError(
        .usage,
        """
        Nobody knows yet who has changed the password: \(step: .changed) reads an export of the mail server. --everybody \
        reminds all who were told.
        """)
    }
    let customers = try await customers(opened, campaign, book)
    guard customers.customers > 0 else {
      throw OperatorError(.usage, "\(FollowingTexts.nobody(customers, kind)) Nothing was made.")
    }
    let file = FollowingFile(
      Following(campaign: location.name, as: kind),
      customers: CustomerSource(
        file: destination.folder.standardizedFileURL.appending(path: "customers.csv"),
        language: campaign.customers.language, columns: FollowedCustomers.columns),
      segments: segments(campaign, letter).filter { customers.accesses.contains($0.key) }, letters: letters(letter),
      deadline: deadline)
    guard let text = try file.text(after: campaign, in: destination.folder) else {
      throw OperatorError(
        .campaignFile,
        """
        \(location.folder.path)/campaign.yaml is written in a way that cannot be continued by itself, and nothing was made. \
        Each top-level key must begin a line; or make the campaign by hand, with “follows: {campaign: \(location.name), \
        as: \(kind.rawValue)}”.
        """)
    }
    try write(
      [(CampaignFile.name, Array(text.utf8)), ("customers.csv", customers.file)] + templates.files,
      to: destination.folder)
    let isByColumn = if case .column = campaign.order.by { true } else { false }
    return Result(
      location: destination, follows: file.follows, letter: letter, customers: customers, deadline: deadline,
      readAt: book?.readAt, isOrderDropped: isByColumn)
  }

  // MARK: The name

  /// The new campaign's place. What is told twice is told by the operator's wish only: an earlier campaign of the kind has
  /// to be over.
  private func destination(_ opened: LaunchedCampaign) async throws -> CampaignLocation {
    for record in try await opened.store.campaigns() where record.plan.follows == own {
      let status = CampaignStatus(try await opened.store.snapshot(of: record.id), at: dependencies.now)
      guard status.remaining == 0 || record.state == .cancelled else {
        throw OperatorError(
          .usage,
          "\(record.plan.name) is the \(kind.rawValue) of \(location.name) already, and has \(pluralized(status.remaining, "letter")) to send."
        )
      }
    }
    if let name = options.name { return try free(CampaignLocation(name: name, queue: location.queue)) }
    for number in 1...99 {
      let next = try CampaignLocation(
        name: "\(location.name)-\(kind.rawValue)" + (number == 1 ? "" : "-\(number)"), queue: location.queue)
      if try await opened.store.campaign(named: next.name) == nil { return try free(next) }
    }
    throw OperatorError(.usage, "\(location.name) has 99 campaigns of the kind already; name another with --as.")
  }

  private var own: Following { Following(campaign: location.name, as: kind) }

  private func free(_ location: CampaignLocation) throws -> CampaignLocation {
    guard FileManager.default.fileExists(atPath: location.folder.path) else { return location }
    throw OperatorError(
      .cannotWrite,
      "\(location.folder.path) exists already; nothing was written. Launch or remove it, or name another with --as.")
  }

  // MARK: The file

  private func deadline(_ campaign: Campaign) throws -> LocalDateTime {
    if let text = options.deadline {
      guard let deadline = LocalDateTime(text) else {
        throw OperatorError(.usage, "--deadline is written as 2026-11-23T16:00:00+01:00.")
      }
      guard deadline.date > dependencies.now else { throw OperatorError(.usage, "--deadline has passed already.") }
      return deadline
    }
    let zone = campaign.sender.timeZone ?? TimeZone(secondsFromGMT: campaign.deadline.offset) ?? .gmt
    return campaign.localTime(CampaignScaffold.deadline(after: dependencies.now, in: zone))
  }

  private func segments(_ campaign: Campaign, _ letter: String) -> [String: Segment] {
    campaign.segments.mapValues { segment in
      switch (kind, segment) {
      case (.reminder, .letter(_, let incoming, let outgoing)):
        .letter(template: letter, incoming: incoming, outgoing: outgoing)
      case (.followUp, .letter), (.followUp, .phone):
        .none(reason: campaign.customers.language == "de" ? "schon unterrichtet" : "told before")
      case (.reminder, .phone), (_, .none): segment
      }
    }
  }

  private func letters(_ letter: String) -> [SegmentLetter] {
    kind == .followUp ? [SegmentLetter(letter: letter, segments: nil)] : []
  }

  private func customers(
    _ opened: LaunchedCampaign, _ campaign: Campaign, _ book: MailboxBook?
  ) async throws -> FollowedCustomers {
    let histories = try await opened.store.calls(in: opened.record.id)
    let customers = Mutex(FollowedCustomers(kind, campaign.segments, histories, book))
    try await opened.store.forEachCustomer(in: opened.record.id) { record in
      try customers.withLock { try $0.add(record) }
    }
    return customers.withLock { $0 }
  }

  private func write(_ files: [(path: String, bytes: [UInt8])], to folder: URL) throws {
    do throws(FileError) {
      try NewFolder.write(files, to: folder)
    } catch {
      throw OperatorError(.cannotWrite, "\(folder.path): cannot be written: \(error.cause.description).")
    }
  }
}

/// The files of a following campaign's `templates/`: those of its letter, and the script for calls.
struct FollowingTemplates {
  /// By their paths in the campaign's folder; empty where the bundled ones are used.
  let files: [(path: String, bytes: [UInt8])]

  init(_ folder: URL, _ letter: String) throws {
    let own = try TemplateSet.load(folder: folder)
    let names = [letter, "call-script"]
    let bundled = BundledTemplates.templateFiles.filter { file in names.contains { file.path.hasPrefix("\($0)/") } }
    if own.names.contains(letter) {
      guard !own.isBundled else {
        files = []
        return
      }
      files = try own.files.filter { file in names.contains { file.path.hasPrefix("\($0)/") } }.map { file in
        let path = folder.appending(path: file.path).path(percentEncoded: false)
        return ("templates/\(file.path)", try RandomAccessFile.contents(of: path, atMost: TemplateSet.largestFile))
      }
    } else if bundled.contains(where: { $0.path.hasPrefix("\(letter)/") }) {
      files = bundled.map { ("templates/\($0.path)", $0.bytes) }
    } else {
      throw OperatorError(
        .data,
        """
        There is no letter “\(letter)”: write it as templates/\(letter)/ of this campaign, after one that is there \
        (\(own.names.joined(separator: ", "))); docs/configuration/templates.md says how. Nothing was made.
        """)
    }
  }
}
