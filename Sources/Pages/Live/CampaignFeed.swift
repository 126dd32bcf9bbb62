import Delivery
import Foundation
import Monitoring
import Operations
import Receipts
import Reports

/// What a page shows of a campaign that changes by itself.
struct LiveFigures: Sendable {
  var status: CampaignStatus
  /// Older than the figures, by as much as counting everybody may cost; nil before it was counted, and for a campaign
  /// without letters.
  var outcomes: CampaignOutcomes?

  /// Everybody was counted since the last letter changed its state.
  var isCounted: Bool {
    outcomes.map { outcomes in MessageState.allCases.allSatisfy { outcomes.messages[$0] ?? 0 == status.count($0) } }
      ?? false
  }
}

/// Looks at one campaign for everybody who has a page of it open, and tells them what has changed.
///
/// While somebody looks, the figures are read once a second and all customers counted as often as a fortieth of the time
/// allows; while nobody does, nothing is read. What is shown is made once for all who read the same language. Each viewer has
/// the newest and no queue of older ones, so that one who reads slowly costs no memory.
actor CampaignFeed {
  private let location: CampaignLocation
  private let dependencies: Dependencies
  private let watch: CampaignWatch
  private let render: SharedFragments.Renderer
  private var viewers: [Int: AsyncStream<SharedFragments>.Continuation] = [:]
  private var nextViewer = 0
  private var looking: Task<Void, Never>?
  private var reading: Task<LiveFigures, any Error>?
  private var counting: Task<Void, Never>?
  private var outcomes: CampaignOutcomes?
  private var nextCount = ContinuousClock.now

  init(
    _ location: CampaignLocation, _ dependencies: Dependencies, isStopped: @escaping @Sendable (Int32) -> Bool,
    render: @escaping SharedFragments.Renderer = SharedFragments.events(of:in:at:)
  ) {
    self.location = location
    self.dependencies = dependencies
    self.render = render
    watch = CampaignWatch(location, dependencies, isStopped: isStopped)
  }

  /// The figures now: read once for all who ask at the same time. Fails as ``StatusQuery`` does.
  func look() async throws -> LiveFigures {
    if let reading { return try await reading.value }
    let task = Task { try await self.read() }
    reading = task
    defer { reading = nil }
    return try await task.value
  }

  private func read() async throws -> LiveFigures {
    var figures = LiveFigures(status: try await watch.look())
    guard figures.status.total > 0, figures.status.purge == nil else { return figures }
    figures.outcomes = outcomes
    // At its end everybody is counted once more, and before a page is shown that nobody has looked at for long.
    let isDue = nextCount <= .now || figures.status.remaining == 0 && !figures.isCounted
    if counting == nil, isDue { counting = Task { await self.count() } }
    if outcomes == nil || viewers.isEmpty && !figures.isCounted { await counting?.value }
    figures.outcomes = outcomes
    if let calls = outcomes?.calls { figures.status.setCalls(calls) }
    if let outcomes { figures.status.setMailboxes(outcomes.mailboxes) }
    return figures
  }

  private func count() async {
    let begun = ContinuousClock.now
    if let counted = try? await CampaignOutcomes.read(location, dependencies) { outcomes = counted }
    nextCount = .now.advanced(by: max(.seconds(5), (.now - begun) * 40))
    counting = nil
  }

  /// The samples for a monitoring system. Fails as ``look()`` does.
  func metrics() async throws -> [MetricSample] { try await watch.metrics(isAlone: viewers.isEmpty) }

  /// What changes by itself, each time the figures are read, until the stream is ended.
  func fragments() -> AsyncStream<SharedFragments> {
    let (stream, continuation) = AsyncStream<SharedFragments>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let viewer = nextViewer
    nextViewer += 1
    viewers[viewer] = continuation
    continuation.onTermination = { [weak self] _ in
      Task { [weak self] in await self?.leave(viewer) }
    }
    if looking == nil { looking = Task { await self.keepLooking() } }
    return stream
  }

  private func leave(_ viewer: Int) {
    viewers[viewer] = nil
    guard viewers.isEmpty else { return }
    looking?.cancel()
    looking = nil
  }

  private func keepLooking() async {
    while !Task.isCancelled, !viewers.isEmpty {
      do {
        let fragments = SharedFragments(
          try await look(), dependencies.timeZone, at: dependencies.time.now, render: render)
        for viewer in viewers.values { viewer.yield(fragments) }
      } catch {
        // A browser shows that it has lost touch, and comes back.
        for viewer in viewers.values { viewer.finish() }
      }
      try? await Task.sleep(for: CampaignWatch.interval)
    }
  }
}

/// The feeds of the campaigns that somebody has looked at.
actor CampaignFeeds {
  private let dependencies: Dependencies
  private let isStopped: @Sendable (Int32) -> Bool
  private var feeds: [CampaignLocation: CampaignFeed] = [:]

  init(_ dependencies: Dependencies, isStopped: @escaping @Sendable (Int32) -> Bool) {
    self.dependencies = dependencies
    self.isStopped = isStopped
  }

  func feed(of location: CampaignLocation) -> CampaignFeed {
    if let feed = feeds[location] { return feed }
    let feed = CampaignFeed(location, dependencies, isStopped: isStopped)
    feeds[location] = feed
    return feed
  }
}
