import Campaigns
import Delivery
import DeliverySupport
import Foundation
import Letters
import Mail
import Queue
import TestSupport
import Testing

@testable import Operations

/// One customer's letter to the operator's own address: what is sent, what is kept of it, and what it leaves alone.
@Suite(.timeLimit(.minutes(10))) struct TestLetterTests {
  /// With keys of their own: those of a scene are always the same.
  private func dependencies(of scene: Scene) -> Dependencies {
    var dependencies = scene.dependencies
    dependencies.randomBytes = { count in (0..<count).map { _ in UInt8.random(in: .min ... .max) } }
    return dependencies
  }

  @discardableResult
  private func send(
    _ scene: Scene, to: String = "accept@firm.example", customer: String = "K1", letter: String? = nil,
    relay: String? = nil
  ) async throws -> TestLetterResult {
    try await TestLetterRun(
      scene.location, .init(to: to, customer: customer, letter: letter, relay: relay), dependencies(of: scene)
    ).run()
  }

  private func log(_ scene: Scene) -> URL { scene.files.folder.appendingPathComponent("test-letters.jsonl") }

  private func lines(_ scene: Scene) throws -> [[String: Any]] {
    try String(contentsOf: log(scene), encoding: .utf8).split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @Test func beforeTheLaunchItIsTheCustomersLetterAndMarked() async throws {
    let scene = try Scene(.accept, .accept)
    let result = try await send(scene)
    #expect(result.outcome == .accepted && result.outcome.kind == nil && result.explanation == nil)
    #expect(result.lines.last == "accepted by the relay: 250 2.0.0 taken" || result.lines.count == 2, "\(result.lines)")
    let sent = try #require(scene.transport.sent.first)
    #expect(scene.transport.sent.count == 1 && sent.recipient == "accept@firm.example" && sent.relay == "main")
    let header = try #require(sent.message.range(of: "\r\n\r\n")).lowerBound
    let fields = sent.message[..<header].split(separator: "\r\n")
    #expect(fields.contains("To: accept@firm.example"), "\(fields)")
    #expect(fields.contains { $0.hasPrefix("Subject: =?utf-8?Q?=5BTEST=5D_") }, "\(fields)")
    #expect(fields.contains("X-Eilbrief-Test: yes") && fields.contains("Auto-Submitted: auto-generated"))
    #expect(!sent.message[..<header].contains("kanzlei-1.example"))
    #expect(sent.message.contains("post@kanzlei-1.example"), "the customer's letter")
    #expect(sent.message.contains("\(VerificationCode.sample)"))
    #expect(!scene.hasStore && scene.transport.open == 0)
    // The next one is another message.
    try await send(scene)
    let ids = scene.transport.sent.map { $0.message.split(separator: "\r\n").filter { $0.hasPrefix("Message-ID") } }
    #expect(Set(ids).count == 2)
  }

  @Test func itsLinesNameNoAddress() async throws {
    let scene = try Scene(.accept)
    try await send(scene)
    try await send(scene, to: "refuse@firm.example")
    let lines = try lines(scene)
    #expect(lines.map { $0["event"] as? String } == ["sending", "accepted", "sending", "refused"])
    #expect(lines.allSatisfy { $0["relay"] as? String == "main" && $0["letter"] as? String == "password-change" })
    #expect(lines.allSatisfy { $0["by"] as? String == NSUserName() && $0["customer"] == nil })
    #expect(lines[0]["sha256"] as? String == SHA256.digest(of: Array(scene.transport.sent[0].message.utf8)).hex)
    #expect(lines[3]["phase"] as? String == "rcpt" && lines[3]["code"] as? Int == 550)
    let text = try String(contentsOf: log(scene), encoding: .utf8)
    for word in ["firm.example", "kanzlei-1", "K1", "accept@"] { #expect(!text.contains(word), "\(word): \(text)") }
    let mode = try FileManager.default.attributesOfItem(atPath: log(scene).path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  /// A campaign knows nothing of it.
  @Test func aLaunchedCampaignIsLeftAlone() async throws {
    let scene = try Scene(.accept, .postponeLong)
    try await scene.launchAndStop()
    let before = try (await scene.states(), scene.soundReceipts().count)
    // Another process delivers.
    do {
      let lock = try SpoolLock.take(Spool(folder: scene.folder.url), campaign: "winter", at: scene.time.now)
      try await send(scene)
      withExtendedLifetime(lock) {}
    }
    let after = try (await scene.states(), scene.soundReceipts().count)
    #expect(before == after)
    let letter = try await scene.message("K1")
    let sent = try #require(scene.transport.sent.first { $0.recipient == "accept@firm.example" })
    #expect(!sent.message.contains("\(letter.messageID)"))
    let hash = KeyedHash(key: try await scene.record().plan.hashKey).digest(of: "K1").hex
    #expect(try lines(scene).allSatisfy { $0["customer"] as? String == hash })
    // Nor is it what somebody reads out a code of.
    let found = try await CodeLookup.run(.sample, in: scene.folder.url, scene.dependencies)
    #expect(!found.hasLeft && found.letters.isEmpty)
    try await scene.resume()
    #expect(scene.transport.sent.filter { $0.recipient == "accept@kanzlei-1.example" }.count == 1)
  }

  @Test func aChangedCampaignIsNotTested() async throws {
    let scene = try Scene(.accept)
    try await scene.launchAndStop()
    try scene.edit("Wir prüfen, was abgerufen wurde.", "Wir wissen alles.")
    #expect(try await failure { try await send(scene) }.kind == .data)
    #expect(scene.transport.sent.isEmpty && !scene.exists(log(scene)))
  }

  @Test(
    arguments: [
      ("refuse@firm.example", .refused, .relay), ("postpone@firm.example", .deferred, .stopped),
      ("loseAll@firm.example", .uncertain, nil),
    ] as [(String, TestLetterResult.Outcome, OperatorError.Kind?)])
  func saysWhatTheRelayDid(
    to: String, outcome: TestLetterResult.Outcome, kind: OperatorError.Kind?
  ) async throws {
    let scene = try Scene(.accept)
    let result = try await send(scene, to: to)
    #expect(result.outcome == outcome && result.outcome.kind == kind)
    #expect((result.explanation == nil) == (outcome == .uncertain))
    #expect(try lines(scene).last?["event"] as? String == outcome.rawValue)
    #expect(scene.transport.sent.count == 1, "it is not tried again by itself")
  }

  @Test func anAddressOfAnotherCustomerIsRefused() async throws {
    let scene = try Scene(.accept, .accept, .nothing)
    for address in ["ACCEPT@kanzlei-2.example", "post@kanzlei-2.example", "post@Kanzlei-3.example"] {
      let error = try await failure { try await send(scene, to: address) }
      #expect(error.kind == .usage && "\(error.message)".contains("nothing was sent"), "\(error)")
    }
    #expect(scene.transport.sent.isEmpty)
    #expect(try await send(scene, to: "accept@kanzlei-1.example").outcome == .accepted)
  }

  @Test func whoeverGetsNoLetterHasNoneToTest() async throws {
    let scene = try Scene(.accept, .call)
    #expect(try await failure { try await send(scene, customer: "K2") }.kind == .data)
    #expect(try await failure { try await send(scene, customer: "K9") }.kind == .data)
    #expect(try await failure { try await send(scene, letter: "other") }.kind == .data)
    #expect(try await failure { try await send(scene, to: "nobody") }.kind == .usage)
    try scene.addBadRow()
    #expect(try await failure { try await send(scene, customer: "K99") }.kind == .data)
  }

  @Test func theFirstRelayThatCanBeUsedTakesIt() async throws {
    let scene = try Scene(.accept)
    let yaml = try scene.files.yaml()
    try #require(yaml.contains("relays:\n"))
    try scene.files.write(
      yaml: yaml.replacing("relays:\n", with: "relays:\n  - {name: first, url: \"smtp://first.example:25\"}\n"))
    scene.unreachable.relays = ["first"]
    let result = try await send(scene)
    #expect(result.relay.name == "main" && result.troubles == ["first is down"])
    #expect(try await failure { try await send(scene, relay: "first") }.kind == .relay)
    let error = try await failure { try await send(scene, relay: "second") }
    #expect(error.kind == .usage && "\(error.message)".contains("first, main"))
    scene.unreachable.relays = []
    scene.unreachable.size = 500
    #expect(try await failure { try await send(scene) }.kind == .relay)
  }

  /// Two letters of the campaign and a test letter are all that the hour has.
  private func use(_ scene: Scene) async throws -> [Date] {
    let relay = try CampaignFile.read(folder: scene.location.folder).relays[0]
    return try await scene.store().use(of: .relay(relay), since: Scene.start, on: scene.time.base)
  }

  @Test func itHasAPlaceInTheLimits() async throws {
    let scene = try Scene(.accept, .accept, relay: Scene.relay + ["limits: [3/h]"])
    try await scene.launch()
    try await send(scene)
    #expect(try await use(scene).count == 3)
    let error = try await failure { try await send(scene) }
    #expect(error.kind == .stopped, "\(error)")
    #expect(scene.transport.sent.count == 3)
    #expect(try await use(scene).count == 3)
    try await scene.time.sleep(until: scene.time.monotonicNow.addingTimeInterval(3700))
    #expect(try await send(scene).outcome == .accepted)
  }

  /// Before there is a queue the campaign's folder alone knows of it.
  @Test func aTestLetterBeforeTheLaunchHoldsUpTheFirstLetter() async throws {
    let scene = try Scene(.accept, relay: Scene.relay + ["limits: [2/h]", "connections: 1"])
    try await send(scene)
    try await send(scene)
    #expect(!scene.hasStore)
    #expect(try lines(scene).compactMap { $0["counted"] as? String } == ["at-launch", "at-launch"])
    try await scene.launch()
    let times = scene.transport.sent.map(\.at)
    #expect(times.count == 3)
    #expect(times[2].timeIntervalSince(times[0]) >= 3600)
    #expect(try await use(scene).count == 3)
    // From now on the queue counts it.
    try await scene.time.sleep(until: scene.time.monotonicNow.addingTimeInterval(3700))
    try await send(scene)
    #expect(try lines(scene).compactMap { $0["counted"] as? String }.count == 2)
    #expect(try await use(scene).count == 4)
  }

  /// A limit that is set later counts it.
  @Test func aTestLetterThroughARelayWithoutLimitsIsRemembered() async throws {
    let scene = try Scene(.accept)
    try await scene.launch()
    try await send(scene)
    #expect(try await use(scene).count == 2)
  }

  @Test func aTestLetterHoldsUpTheNextLetterOfTheCampaign() async throws {
    let scene = try Scene(.accept, .accept, relay: Scene.relay + ["limits: [1/h]", "connections: 1"])
    try await scene.launchAndStop()
    try await send(scene)
    try await scene.resume()
    let times = scene.transport.sent.map(\.at)
    #expect(times.count == 3)
    for (earlier, later) in zip(times, times.dropFirst()) { #expect(later.timeIntervalSince(earlier) >= 3600) }
  }
}
