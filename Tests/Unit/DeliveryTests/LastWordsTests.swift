import Campaigns
import DeliverySupport
import Foundation
import Logging
import Mail
import Queue
import Synchronization
import Testing

@testable import Delivery

/// What a relay said last is kept for others to read and logged once for each kind.
@Suite struct LastWordsTests {
  private final class Lines: Sendable { let all = Mutex<[String]>([]) }

  private struct Handler: LogHandler {
    let lines: Lines
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }
    func log(event: LogEvent) { lines.all.withLock { $0.append("\(event.level) \(event.message)") } }
  }

  private func words(_ text: String, code: Int? = 451, at seconds: Double = 0) -> RelayCondition.Words {
    let time = Date(timeIntervalSince1970: seconds)
    return .init(
      phase: "rcpt", code: code, enhanced: "4.7.1", text: text, class: "greylisted", scope: "recipient", since: time,
      at: time)
  }

  @Test func theSameWordsAreSaidSinceTheyWereSaidFirst() {
    let last = LastWords()
    #expect(last.note(words("4.7.1 wait 10 seconds", at: 1), of: "main"))
    #expect(!last.note(words("4.7.1 wait 20 seconds", at: 5), of: "main"))
    #expect(last.last(of: "main")?.since == Date(timeIntervalSince1970: 1))
    #expect(last.last(of: "main")?.at == Date(timeIntervalSince1970: 5))
    #expect(last.last(of: "other") == nil)
    // Other words in between, or a letter that was taken, and it begins anew.
    #expect(last.note(words("4.2.2 full", at: 6), of: "main"))
    #expect(!last.note(words("4.7.1 wait 20 seconds", at: 7), of: "main"))
    #expect(last.last(of: "main")?.since == Date(timeIntervalSince1970: 7))
    last.noteAccepted("main")
    #expect(!last.note(words("4.7.1 wait 20 seconds", at: 9), of: "main"))
    #expect(last.last(of: "main")?.since == Date(timeIntervalSince1970: 9))
  }

  @Test func aRelayThatNeverSaysTheSameTwiceIsNotLoggedWithoutEnd() {
    let last = LastWords()
    let letters = Array("abcdefghij")
    let told = (0..<1000).filter { number in
      last.note(words(String("\(number)".compactMap { $0.wholeNumberValue }.map { letters[$0] })), of: "main")
    }
    #expect(told.count == LastWords.mostTold)
  }

  @Test func conditionsAreWrittenWhenTheyChange() {
    let last = LastWords()
    var condition = RelayCondition(relay: "main")
    #expect(last.isNews([condition]))
    last.noteKept([condition])
    #expect(!last.isNews([condition]))
    condition.words = words("4.7.1 wait", at: 1)
    #expect(last.isNews([condition]))
    last.noteKept([condition])
    condition.words?.at = Date(timeIntervalSince1970: 8)
    #expect(!last.isNews([condition]))
    condition.words?.at = Date(timeIntervalSince1970: 12)
    #expect(last.isNews([condition]))
  }

  // MARK: A delivery

  private func deliver(
    _ count: Int, giveUp: Bool = false, _ script: ScriptedTransport.Script
  ) async throws -> (conditions: [RelayCondition], log: [String], end: DeliveryEngine.End) {
    let fixture = try await DeliveryFixture(recipients: DeliveryFixture.recipients(count), script)
    let lines = Lines()
    var log = Logger(label: "test") { _ in Handler(lines: lines) }
    log.logLevel = .info
    let engine = try await fixture.engine()
    let logging = DeliveryEngine(
      campaign: engine.campaign, store: engine.store, source: engine.source, transport: engine.transport,
      receipts: engine.receipts, settings: engine.settings, time: engine.time, jitter: engine.jitter, log: log)
    let end = try await logging.run()
    return (try await fixture.store.conditions(in: fixture.record.id), lines.all.withLock { $0 }, end)
  }

  @Test func eachKindOfWordsIsLoggedOnceWithoutTheCustomer() async throws {
    let (conditions, log, _) = try await deliver(
      40,
      .init(answer: { recipient, attempt in
        attempt == 1 ? .reply(.rcpt, 451, "4.7.1 <\(recipient)>: greylisted, try again in 17 seconds") : .accepted
      }))
    let told = log.filter { $0.contains("greylisted (4.7.1)") }
    #expect(
      told == ["info relay main: greylisted (4.7.1): “451 4.7.1 <address>: greylisted, try again in 17 seconds”"],
      "\(log)")
    #expect(conditions.map(\.relay) == ["main"])
    let said = try #require(conditions[0].words)
    #expect(conditions[0].state == .sending)
    #expect(said.class == "greylisted" && said.scope == "recipient" && said.code == 451 && said.phase == "rcpt")
    #expect(said.text == "4.7.1 <address>: greylisted, try again in 17 seconds")
    #expect(!log.contains { $0.contains("@") }, "\(log)")
  }

  @Test func aPausedRelayIsKeptWithItsReason() async throws {
    let (conditions, log, end) = try await deliver(
      5, .init(answer: { _, _ in .reply(.mail, 550, "5.7.1 sender blocked") }))
    guard case .relaysPaused = end else { return #expect(Bool(false), "\(end)") }
    #expect(conditions.map(\.state) == [.paused])
    #expect(conditions[0].trouble?.contains("5.7.1 sender blocked") == true)
    #expect(conditions[0].words?.text == "5.7.1 sender blocked" && conditions[0].words?.phase == "mail")
    #expect(log.contains { $0.hasPrefix("info relay main: ") && $0.contains("“550 5.7.1 sender blocked”") }, "\(log)")
  }

  @Test func aRelayThatCannotBeReachedHasWordsOfOurs() async throws {
    let trouble = RelayUnavailable(
      kind: .unreachable, phase: .connect, reply: nil, message: "main.example:587: connection refused")
    let (conditions, log, _) = try await deliver(3, .init(open: { _, _ in .failure(trouble) }))
    #expect(conditions[0].words?.text == trouble.message && conditions[0].words?.class == nil)
    #expect(
      log.filter { $0 == "info relay main: no reply while connecting: “\(trouble.message)”" }.count == 1, "\(log)")
  }
}
