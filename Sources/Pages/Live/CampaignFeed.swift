import Foundation
import Operations
import Reports

/// What a page shows of a campaign that changes by itself.
struct LiveFigures: Sendable {
  var status: CampaignStatus
  /// Older than the figures, by as much as counting everybody may cost; nil before it was counted, and for a campaign
  /// without letters.
  var outcomes: CampaignOutcomes?
}

/// Looks at one campaign for everybody who has a page of it open, and tells them what has changed.
///
/// While somebody looks, the figures are read once a second and all customers counted as often as a fortieth of the time
/// allows; while nobody does, nothing is read. Each viewer has the newest figures and no queue of older ones, so that one
/// who reads slowly costs no memory.
actor CampaignFeed {
  private let location: CampaignLocation
  private let dependencies: Dependencies
  private let watch: CampaignWatch
  private var viewers: [Int: AsyncStream<LiveFigures>.Continuation] = [:]
  private var nextViewer = 0
  private var looking: Task<Void, Never>?
  private var counting: Task<Void, Never>?
  private var outcomes: CampaignOutcomes?
  private var nextCount = ContinuousClock.now

  init(_ location: CampaignLocation, _ dependencies: Dependencies, isStopped: @escaping @Sendable (Int32) -> Bool) {
    self.location = location
    self.dependencies = dependencies
    watch = CampaignWatch(location, dependencies, isStopped: isStopped)
  }

  /// The figures now. Fails as ``StatusQuery`` does.
  func look() async throws -> LiveFigures {
    var status = try await watch.look()
    guard status.total > 0, status.purge == nil else { return LiveFigures(status: status) }
    if counting == nil, nextCount <= .now { counting = Task { await self.count() } }
    if outcomes == nil { await counting?.value }
    if let calls = outcomes?.calls { status.setCalls(calls) }
    return LiveFigures(status: status, outcomes: outcomes)
  }

  private func count() async {
    let begun = ContinuousClock.now
    if let counted = try? await CampaignOutcomes.read(location, dependencies) { outcomes = counted }
    nextCount = .now.advanced(by: max(.seconds(5), (.now - begun) * 40))
    counting = nil
  }

  /// The figures each time they are read, until the stream is ended.
  func figures() -> AsyncStream<LiveFigures> {
    let (stream, continuation) = AsyncStream<LiveFigures>.makeStream(bufferingPolicy: .bufferingNewest(1))
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
      // A store that cannot be read for a moment is read again.
      if let figures = try? await look() {
        for viewer in viewers.values { viewer.yield(figures) }
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
