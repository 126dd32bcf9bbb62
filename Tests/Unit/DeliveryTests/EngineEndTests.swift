import Campaigns
import Delivery
import DeliverySupport
import Foundation
import Letters
import Mail
import Queue
import Receipts
import Synchronization
import Testing

/// The engine ends when it must, though workers sleep: over a clock on which no sleep is ever over.
@Suite(.timeLimit(.minutes(10))) struct EngineEndTests {
  /// Answers that wait until `gate` opens, so that the other workers have gone to sleep before.
  private final class Gate: Sendable {
    private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])
    private let isOpen = Mutex(false)

    func pass() async {
      if isOpen.withLock({ $0 }) { return }
      await withCheckedContinuation { continuation in waiting.withLock { $0.append(continuation) } }
    }

    func open() {
      isOpen.withLock { $0 = true }
      for continuation in waiting.withLock({ $0 }) { continuation.resume() }
    }
  }

  @Test func aPausedRelayWakesItsSleepingWorkers() async throws {
    let deferredOnes = Mutex(0)
    let gate = Gate()
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(4), time: TestClock(StuckClock().now),
      .init(answer: { recipient, _ in
        if recipient.hasPrefix("k4@") {
          await gate.pass()
          return .reply(.mail, 550, "5.7.1 sender rejected")
        }
        let count = deferredOnes.withLock { count in
          count += 1
          return count
        }
        if count == 3 { gate.open() }
        return .reply(.rcpt, 450, "4.2.\(count) mailbox busy")
      }))
    let engine = try await fixture.engine(time: StuckClock())
    guard case .relaysPaused(let troubles) = try await engine.run() else {
      Issue.record("the relay was not paused")
      return
    }
    #expect(troubles.map(\.kind) == [.refused])
    #expect(try await fixture.states() == [.deferred: 4])
  }

  /// A clock on which no sleep is over before the gate opens.
  private struct GatedTimekeeper: DeliveryClock {
    let gate: Gate
    let now = StuckClock().now
    var monotonicNow: Date { now }

    func sleep(until moment: Date) async throws {
      if moment > now { await gate.pass() }
    }
  }

  /// The relay takes one connection, and its worker must get the message the other worker cannot send, before that one
  /// tries to connect again.
  @Test func aWorkerWithoutConnectionHoldsNoMessageBack() async throws {
    let (failed, sent) = (Gate(), Gate())
    let count = Mutex(0)
    let busy = RelayUnavailable(
      kind: .busy, phase: .greeting, reply: Reply(code: 421, enhanced: nil, text: "too many connections"),
      message: "full")
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(2), time: TestClock(StuckClock().now),
      .init(
        answer: { _, _ in
          await failed.pass()
          let isLast = count.withLock { count in
            count += 1
            return count == 2
          }
          if isLast { sent.open() }
          return .accepted
        },
        open: { _, opening in
          if opening == 1 { return .success(.everything) }
          failed.open()
          return .failure(busy)
        }))
    let engine = try await fixture.engine(
      relays: [DeliveryFixture.relay(connections: 2)], time: GatedTimekeeper(gate: sent))
    guard case .finished = try await engine.run() else {
      Issue.record("the delivery did not finish")
      return
    }
    #expect(try await fixture.states() == [.accepted: 2])
  }

  /// Another process has claimed a message, as the successor of one that was stopped: whether one of the relays is in
  /// trouble or none, the delivery is not finished.
  @Test(arguments: [false, true]) func whatAnotherProcessHasInHandIsNotFinished(_ isOneInTrouble: Bool) async throws {
    let refused = RelayUnavailable(kind: .refused, phase: .greeting, reply: nil, message: "go away")
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(2),
      .init(open: { relay, _ in isOneInTrouble && relay == "other" ? .failure(refused) : .success(.everything) }))
    let now = fixture.time.now
    let due = try await fixture.store.due(in: fixture.record.id, at: now, after: nil, limit: 1)
    let claim = ClaimRequest(
      message: due[0].message, fence: due[0].fence, worker: "another", relay: "main", at: now, leaseUntil: now + 60,
      sha256: SHA256.digest(of: []))
    _ = try await fixture.store.commit([.claim(claim)])
    let engine = try await fixture.engine(relays: [DeliveryFixture.relay(), DeliveryFixture.relay("other")])
    await #expect(throws: DeliveryError.leaseLost) { try await engine.run() }
    #expect(try await fixture.states() == [.accepted: 1, .sending: 1])
  }

  /// One letter that cannot be made is left out; it stops nobody, whatever the number of connections.
  @Test(arguments: [1, 3]) func aLetterThatCannotBeMadeIsExcluded(_ connections: Int) async throws {
    let fixture = try await DeliveryFixture(recipients: DeliveryFixture.recipients(6))
    let fault = LetterError(customer: "K4", problem: .notEncrypted(files: ["customer-4.pem"]))
    let engine = try await fixture.engine(
      relays: [DeliveryFixture.relay(connections: connections)],
      source: FailingSource(recipient: "k4@d4.example", fault: fault))
    guard case .finished = try await engine.run() else {
      Issue.record("the delivery did not finish")
      return
    }
    #expect(try await fixture.states() == [.accepted: 5, .excluded: 1])
    let message = try #require(try await fixture.messages()["k4@d4.example"])
    #expect(message.exclusion == .notMade(fault.reason) && fault.reason.hasPrefix("customer-4.pem: "))
  }

  @Test func oneWorkersErrorEndsTheOthers() async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(4), time: TestClock(StuckClock().now),
      .init(answer: { _, _ in .reply(.rcpt, 450, "4.2.1 later") }))
    // Two connections: while one of them fails, the other has deferred its message and sleeps.
    let engine = try await fixture.engine(
      relays: [DeliveryFixture.relay(connections: 2)],
      time: StuckClock(), source: FailingSource(recipient: "k4@d4.example"))
    await #expect(throws: FailingSource.Fault.self) { try await engine.run() }
    #expect(try await fixture.states()[.sending] == nil)
  }
}

/// Cannot make one message the first time it is asked for it.
final class FailingSource: MessageSource {
  struct Fault: Error {}

  let envelopeSender: EmailAddress
  let recipient: String
  private let fault: any Error
  private let hasFailed = Mutex(false)

  init(recipient: String, fault: any Error = Fault()) throws {
    self.fault = fault
    envelopeSender = try EmailAddress("a@sender.example")
    self.recipient = recipient
  }

  func envelope(of message: DueMessage) -> Envelope {
    Envelope(sender: envelopeSender, recipient: message.recipient)
  }

  func bytes(for message: DueMessage, date: Date, encoding: TransferEncoding) throws -> [UInt8] {
    if message.recipient.description == recipient {
      let isFirst = hasFailed.withLock { failed in
        defer { failed = true }
        return !failed
      }
      if isFirst { throw fault }
    }
    return Array("Message-ID: \(message.messageID)\r\n\r\nHello\r\n".utf8)
  }
}
