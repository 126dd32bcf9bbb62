public import Campaigns
public import Foundation
import Mail
import Queue
public import Receipts
public import Reports
import Synchronization

/// Takes from an export of the mail server who has changed the password, or which mailboxes are closed.
///
/// All rows or none, unless the others are to be recorded; the same file a second time adds nothing. Fails with the kind
/// `data`: the file, or rows of it, each with its line. What a cell holds is never said: it may be a password.
public struct MailboxImport: Sendable {
  public struct Options: Sendable {
    /// What the columns are called; nil for names that are known.
    public var mailbox: String?
    public var time: String?
    /// The domain of names without one.
    public var domain: String?
    /// The zone of times that name none.
    public var zone: String?
    /// Records the rows that can be read when others cannot.
    public var withoutRejected: Bool

    /// - Parameter columns: `mailbox=user,time=changed_at`, either of them or both.
    public init(columns: String?, domain: String?, zone: String?, withoutRejected: Bool) throws {
      for part in columns?.split(separator: ",", omittingEmptySubsequences: false) ?? [] {
        let words = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        switch (words.first, words.last) {
        case ("mailbox", let title?) where words.count == 2 && mailbox == nil: mailbox = title
        case ("time", let title?) where words.count == 2 && time == nil: time = title
        default:
          throw OperatorError(.usage, "--columns is written as mailbox=TITLE,time=TITLE, either of them or both.")
        }
      }
      (self.domain, self.zone, self.withoutRejected) = (domain, zone, withoutRejected)
    }
  }

  public struct Result: Sendable {
    public let change: MailboxChange
    public let file: String
    public let form: MailboxExport.Form
    public let rows: Int
    /// No row is about a mailbox of the campaign, so that nothing was recorded.
    public let namesNobody: Bool
    /// Mailboxes of which something new was said, and those of which it was known.
    public let added: Int
    public let known: Int
    /// Mailboxes changed before the incident was discovered: that protects nobody.
    public let early: Int
    /// Rows without a time, in an export of changes.
    public let untimed: Int
    /// Mailboxes of the campaign whose password need not be changed.
    public let unaffected: Int
    /// Mailboxes that the campaign has not, in the order of the file, and how many there are.
    public let unknown: [(line: Int, mailbox: String)]
    public let unknownCount: Int
    /// A change counts from here on.
    public let discovered: Date
    /// The zone by which times were read that name none; nil where all name one.
    public let zone: (identifier: String, isCampaigns: Bool)?
    /// Times that are a day without a time.
    public let days: Int
    /// Rows that were left out, with their reasons.
    public let rejected: [OperatorMessage]
    public let figures: MailboxFigures?
    public let behind: OperatorMessage?
  }

  /// Unknown mailboxes that are named.
  static let mostNamed = 5

  private let location: CampaignLocation
  private let change: MailboxChange
  private let options: Options
  private let dependencies: Dependencies

  public init(
    _ location: CampaignLocation, _ change: MailboxChange, _ options: Options, _ dependencies: Dependencies
  ) {
    (self.location, self.change, self.options, self.dependencies) = (location, change, options, dependencies)
  }

  public func run(_ file: URL) async throws -> Result {
    let opened = try await OpenedCampaign(location, dependencies).launchedWithCustomers()
    if let followed = opened.record.plan.follows?.campaign {
      throw OperatorError(
        .usage,
        """
        \(location.name) follows \(followed), where its mailboxes are counted: give the export to \(followed). What it says \
        stops letters of \(location.name) as well.
        """)
    }
    let campaign = try CampaignFile.read(folder: location.folder)
    let campaignZone = campaign.sender.timeZone ?? TimeZone(secondsFromGMT: campaign.deadline.offset) ?? .gmt
    let zone = try options.zone.map(Self.zone) ?? campaignZone
    if let domain = options.domain {
      guard (try? EmailAddress("a@\(domain)")) != nil else {
        throw OperatorError(.usage, "--domain is a domain such as firm.example, without “@”.")
      }
    }
    guard let discovered = ExportTime(zone: campaignZone).beginning(of: campaign.incident.discovered) else {
      throw OperatorError(.campaignFile, "“incident.discovered” is no day.")
    }
    let export: MailboxExport
    do throws(CustomerFileError) {
      export = try MailboxExport(
        file, MailboxExport.Names(mailbox: options.mailbox, time: options.time, isOfLocks: change == .locked))
    } catch {
      throw OperatorError(.data, "\(error)\nNothing was recorded.")
    }
    guard change == .locked || export.entries.contains(where: { $0.time != nil || $0.fault != nil }) else {
      throw OperatorError(
        .data,
        """
        \(export.name): no row has a time of a change, so nothing was recorded; --columns time=TITLE names the column that \
        has it.
        """)
    }
    let plan = try await PlannedMailboxes.read(opened, campaign)
    var rows = MailboxRows(
      change: change, plan: plan, domain: options.domain, times: ExportTime(zone: zone), discovered: discovered,
      now: dependencies.now)
    for entry in export.entries { rows.add(entry) }
    let texts = rows.faults.map { fault -> OperatorMessage in "\(export.name):\(fault.line): \(fault.message)" }
    guard texts.isEmpty || options.withoutRejected else {
      throw OperatorError(.data, Self.refusal(texts))
    }
    let (now, times) = (dependencies.now, rows.times)
    // An export in which no mailbox of the campaign is may be another server's: nothing is known by it.
    let (added, behind) =
      rows.namesNobody
      ? ([], nil)
      : try await BesideDelivery(location, dependencies).record(opened, at: now) { store in
        try await store.record(change, times, of: plan.affected, in: opened.record.id, at: now)
      }
    let mailboxes = Set(added.map(\.mailbox)).count
    return Result(
      change: change, file: export.name, form: export.form, rows: export.entries.count,
      namesNobody: rows.namesNobody, added: mailboxes,
      known: times.count - mailboxes, early: rows.early.count, untimed: rows.untimed, unaffected: rows.unaffected.count,
      unknown: Array(rows.unknown.prefix(Self.mostNamed)), unknownCount: rows.unknown.count, discovered: discovered,
      zone: rows.usesZone ? (zone.identifier, options.zone == nil) : nil, days: rows.days, rejected: texts,
      figures: try await MailboxFigures.read(of: opened.record, in: opened.store), behind: behind)
  }

  /// All reasons would fill the screen many times.
  private static func refusal(_ texts: [OperatorMessage]) -> OperatorMessage {
    let most = 20
    let more: OperatorMessage = texts.count > most ? "\nand \(texts.count - most) more rows" : ""
    return texts.prefix(most).joined(separator: "\n") + more + """

      \(pluralized(texts.count, "row")) cannot be read, so nothing was recorded. Correct the file and give it again, or \
      record the others with --without-rejected.
      """
  }

  private static func zone(_ name: String) throws -> TimeZone {
    guard let zone = ZoneName.zone(name) else {
      throw OperatorError(.usage, "--time-zone is no time zone\(ZoneName.advice(instead: name))")
    }
    return zone
  }
}

/// The mailboxes of a frozen plan.
struct PlannedMailboxes: Sendable {
  /// Those whose password is to be changed, in the order of the plan.
  private(set) var affected: [AffectedMailbox] = []
  private(set) var affectedKeys: Set<String> = []
  /// Those of customers who need nothing, or in a segment in which there is nothing to do.
  private(set) var others: Set<String> = []

  static func read(_ opened: LaunchedCampaign, _ campaign: Campaign) async throws -> PlannedMailboxes {
    let plan = Mutex(PlannedMailboxes())
    let segments = campaign.segments
    try await opened.store.forEachCustomer(in: opened.record.id) { record in
      let customer = try JSONDecoder().decode(Customer.self, from: record.payload)
      plan.withLock { plan in
        for mailbox in customer.mailboxes {
          // A value that the campaign file does not have any more is taken for one with something to do.
          let isNothingToDo = if case .some(.none(reason: _)) = segments[mailbox.access] { true } else { false }
          plan.add(mailbox.address, of: customer.id, isAffected: record.kind != .none && !isNothingToDo)
        }
      }
    }
    return plan.withLock { $0 }
  }

  private mutating func add(_ mailbox: EmailAddress, of customer: String, isAffected: Bool) {
    if isAffected {
      affected.append(AffectedMailbox(customer: customer, mailbox: mailbox))
      affectedKeys.insert(mailbox.key)
    } else {
      others.insert(mailbox.key)
    }
  }
}
