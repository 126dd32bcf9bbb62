import Campaigns
import DeliverySupport
import Foundation
import Queue
import Receipts
import Testing

@testable import Delivery

/// A run of dead addresses is never sent in a row.
@Suite(.timeLimit(.minutes(5))) struct DeadAddressRowTests {
  private static let now = Date(timeIntervalSince1970: 1_795_420_800)

  @Test func twoAreChanceAndThenTheRowIsBroken() {
    var row = DeadAddressRow()
    #expect(row.leave(to: "a.example", at: Self.now) == .go)
    row.noteDead(at: "a.example", at: Self.now)
    #expect(row.leave(to: "a.example", at: Self.now) == .go)
    row.noteDead(at: "a.example", at: Self.now)
    #expect(row.leave(to: "a.example", at: Self.now) == .wait(until: Self.now + 1))
    #expect(row.leave(to: "b.example", at: Self.now) == .go)
    // By letters that are accepted elsewhere, or by the time.
    row.noteAccepted(at: "b.example")
    #expect(row.leave(to: "a.example", at: Self.now) == .wait(until: Self.now + 1))
    #expect(row.leave(to: "a.example", at: Self.now + 1) == .go)
    row.noteAccepted(at: "c.example")
    #expect(row.leave(to: "a.example", at: Self.now) == .go)
  }

  @Test func oneGoesAloneAfterTheWaitAndTheOthersWaitForIt() {
    var row = DeadAddressRow()
    for _ in 1...2 { row.noteDead(at: "a.example", at: Self.now) }
    row.begin(7, to: "a.example")
    #expect(row.leave(to: "a.example", at: Self.now + 60) == .waitForAnswer)
    // Another one that was on the wire before says nothing about it.
    row.end(6, to: "a.example")
    #expect(row.leave(to: "a.example", at: Self.now + 60) == .waitForAnswer)
    row.noteDead(at: "a.example", at: Self.now)
    row.end(7, to: "a.example")
    #expect(row.leave(to: "a.example", at: Self.now) == .wait(until: Self.now + 2))
    // One that is put off: the next one may go.
    row.begin(8, to: "a.example")
    row.end(8, to: "a.example")
    #expect(row.leave(to: "a.example", at: Self.now + 2) == .go)
    // One that is accepted ends the row.
    row.begin(9, to: "a.example")
    row.noteAccepted(at: "a.example")
    row.end(9, to: "a.example")
    row.noteDead(at: "a.example", at: Self.now)
    #expect(row.leave(to: "a.example", at: Self.now) == .go)
  }

  @Test func theWaitGrowsAndHasABound() {
    var row = DeadAddressRow()
    row.noteDead(at: "a.example", at: Self.now)
    let waits: [TimeInterval] = (1...40).map { _ in
      row.noteDead(at: "a.example", at: Self.now)
      guard case .wait(let until) = row.leave(to: "a.example", at: Self.now) else { return 0 }
      return until.timeIntervalSince(Self.now)
    }
    #expect(waits.prefix(6) == [1, 2, 4, 8, 10, 10] && waits.last == 10)
    row.forget()
    #expect(row.leave(to: "a.example", at: Self.now) == .go)
  }

  @Test func whatIsKnownHasABound() {
    var row = DeadAddressRow()
    for number in 0..<20_000 { row.noteDead(at: "d\(number).example", at: Self.now + Double(number)) }
    #expect(row.count <= 4096)
  }

  // MARK: In a delivery

  private static func dead(_ recipient: String, _ attempt: Int) -> SendResult {
    recipient.hasPrefix("tot")
      ? .reply(.rcpt, 550, "5.1.1 <\(recipient)>: user unknown") : .accepted
  }

  /// What the relay saw, and when, in seconds from the beginning.
  private static func deliver(
    _ recipients: [String], connections: Int = 1,
    _ answer: @escaping @Sendable (_ recipient: String, _ attempt: Int) async -> SendResult = dead
  ) async throws -> (fixture: DeliveryFixture, sent: [ScriptedTransport.Sent]) {
    let fixture = try await DeliveryFixture(recipients: recipients, .init(answer: answer))
    let end = try await fixture.engine(relays: [DeliveryFixture.relay(connections: connections)]).run()
    guard case .finished = end else { throw StoreError.invariant("\(end)") }
    return (fixture, fixture.transport.sent)
  }

  /// Dead addresses of one domain that the relay saw one after another, none taken and no wait of a second between them.
  private static func longestRow(_ sent: [ScriptedTransport.Sent], at domain: String) -> Int {
    var (longest, row, others) = (0, 0, 0)
    var last: Date?
    for letter in sent {
      guard letter.recipient.hasSuffix("@\(domain)") else {
        if AttemptVerdict(letter.result).outcome == .accepted { others += 1 }
        continue
      }
      let isBroken = others > 0 || last.map { letter.at.timeIntervalSince($0) >= 1 } ?? false
      others = 0
      last = letter.at
      guard letter.recipient.hasPrefix("tot") else {
        row = 0
        continue
      }
      row = isBroken ? 1 : row + 1
      longest = max(longest, row)
    }
    return longest
  }

  @Test func lettersToOthersComeBetween() async throws {
    let dead = (1...20).map { "tot\($0)@alt.example" }
    let others = (1...60).map { "k\($0)@d\($0 % 7).example" }
    let (fixture, sent) = try await Self.deliver(dead + others)
    #expect(Self.longestRow(sent, at: "alt.example") == 2)
    #expect(sent.count == 80)
    #expect(try await fixture.states() == [.refused: 20, .accepted: 60])
  }

  @Test func nothingButDeadAddressesComesToItsEnd() async throws {
    let (fixture, sent) = try await Self.deliver((1...30).map { "tot\($0)@alt.example" })
    #expect(try await fixture.states() == [.refused: 30])
    #expect(Self.longestRow(sent, at: "alt.example") == 2 && sent.count == 30)
    let span = sent[29].at.timeIntervalSince(sent[0].at)
    #expect(span > 200 && span < 300)
  }

  @Test func moreConnectionsMakeNoRow() async throws {
    let dead = (1...24).map { "tot\($0)@alt.example" }
    let (fixture, sent) = try await Self.deliver(dead + (1...30).map { "k\($0)@alt.example" }, connections: 8)
    #expect(try await fixture.states() == [.refused: 24, .accepted: 30])
    #expect(sent.count == 54)
    // What was on the wire with the first two is not called back; after that one goes at a time.
    #expect(Self.longestRow(sent, at: "alt.example") <= 9)
  }

  /// What is put off, greylisted or uncertain in between holds nobody up.
  @Test func otherOutcomesHoldNobodyUp() async throws {
    let recipients = (1...40).map { "\($0 % 3 == 0 ? "spaet" : $0 % 5 == 0 ? "weg" : "tot")\($0)@alt.example" }
    let (fixture, _) = try await Self.deliver(recipients, connections: 3) { recipient, attempt in
      if recipient.hasPrefix("spaet"), attempt == 1 {
        return .reply(.rcpt, 450, "4.2.0 greylisted, try again in 300 seconds")
      }
      if recipient.hasPrefix("weg") { return .uncertain }
      return Self.dead(recipient, attempt)
    }
    let states = try await fixture.states()
    #expect(states == [.refused: 21, .accepted: 13, .uncertain: 6], "\(states)")
  }

  /// A mailbox that is full is a mailbox.
  @Test func onlyDeadAddressesCount() async throws {
    let (_, sent) = try await Self.deliver((1...10).map { "voll\($0)@alt.example" }) { recipient, _ in
      .reply(.rcpt, 552, "5.2.2 <\(recipient)>: mailbox full")
    }
    #expect(sent.last.map { $0.at.timeIntervalSince(sent[0].at) < 1 } == true)
  }
}
