public import Bounces
import Delivery
import Files
import Foundation
import Letters
import Mail
public import Queue
public import Receipts
public import Reports
import Synchronization

/// Reads mails that came back and records what became of a campaign's letters.
///
/// A report counts only when it names the Message-ID of a letter or the token of its envelope, which nobody can guess who has
/// not seen them, and when the relay had accepted that letter. The mail is kept in the campaign's folder before the store has it; a run that
/// was killed in between is completed by the next one. Read again, the same mail adds nothing. Mails that are about no
/// letter of the campaign are counted and change nothing.
public struct BounceReading: Sendable {
  /// A letter that came back.
  public struct Letter: Sendable, Hashable {
    public let customer: String
    public let letter: String
    public let recipient: String
    public let bounce: BounceRecord
  }

  public struct Result: Sendable {
    public fileprivate(set) var mails = 0
    /// In the order of the plan.
    public fileprivate(set) var recorded: [Letter] = []
    /// Letters that had bounced before.
    public fileprivate(set) var known = 0
    /// Reports about letters that the relay has not accepted, by the letters' customers.
    public fileprivate(set) var notAccepted: [(customer: String, state: MessageState)] = []
    /// Other mails about letters of the campaign, by kind.
    public fileprivate(set) var others: [MailKind: Int] = [:]
    /// Mails about no letter of the campaign, by kind.
    public fileprivate(set) var foreign: [MailKind: Int] = [:]
    /// Files that could not be read; the others were.
    public fileprivate(set) var failures: [OperatorError] = []
    public fileprivate(set) var figures = CallFigures()
    /// Why the receipts are in the queue's database and not on disk yet; nil when they are.
    public fileprivate(set) var behind: OperatorMessage?
  }

  private let location: CampaignLocation
  private let dependencies: Dependencies

  public init(_ location: CampaignLocation, _ dependencies: Dependencies) {
    self.location = location
    self.dependencies = dependencies
  }

  /// A report of a mail that names a Message-ID at the campaign's domain, or what may be a token.
  private struct Found {
    let report: SHA256Digest
    let kind: MailKind
    let reports: [RecipientReport]
    /// Message-IDs and tokens.
    let names: Set<String>
  }

  /// A letter of the campaign that a mail names.
  private struct Named {
    let message: MessageRecord
    let customer: String
  }

  /// - Parameter paths: Mails, mboxes, Maildirs or folders.
  public func run(_ paths: [String]) async throws -> Result {
    let opened = try await OpenedCampaign(location, dependencies).launchedWithCustomers()
    let record = opened.record
    var result = Result()
    let named = try await letters(named: paths, in: opened, &result)
    let (bounces, more) = bounces(named.found, named.letters, &result)
    try keep(Set(bounces.map(\.bounce.report)), from: paths)
    let (results, behind) = try await recorded(bounces.map(\.bounce), in: opened)
    for (letter, outcome) in zip(bounces, results) {
      switch outcome {
      case .recorded:
        result.recorded.append(letter)
        result.known += more[letter.bounce.message] ?? 0
      case .known: result.known += 1 + (more[letter.bounce.message] ?? 0)
      case .notAccepted(let state): result.notAccepted.append((letter.customer, state))
      case .noMessage: break
      }
    }
    result.behind = behind
    result.figures = try await CallFigures.read(of: record, in: opened.store, at: dependencies.now)
    return result
  }

  /// Nothing is written when there is nothing to record.
  private func recorded(
    _ bounces: [BounceRecord], in opened: LaunchedCampaign
  ) async throws -> ([BounceResult], behind: OperatorMessage?) {
    guard !bounces.isEmpty else { return ([], nil) }
    return try await BesideDelivery(location, dependencies).record(opened, at: dependencies.now) { store in
      try await store.record(bounces, in: opened.record.id)
    }
  }

  // MARK: Reading

  /// The mails that name letters of the campaign, and those letters by their Message-IDs and tokens.
  private func letters(
    named paths: [String], in opened: LaunchedCampaign, _ result: inout Result
  ) async throws -> (found: [Found], letters: [String: Named]) {
    guard let domain = try await self.domain(of: opened) else { return ([], [:]) }
    var found: [Found] = []
    for path in paths {
      do throws(any Error) {
        try MailFiles.forEachMail(at: path) { _, mail in
          try Task.checkCancellation()
          result.mails += 1
          let returned = ReturnedMail(mail, domain: domain)
          let kind = Self.kind(returned.reports)
          let tokens = returned.tokens.compactMap { BounceToken($0)?.description }
          guard !returned.messageIDs.isEmpty || !tokens.isEmpty else {
            result.foreign[kind, default: 0] += 1
            return
          }
          found.append(
            Found(
              report: SHA256.digest(of: mail), kind: kind, reports: returned.reports,
              names: returned.messageIDs.union(tokens)))
        }
      } catch let error as FileError {
        result.failures.append(OperatorError(.cannotWrite, "\(error)"))
      }
    }
    let wanted = found.reduce(into: Set<String>()) { $0.formUnion($1.names) }
    let wantsTokens = wanted.contains { !$0.hasPrefix("<") }
    let tokens = BounceTokens(campaign: location.name, key: opened.record.plan.hashKey)
    let letters = Mutex<[String: Named]>([:])
    if !wanted.isEmpty {
      try await opened.store.forEachCustomer(in: opened.record.id) { customer in
        for message in customer.messages {
          let token = wantsTokens ? tokens.token(of: message.messageID).description : nil
          for name in [message.messageID.description, token].compactMap(\.self) where wanted.contains(name) {
            letters.withLock { $0[name] = Named(message: message, customer: customer.id) }
          }
        }
      }
    }
    return (found, letters.withLock { $0 })
  }

  /// The domain of the letters' Message-IDs, which all have the same; nil when there are no letters.
  private func domain(of opened: LaunchedCampaign) async throws -> String? {
    struct Enough: Error {}
    let domain = Mutex<String?>(nil)
    do {
      try await opened.store.forEachCustomer(in: opened.record.id) { customer in
        guard let first = customer.messages.first else { return }
        domain.withLock { $0 = first.messageID.domain.ascii }
        throw Enough()
      }
    } catch is Enough {}
    return domain.withLock { $0 }
  }

  /// What a mail is that says several things: a bounce of one recipient counts.
  private static func kind(_ reports: [RecipientReport]) -> MailKind {
    let kinds = Set(reports.map(\.kind))
    return [.bounce, .complaint, .delay, .success, .autoReply].first(where: kinds.contains) ?? .other
  }

  /// The letters that came back, one bounce each, in the order of the plan, and how many more reports there are of each by
  /// its message; counts the other mails.
  private func bounces(
    _ found: [Found], _ letters: [String: Named], _ result: inout Result
  ) -> (bounces: [Letter], more: [Int64: Int]) {
    var bounces: [Int64: Letter] = [:]
    var more: [Int64: Int] = [:]
    for mail in found {
      // More than one letter: a digest or a thread, of which nobody can say which letter it is about.
      let about = mail.names.compactMap { letters[$0] }
      guard let letter = about.first, Set(about.map(\.message.message)).count == 1 else {
        result.foreign[mail.kind, default: 0] += 1
        continue
      }
      guard let report = Self.bounce(in: mail.reports, of: letter.message) else {
        result.others[mail.kind, default: 0] += 1
        continue
      }
      guard bounces[letter.message.message] == nil else {
        more[letter.message.message, default: 0] += 1
        continue
      }
      bounces[letter.message.message] = Letter(
        customer: letter.customer, letter: letter.message.letter, recipient: letter.message.recipient.displayText,
        bounce: BounceRecord(
          message: letter.message.message, report: mail.report, cause: (report.class ?? .unknown).rawValue,
          isPermanent: report.permanent == true, status: report.status?.description, reply: report.reply,
          at: dependencies.now))
    }
    return (bounces.values.sorted { $0.bounce.message < $1.bounce.message }, more)
  }

  /// What the reports say of the letter: that of its own recipient, else the first, which may be where it was forwarded to.
  private static func bounce(in reports: [RecipientReport], of message: MessageRecord) -> RecipientReport? {
    let bounces = reports.filter { $0.kind == .bounce }
    let recipient = message.recipient.displayText.lowercased()
    return bounces.first { $0.recipient?.lowercased() == recipient } ?? bounces.first
  }

  // MARK: Keeping

  /// Keeps the mails with these digests, which are read again for that: all at once might not fit in memory.
  private func keep(_ digests: Set<SHA256Digest>, from paths: [String]) throws {
    let archive = BounceArchive(location)
    var left = digests
    for path in paths where !left.isEmpty {
      do throws(any Error) {
        try MailFiles.forEachMail(at: path) { _, mail in
          guard !left.isEmpty else { return }
          let digest = SHA256.digest(of: mail)
          if left.remove(digest) != nil { try archive.keep(mail, digest) }
        }
      } catch let error as FileError where error.attempt == .read {
        // Said before.
        continue
      }
    }
    guard left.isEmpty else {
      throw OperatorError(
        .data,
        """
        A mail that is to be kept could not be read a second time, so nothing was recorded: the files have changed meanwhile, \
        or are pipes. Read files or folders once more.
        """)
    }
  }
}
