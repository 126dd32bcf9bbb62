import Campaigns
import Delivery
import Foundation
import Logging
import Queue
import Receipts
import Reports

/// Writes down what the operator is to be told of a delivery, and tells them, where the campaign file says how.
///
/// What goes wrong with it is logged, and never stops a delivery.
actor CampaignNotices {
  private let book: NoticeBook
  private let post: NoticePost
  private let store: any MessageStore
  private let record: CampaignRecord
  private let dependencies: Dependencies
  private let tellsItself: Bool
  private var expected: [Notice] = []
  private var isLateNoted = false
  /// Unstructured: it outlives a delivery that has ended, see ``PendingNotices``.
  private var telling: Task<Void, Never>?

  /// Nil where the campaign file names nobody.
  ///
  /// - Parameter tellsItself: False under a worker, which tells of all its campaigns.
  init?(
    _ campaign: Campaign, _ spool: WritableSpool, _ record: CampaignRecord, tellsItself: Bool,
    _ dependencies: Dependencies
  ) {
    guard !campaign.notify.isEmpty else { return nil }
    book = NoticeBook(spool.location)
    post = NoticePost(campaign, spool.location, dependencies)
    store = spool.store
    self.record = record
    self.tellsItself = tellsItself
    self.dependencies = dependencies
  }

  /// Before a delivery: what the last process has left half done.
  func settle(_ state: CampaignState) {
    attempt { try book.settle(state) }
    attempt { try book.forget(mark: Self.faultMark) }
    tell()
  }

  /// A delivery has ended so, and the campaign's state is about to say it.
  func expect(_ end: DeliveryEngine.End) async {
    let figures = await figures()
    let now = dependencies.now
    func notice(_ event: Notice.Event, _ reason: Notice.Reason? = nil) -> Notice {
      Notice(event: event, reason: reason, at: now, letters: figures)
    }
    switch end {
    case .finished:
      expected = [notice(.done)]
      if figures["uncertain"] ?? 0 > 0 { expected.append(notice(.decision, .uncertainLetters)) }
    case .canary: expected = [notice(.decision, .canary)]
    case .tooUncertain: expected = [notice(.paused, .uncertainShare)]
    case .relaysPaused: expected = [notice(.decision, .relays)]
    case .requested, .cancelled: expected = []
    }
    let expected = expected
    if !expected.isEmpty { attempt { try book.add(expected, isConfirmed: false) } }
  }

  func expectFault() async {
    expected = [Notice(event: .decision, reason: .fault, at: dependencies.now, letters: await figures())]
    let expected = expected
    attempt { try book.add(expected, isConfirmed: false) }
  }

  /// The state says so now.
  func confirm() {
    guard let state = expected.first?.state else { return }
    attempt { try book.settle(state) }
    tell()
  }

  /// Once for each deadline.
  func look(_ status: CampaignStatus) async {
    guard !isLateNoted, let deadline = status.deadline, deadline > dependencies.now,
      let late = status.forecast?.likely.late.customers.count, late > 0
    else { return }
    isLateNoted = true
    var notice = Notice(event: .late, reason: nil, at: dependencies.now, letters: Self.named(status.messages))
    notice.lateCustomers = late
    attempt { try book.add([notice], isConfirmed: true, mark: "late \(Milliseconds(deadline).value)") }
    tell()
  }

  /// What is being told; nil where nothing was to be told.
  var pending: PendingNotices? { telling.map(PendingNotices.init) }

  static let faultMark = "fault "

  private func tell() {
    guard tellsItself else { return }
    let (post, before) = (post, telling)
    telling = Task {
      await before?.value
      await post.tellAll()
    }
  }

  private func figures() async -> [String: Int] {
    Self.named((try? await store.snapshot(of: record.id).messages) ?? [:])
  }

  static func named(_ messages: [MessageState: Int]) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: messages.map { ($0.key.rawValue, $0.value) })
  }

  private func attempt(_ body: () throws -> Void) {
    do { try body() } catch { dependencies.log.warning("a notice (“notify”) cannot be written down: \(error)") }
  }
}
