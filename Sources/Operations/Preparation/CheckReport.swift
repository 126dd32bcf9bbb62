public import Campaigns
import Foundation
import Letters
import Mail
public import Preflight
import Queue
import SMTP

/// The findings of a check: everything the campaign would do, and what prevents it. Nothing is sent and nothing
/// changed.
public struct CheckReport: Sendable {
  public let campaign: Campaign
  public let book: CustomerBook
  public let plan: Plan
  public let letters: LetterCheck
  /// The first of the rejected rows; all of them are ``CustomerBook/rejected``.
  public let firstRejected: [RejectedRow]
  public let keys: CampaignKeys
  /// The names by which this program greets the relays (EHLO), in the relays' order.
  public let clientNames: [String]
  /// The templates are those inside the program, not the campaign's own.
  public let usesBundledTemplates: Bool
  public let deadline: DeadlineForecast
  public let warnings: [OperatorMessage]
  /// The warnings about the customer file and the letters, of which only the first are in ``warnings``.
  public let warningCount: Int
  /// The reasons why a launch will not begin on this machine as it is: a password, a key or an approval is missing, or
  /// there are receipts that prevent it. ``warnings`` name them too: a campaign may be checked where its secrets are
  /// not.
  public let blockers: [OperatorMessage]
  /// Nil when no approval is asked for, when a key cannot be read, and when the campaign was launched.
  public let release: CampaignRelease?
  /// Nil when the campaign was never launched.
  public let launched: LaunchStatus?
  /// Nil when nothing outside the machine was looked at.
  public let online: OnlineCheck?

  /// Whether the files are fit to be launched, or to be resumed with.
  public var isFit: Bool { launched.map { !$0.isRefused } ?? (book.rejected.isEmpty && letters.errors.count == 0) }

  /// Letters that are encrypted as well; nil where encryption is not asked for.
  public var encrypted: Int? { keys.signer?.recipients == nil ? nil : letters.encrypted }

  /// Reads and checks everything.
  ///
  /// - Parameter online: With it, DNS and the relays are checked as well, through its name server (nil: the system's).
  public static func make(
    _ location: CampaignLocation, online: OnlineOptions?, _ dependencies: Dependencies
  ) async throws -> CheckReport {
    try await location.requireUnpurged(dependencies)
    let now = dependencies.now
    let loaded: LoadedCampaign
    do {
      loaded = try LoadedCampaign(location, credentials: dependencies.credentials, at: now)
    } catch let error as CustomerFileError {
      // A launched campaign needs the file no more.
      guard let store = location.readableStore(dependencies),
        let frozen = try? await store.campaign(named: location.name)
      else { throw error }
      throw OperatorError(.data, LaunchStatus.withoutCustomerFile(location.name, frozen, error))
    }
    var planned = PlannedLetters(loaded.campaign)
    var contacts = ContactDomains()
    let (plan, letters) = try LetterCheck.run(loaded, date: loaded.campaign.localTime(now)) { customer, outcome in
      planned.add(customer, outcome)
      if online != nil, outcome.kind == .letter, let contact = customer.contact {
        contacts.add(contact.domain, customer: customer.id, line: customer.lines[0])
      }
    }
    let launched = try await LaunchStatus.read(location, loaded, dependencies)
    let store = location.readableStore(dependencies)
    let deadline: DeadlineForecast
    if launched != nil, let store, let record = try await store.campaign(named: location.name) {
      deadline = try await DeadlineForecast(loaded.campaign, record, in: store, dependencies.time)
    } else {
      deadline = try await DeadlineForecast(
        loaded.campaign, planned.letters, from: store,
        lookup: online.map { online in MailExchangers { dependencies.dns(online.resolver) } }, dependencies.time)
    }
    var found: OnlineCheck?
    if let online {
      found = try await OnlineCheck.run(loaded, letters, contacts: contacts, resolver: online.resolver, dependencies)
    }
    let objection = launched == nil ? try await FollowedCampaign.objection(loaded.campaign, store) : nil
    return try CheckReport(
      location, loaded, plan, letters, deadline, following: objection, launched: launched, online: found, dependencies)
  }

  public struct OnlineOptions: Sendable {
    public var resolver: NameServer?
    public init(resolver: NameServer?) { self.resolver = resolver }
  }

  private init(
    _ location: CampaignLocation, _ loaded: LoadedCampaign, _ plan: Plan, _ letters: LetterCheck,
    _ deadline: DeadlineForecast, following: OperatorMessage?, launched: LaunchStatus?, online: OnlineCheck?,
    _ dependencies: Dependencies
  ) throws {
    let now = dependencies.now
    let campaign = loaded.campaign
    self.campaign = campaign
    book = loaded.book
    self.plan = plan
    self.letters = letters
    firstRejected = try loaded.book.rejected.first(50)
    keys = loaded.keys
    clientNames = campaign.relays.map { $0.helo ?? dependencies.clientName() }
    usesBundledTemplates = loaded.templates.isBundled
    self.deadline = deadline
    self.launched = launched
    self.online = online
    var release: CampaignRelease?
    if launched == nil, loaded.keys.troubles.isEmpty { release = try CampaignRelease.read(loaded, plan, location) }
    self.release = release
    let secrets = Self.secrets(campaign, dependencies)
    blockers =
      try Self.blockers(location, loaded, release, isLaunched: launched != nil, missing: secrets.missing)
      + [following].compactMap(\.self)
    let international = letters.international.warnings(sender: campaign.sender)
    warningCount = book.warnings.count + letters.warnings.count + international.count
    warnings =
      book.warnings.map { OperatorMessage($0.message) }
      + letters.warnings.named.map { OperatorMessage($0.description) } + international
      + Self.privacy(of: campaign.customers.file) + blockers.map { "`launch` will not begin: \($0)" }
      + secrets.warnings.map { "\($0)" } + Self.signing(campaign)
      + campaign.paceWarnings.map(\.message)
      + keys.warnings(of: campaign, encryptedTo: letters.encryptedTo, at: now).map(\.message)
      // A launched campaign keeps its deadline, and what is left to send is not the whole of it.
      + (launched == nil ? Self.timing(deadline) : [])
  }

  private static func blockers(
    _ location: CampaignLocation, _ loaded: LoadedCampaign, _ release: CampaignRelease?, isLaunched: Bool,
    missing: SecretFileError?
  ) throws -> [OperatorMessage] {
    var blockers: [OperatorMessage] = []
    if let objection = DescriptorBudget(loaded.campaign.relays).objection() { blockers.append(objection) }
    if let missing { blockers.append("\(missing)") }
    if let objection = try CampaignReceipts(location).objection(isLaunched: isLaunched) { blockers.append(objection) }
    blockers += loaded.keys.troubles.map { "\($0)" }
    if let objection = release?.objection { blockers.append(objection) }
    return blockers
  }

  /// The first of the relays' secrets that cannot be used, and what was left out at the edges of their files.
  private static func secrets(
    _ campaign: Campaign, _ dependencies: Dependencies
  ) -> (missing: SecretFileError?, warnings: [SecretFileWarning]) {
    do throws(SecretFileError) {
      return (nil, try RelayCredentials.read(campaign, credentials: dependencies.credentials).warnings)
    } catch {
      return (error, RelayCredentials.readable(campaign, credentials: dependencies.credentials).warnings)
    }
  }

  private static func signing(_ campaign: Campaign) -> [OperatorMessage] {
    switch campaign.dkim {
    case nil:
      [
        """
        the letters are not signed with DKIM, and large providers refuse such mail or take it for spam: make a key with \
        `eilbrief dkim-key`, or write “dkim: relay” in campaign.yaml where the relay signs
        """
      ]
    case .here(let settings) where settings.rsa == nil:
      [
        """
        letters signed with Ed25519 alone count as unsigned with many receivers: add an RSA key (`eilbrief dkim-key`)
        """
      ]
    case .here, .relay: []
    }
  }

  private static func privacy(of file: URL) -> [OperatorMessage] {
    let path = file.path(percentEncoded: false)
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & 0o007 != 0 else { return [] }
    return [
      """
      \(path): every user of this machine who can enter its folder may read the customers' data \
      (mode 0\(String(status.st_mode & 0o777, radix: 8))); `chmod 600` it
      """
    ]
  }

  private static func timing(_ deadline: DeadlineForecast) -> [OperatorMessage] {
    if deadline.isPast {
      return ["the deadline has passed; set another one in campaign.yaml, it is printed in every letter"]
    }
    if deadline.isUnreachable {
      return [
        """
        not all letters can be accepted before the deadline, and `launch` will not begin without --late-is-fine: \
        customers who are not told by then are on the call list
        """
      ] + ForecastTexts.remedies(deadline.remedies)
    }
    if deadline.isUncertain, let message = ForecastTexts.deadline(deadline.forecast) { return [message] }
    return []
  }
}

extension KeyWarning {
  var message: OperatorMessage {
    switch self {
    case .trimmed(let warning): "\(warning)"
    case .endsBeforeDeadline(let end):
      """
      the S/MIME certificate is valid until \(time: end) only, which is before the deadline: mail programs will warn of \
      letters read later; renew it
      """
    case .endsBeforeLastRetry(let end, let lastRetry):
      """
      the S/MIME certificate is valid until \(time: end) only, and letters may be retried until \(time: lastRetry); \
      renew it
      """
    case .selfSigned:
      "the S/MIME certificate is issued by itself: mail programs will warn of every letter; order one from an authority"
    case .unusable(let path): "\(path); letters that it should encrypt go out unencrypted"
    case .noLetterFor(let folder, let files):
      """
      \(folder): no letter goes to the address in \(files.firstFewJoined(10)); if it should, correct the customer's \
      contact address or ask for another certificate
      """
    }
  }
}
