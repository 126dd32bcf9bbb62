import Campaigns
import Delivery
import DeliverySupport
import Foundation
import Mail
import Preflight
import Queue
import Receipts
import Reports
import SMTP
import TestSupport
import Testing

@testable import Operations

/// What a check reports of a campaign: fit or not, what keeps a launch from beginning, and what DNS and the relays say.
@Suite(.timeLimit(.minutes(10))) struct CheckTests {
  private func check(_ scene: Scene, online: Bool = false) async throws -> CheckReport {
    try await CheckReport.make(
      scene.location, online: online ? .init(resolver: nil) : nil, scene.dependencies)
  }

  @Test func goodCampaignIsFit() async throws {
    let scene = try Scene(.accept, .call, .nothing, more: "dkim: relay\n")
    let report = try await check(scene)
    #expect(report.isFit && report.blockers.isEmpty && report.usesBundledTemplates)
    #expect(report.plan.counts.letter == 1 && report.letters.letters == ["de": 1] && report.encrypted == nil)
    #expect(report.launched == nil && report.release == nil && report.online == nil)
    #expect(!scene.hasStore && scene.transport.openings == 0)
  }

  @Test func rejectedRowsAndLetterErrorsAreUnfit() async throws {
    let rejected = try Scene(.accept)
    try rejected.addBadRow()
    #expect(try await !check(rejected).isFit)
    let unfit = try Scene(.accept)
    try unfit.spoilLetters()
    #expect(try await Set(check(unfit).letters.errors.named.flatMap(\.customers)) == ["K1"])
    #expect(try await !check(unfit).isFit)
  }

  @Test func missingSecretsAndApprovalsAreBlockers() async throws {
    let scene = try Scene(
      .accept, relay: ["name: main", "url: \"smtps://relay.example:465\"", "username: u", "password_file: nowhere"],
      more: "release: two\n")
    let report = try await check(scene)
    #expect(report.isFit && report.blockers.count == 2 && report.release?.state.isReleased == false)
    #expect(report.blockers.flatMap(\.steps) == [.approve(withoutRejected: false)])
    let keyless = try Scene(
      .accept, more: "dkim: {domain: kanzlei-it.example, selector: a, rsa_key_file: nowhere.pem}\nrelease: two\n")
    // Which approvals count cannot be told without the key.
    let unsigned = try await check(keyless)
    #expect(unsigned.blockers.count == 1 && unsigned.release == nil)
  }

  @Test func leftReceiptsAreABlocker() async throws {
    let scene = try Scene(.accept)
    try FileManager.default.createDirectory(at: scene.receipts, withIntermediateDirectories: true)
    try Data("not a receipt\n".utf8).write(to: scene.receiptsFile)
    #expect(try await check(scene).blockers.count == 1)
  }

  @Test func deadlineWarnsBeforeTheLaunchOnly() async throws {
    let scene = try Scene(.accept)
    let before = try await check(scene).warnings.count
    try scene.edit("deadline: 2099", "deadline: 2025")
    #expect(try await check(scene).warnings.count == before + 1)
    try await scene.launch(lateIsFine: true)
    #expect(try await check(scene).warnings.count == before)
  }

  // MARK: A launched campaign

  @Test func launchedCampaignIsComparedWithItsInput() async throws {
    let scene = try Scene(.accept, .lose)
    try await scene.launchAndStop()
    let launched = try #require(try await check(scene).launched)
    #expect(launched.state == .paused && launched.remaining == 2 && launched.frozenAt == Scene.start)
    #expect(launched.changes.isEmpty && !launched.isRefused)
    try scene.edit("Wer die Zugangsdaten hat", "Wer Zugangsdaten hat")
    let changed = try await check(scene)
    #expect(changed.launched?.changes.count == 1 && changed.launched?.isRefused == true && !changed.isFit)
    try scene.edit("Wer Zugangsdaten hat", "Wer die Zugangsdaten hat")
    try await scene.cancel()
    let cancelled = try await check(scene)
    #expect(cancelled.launched?.isOver == true && !cancelled.isFit)
  }

  @Test func missingKeyIsNoChange() async throws {
    let scene = try Scene(.accept)
    let key = scene.files.folder.appendingPathComponent("key.pem")
    _ = try DKIMKeyMaking(
      .rsa, domain: Domain("kanzlei-it.example"), selector: #require(DKIMSelector("a")), file: key)
    try scene.files.write(
      yaml: scene.files.yaml() + "dkim: {domain: kanzlei-it.example, selector: a, rsa_key_file: key.pem}\n")
    try await scene.launchAndStop()
    try FileManager.default.removeItem(at: key)
    let report = try await check(scene)
    #expect(report.launched?.changes.isEmpty == true && report.blockers.count == 1)
  }

  // MARK: DNS and the relays

  @Test func onlineCheckAsksDNSAndTheRelays() async throws {
    let scene = try Scene(.accept, more: "dkim: relay\n")
    let online = try #require(try await check(scene, online: true).online)
    // No such domain is an error of the data; an inspection that found nothing is the relay's.
    #expect(Set(online.findings.map(\.topic)).isSuperset(of: [.spf, .mx, .relay]))
    #expect(online.count(.error) > 0 && online.fault == .data)
    #expect(scene.transport.sent.isEmpty)
  }

  @Test(
    arguments: [
      ([], nil), ([(.ok, .spf)], nil), ([(.warning, .dkim)], nil), ([(.unknown, .mx)], .stopped),
      ([(.error, .relay), (.unknown, .mx)], .relay), ([(.error, .relay), (.error, .spf)], .data),
      ([(.error, .dkim)], .data),
    ] as [([(PreflightFinding.Severity, PreflightFinding.Topic)], OperatorError.Kind?)])
  func worstFindingDecidesTheKind(
    _ findings: [(PreflightFinding.Severity, PreflightFinding.Topic)], _ kind: OperatorError.Kind?
  ) {
    let online = OnlineCheck(
      resolver: nil, findings: findings.map { PreflightFinding($0.0, $0.1, "firm.example", "It is so.") })
    #expect(online.fault == kind)
    #expect(online.hasWarnings == findings.contains { $0.0 == .warning })
  }

  @Test func campaignThatWasPurgedIsNotChecked() async throws {
    let scene = try Scene(.accept)
    try await scene.launch()
    _ = try await Purge(scene.location, scene.dependencies).run(atOnce: true) { _ in }
    let error = try await failure { _ = try await check(scene) }
    #expect(error.kind == .usage && error.message.steps == [.verifyReceipts])
  }

  // MARK: The deadline

  /// Not of the plan, but of what is left of it.
  @Test func aCampaignThatWasLaunchedIsForecastByWhatIsLeft() async throws {
    let scene = try Scene(.accept, .accept, .accept)
    #expect(try await check(scene).deadline.forecast.letters == 3)
    try await scene.launchAndStop()
    try await scene.tryLetter("K1", .refused)
    try await scene.deferLetter("K2", for: 7200)
    let report = try await check(scene)
    #expect(report.launched?.remaining == 2)
    let forecast = report.deadline.forecast
    #expect(forecast.letters == 2)
    // The letter that was put off has its time.
    let end = try #require(forecast.likely.moments.all)
    #expect(end.timeIntervalSince(scene.time.now) >= 7200)
  }

  /// By this campaign or another one of the queue.
  @Test func whatDeliveriesHaveLearnedIsInTheForecast() async throws {
    let scene = try Scene(.accept, .accept, .postponeLong)
    try await scene.launchAndStop()
    let (store, time) = (try scene.store(), scene.time)
    let relay = try scene.campaign().relays[0]
    func pace() async throws -> Double? { try await ForecastPlan.Relay(relay, from: store, time).pace }
    #expect(try await pace() == nil)
    let owner = try SQLiteStore.open(spool: scene.location.queue, access: .owner)
    let clock = try await owner.openUse(on: time.base, keeping: [:], at: time.monotonicNow)
    try await owner.keep(
      [LearnedLimits(scope: .relay(relay), pace: .init(0.5, at: time.monotonicNow, lasts: 15))], clock: clock,
      as: time.base)
    #expect(try await pace() == 0.5)
    try await time.sleep(until: time.monotonicNow.addingTimeInterval(90_000))
    #expect(try await pace() == nil)
  }

  private func forecast(_ campaign: Campaign, _ letters: Int, _ seconds: TimeInterval) -> DeadlineForecast {
    let deadline = campaign.deadline.date
    return DeadlineForecast(
      ForecastPlan(
        at: deadline.addingTimeInterval(seconds), letters: WaitingLetters(untried: letters),
        relays: campaign.relays.map { ForecastPlan.Relay($0) }, retry: campaign.retry, deadline: deadline),
      deadline: deadline)
  }

  @Test func forecastIsComparedWithTheDeadline() async throws {
    var campaign = try Scene(.accept).campaign()
    let deadline = campaign.deadline.date
    #expect(forecast(campaign, 1, -60).objection == nil && forecast(campaign, 1, -60).remedies.isEmpty)
    #expect(forecast(campaign, 1, 0).isPast && !forecast(campaign, 1, 0).isUnreachable)
    #expect(forecast(campaign, 1, 0).objection != nil)
    campaign.relays[0].limits = [RateLimit(count: 10, window: .seconds(3600))]
    #expect(!forecast(campaign, 10, -60).isUnreachable && forecast(campaign, 11, -60).isUnreachable)
    #expect(forecast(campaign, 11, -60).objection?.pieces.contains(.time(deadline)) == true)
    // A window is kept a second longer than the limit says, and half a percent for the way to the relay.
    #expect(!forecast(campaign, 20, -3630).isUnreachable && forecast(campaign, 21, -3630).isUnreachable)
    // What only may be late is no reason to refuse.
    #expect(forecast(campaign, 10, -1.5).isUncertain && forecast(campaign, 10, -1.5).objection == nil)
  }

  @Test func whatWouldHelpIsFoundByForecasting() async throws {
    var campaign = try Scene(.accept).campaign()
    campaign.relays[0].limits = [RateLimit(count: 10, window: .seconds(3600))]
    let late = forecast(campaign, 19, -600)
    #expect(
      late.remedies == [
        .limits(
          relay: "main", from: campaign.relays[0].limits, to: [RateLimit(count: 19, window: .seconds(3600))]),
        .relays(like: "main", more: 1),
      ])
    let refusal = try #require(late.refusal(withoutRejected: true))
    #expect(refusal.kind == .stopped)
    #expect(refusal.message.steps == [.rehearseAtSpeed, .calls, .launchLate(withoutRejected: true)])
  }
}
