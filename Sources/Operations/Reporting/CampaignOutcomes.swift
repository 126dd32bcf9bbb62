import Delivery
import Foundation
import Letters
import Queue
public import Receipts
public import Reports
import Synchronization

/// What became of a campaign's letters over time, by the domains they went to and by what relays said, and of its calls.
///
/// Counted in one pass over the customers, in time that grows with their number and constant memory: for a page that
/// shows it now and then. Fails as ``OpenedCampaign`` does, and with the kind `usage` for one that was never launched or
/// is purged.
public struct CampaignOutcomes: Sendable, Hashable {
  public let history: AcceptanceHistory
  public let domains: DomainOutcomes
  public let replies: [ReplyOutcome]
  public let calls: CallFigures
  /// Nil where no export of the mail server was read.
  public let mailboxes: MailboxFigures?
  /// The letters by state at the same moment.
  public let messages: [MessageState: Int]

  public static func read(
    _ location: CampaignLocation, _ dependencies: Dependencies
  ) async throws -> CampaignOutcomes {
    let opened = try await OpenedCampaign(location, dependencies).launchedWithCustomers()
    let (record, store) = (opened.record, opened.store)
    let calls = try await store.calls(in: record.id)
    let tally = Mutex(
      CustomerTally(for: .operator, calls: calls, deadline: record.plan.deadline, at: dependencies.now))
    try await store.forEachCustomer(in: record.id) { customer in
      try tally.withLock { try $0.add(customer) }
    }
    let book = try await store.mailboxes(in: record.id)
    let counted = tally.withLock { $0 }
    return CampaignOutcomes(
      history: counted.told, domains: counted.domainOutcomes, replies: counted.replies { _ in nil },
      calls: counted.calls.figures,
      mailboxes: book.map { MailboxFigures($0, calls: calls) }, messages: counted.figures.messages)
  }

  /// What a reply says; nil where none came, or it is not understood.
  public static func meaning(of reply: ReplyOutcome, in language: DocumentLanguage) -> String? {
    reply.class.flatMap(ReplyClass.init).map(ExplanationTexts(language == .german ? .german : .english).says)
  }
}
