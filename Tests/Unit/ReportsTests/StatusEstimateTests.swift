import Delivery
import Foundation
import Queue
import Receipts
import Reports
import Testing

/// Rate and estimated end, from one snapshot.
@Suite struct StatusEstimateTests {
  private func status(
    _ state: CampaignState = .running, queued: Int = 60, deferred: Int = 0, startedAt: Date? = Sample.time(0),
    nextDue: Date? = nil, lastOutcomeAt: Double?, outcomes: Int, at now: Double, next: Double = 0, finish: Double = 0
  ) -> CampaignStatus {
    var status = unlimited(
      state, queued: queued, deferred: deferred, startedAt: startedAt, nextDue: nextDue, lastOutcomeAt: lastOutcomeAt,
      outcomes: outcomes, at: now)
    status.estimate(
      within: Sample.forecast(next: max(now, next), end: max(now, finish), at: now), at: Sample.time(now))
    return status
  }

  private func unlimited(
    _ state: CampaignState = .running, queued: Int = 60, deferred: Int = 0, startedAt: Date? = Sample.time(0),
    nextDue: Date? = nil, lastOutcomeAt: Double?, outcomes: Int, at now: Double
  ) -> CampaignStatus {
    var status = CampaignStatus(
      Sample.snapshot(
        state, startedAt: startedAt, messages: [.queued: queued, .deferred: deferred], nextDue: nextDue,
        lastOutcomeAt: lastOutcomeAt.map(Sample.time), outcomes: outcomes),
      at: Sample.time(now))
    // One due time for all.
    let isDue = nextDue.map { $0 <= Sample.time(now) } ?? true
    status.setWaiting([], DeferredFigures(due: isDue ? deferred : 0, lastDue: nextDue))
    return status
  }

  @Test func theRateIsThatOfTheLastMinute() {
    let status = status(lastOutcomeAt: 600, outcomes: 120, at: 601, finish: 631)
    #expect(status.ratePerSecond == 2)
    #expect(status.eta == Sample.time(631))
  }

  @Test func inTheFirstMinuteItIsThatOfTheTimeSoFar() {
    #expect(status(lastOutcomeAt: 10, outcomes: 20, at: 11).ratePerSecond == 2)
    // Outcomes of the first instant are not divided by nothing.
    #expect(status(lastOutcomeAt: 0, outcomes: 3, at: 0).ratePerSecond == 3)
  }

  @Test func nothingMovesWhenTheLastOutcomeIsAMinuteOld() {
    #expect(status(lastOutcomeAt: 100, outcomes: 60, at: 159.9).ratePerSecond == 1)
    let still = status(lastOutcomeAt: 100, outcomes: 60, at: 160)
    #expect(still.ratePerSecond == 0)
    #expect(still.eta == nil && still.noEstimate == .nothingMoves(letters: 60))
  }

  @Test(arguments: CampaignState.allCases.filter { $0 != .running })
  func onlyARunningCampaignHasARate(_ state: CampaignState) {
    let status = status(state, lastOutcomeAt: 100, outcomes: 60, at: 101)
    #expect(status.ratePerSecond == 0)
    #expect(status.eta == nil)
  }

  @Test func beforeTheFirstOutcomeNothingIsKnown() {
    #expect(status(lastOutcomeAt: nil, outcomes: 0, at: 5).eta == nil)
    #expect(status(startedAt: nil, lastOutcomeAt: 4, outcomes: 1, at: 5).ratePerSecond == 0)
  }

  @Test func nothingLeftHasNoEnd() {
    let status = status(queued: 0, lastOutcomeAt: 100, outcomes: 60, at: 101)
    #expect(status.ratePerSecond == 1)
    #expect(status.eta == nil)
  }

  @Test func theEndIsTheForecasts() throws {
    let burst = status(lastOutcomeAt: 600, outcomes: 120, at: 601, finish: 30_000)
    #expect(burst.eta == Sample.time(30_000) && burst.forecast?.end == burst.eta)
    #expect(burst.waitsForLimitUntil == nil)
    // Where no end is named, there is no forecast in the document.
    let still = status(lastOutcomeAt: 100, outcomes: 60, at: 160, finish: 30_000)
    #expect(still.eta == nil && still.forecast == nil)
    #expect(try ReportEncoding.json(still).contains("\"forecast\" : null"))
  }

  @Test func whileAllWaitForALimitTheLimitsAloneTellTheEnd() {
    for lastOutcome in [100.0, 600] {
      let waiting = status(lastOutcomeAt: lastOutcome, outcomes: 1, at: 601, next: 3700, finish: 30_000)
      #expect(waiting.eta == Sample.time(30_000))
      #expect(waiting.waitsForLimitUntil == Sample.time(3700))
    }
    // A wait of moments is part of a steady delivery, and nobody waits for what is not to be sent.
    #expect(status(lastOutcomeAt: 600, outcomes: 1, at: 601, next: 602).waitsForLimitUntil == nil)
    let deferred = status(queued: 0, deferred: 1, lastOutcomeAt: 600, outcomes: 1, at: 601, next: 3700)
    #expect(deferred.waitsForLimitUntil == nil)
  }

  @Test func whereTheLimitsAreNotKnownABurstPromisesNothing() {
    var status = unlimited(lastOutcomeAt: 600, outcomes: 120, at: 601)
    status.estimate(within: nil, at: Sample.time(601))
    #expect(status.ratePerSecond == 2)
    #expect(status.eta == nil && status.noEstimate == .limitsUnknown)
  }

  @Test(arguments: [nil, true, false])
  func whereNoProcessDeliversNothingMoves(_ isStopped: Bool?) {
    var status = status(
      queued: 59, deferred: 1, nextDue: Sample.time(700), lastOutcomeAt: 600, outcomes: 120, at: 601, next: 3700,
      finish: 30_000)
    status.setProcess(isStopped.map { DeliveringProcess(pid: 7, host: "mail", since: nil, isStopped: $0) })
    let moves = isStopped == false
    #expect((status.ratePerSecond > 0) == moves)
    #expect((status.eta != nil) == moves)
    #expect(status.noEstimate == (moves ? nil : .notDelivered))
    #expect((status.nextDue != nil) == moves)
    #expect((status.waitsForLimitUntil != nil) == moves)
  }

  @Test(arguments: [nil, true, false])
  func onlyAProcessThatDeliversKnowsOfARest(_ isStopped: Bool?) {
    var status = status(lastOutcomeAt: 600, outcomes: 120, at: 601)
    let rest = RelayCondition(relay: "main", state: .resting, since: Sample.time(590), until: Sample.time(700))
    let paused = RelayCondition(relay: "other", state: .paused, trouble: "It refuses us.")
    status.setWaiting([rest, paused], DeferredFigures())
    status.setProcess(isStopped.map { DeliveringProcess(pid: 7, host: "mail", since: nil, isStopped: $0) })
    #expect(status.relays == [isStopped == false ? rest : RelayCondition(relay: "main"), paused])
  }

  @Test func aSlowRelaysRateIsNotRoundedToNothing() throws {
    let text = try ReportEncoding.json(status(lastOutcomeAt: 600, outcomes: 1, at: 601))
    #expect(text.contains("\"rate_per_second\" : 0.017,"))
  }
}
