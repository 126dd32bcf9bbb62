import Campaigns
import Delivery
import DeliverySupport
import Mail
import Queue
import Receipts
import Synchronization
import Testing

/// Which relay a letter takes whose address needs SMTPUTF8, and what comes of one that none can take.
@Suite(.timeLimit(.minutes(10))) struct InternationalAddressTests {
  private static let recipients =
    ["jörg@kanzlei.example"] + DeliveryFixture.recipients(20) + ["石井@kanzlei.example", "anna@straße.example"]

  private static func offer(_ smtpUTF8: Bool) -> Result<RelayCapabilities, RelayUnavailable> {
    .success(RelayCapabilities(pipelining: true, eightBitMIME: true, smtpUTF8: smtpUTF8, size: nil))
  }

  private static let away = RelayUnavailable(kind: .unreachable, phase: .connect, reply: nil, message: "away")

  @Test(arguments: [1, 4]) func theyGoThroughTheRelayThatTakesThem(connections: Int) async throws {
    let fixture = try await DeliveryFixture(
      recipients: Self.recipients, .init(open: { relay, _ in Self.offer(relay == "wide") }))
    _ = try await fixture.engine(relays: [
      DeliveryFixture.relay("narrow", connections: connections), DeliveryFixture.relay("wide", connections: 1),
    ]).run()
    #expect(try await fixture.states() == [.accepted: Self.recipients.count])
    for sent in fixture.transport.sent where !sent.recipient.allSatisfy(\.isASCII) { #expect(sent.relay == "wide") }
    #expect(fixture.transport.sent.count == Self.recipients.count)
  }

  /// The one that may take them is busy at first: nobody gives up on it before it has said what it offers.
  @Test func theyWaitForARelayThatHasNotSaidYet() async throws {
    let busy = RelayUnavailable(kind: .busy, phase: .greeting, reply: nil, message: "busy")
    let fixture = try await DeliveryFixture(
      recipients: Self.recipients,
      .init(open: { relay, opening in relay == "wide" && opening < 4 ? .failure(busy) : Self.offer(relay == "wide") }))
    _ = try await fixture.engine(relays: [DeliveryFixture.relay("narrow"), DeliveryFixture.relay("wide")]).run()
    #expect(try await fixture.states() == [.accepted: Self.recipients.count])
  }

  @Test(arguments: [true, false]) func whereNoRelayInUseTakesThemTheyAreExcluded(otherIsAway: Bool) async throws {
    let fixture = try await DeliveryFixture(
      recipients: Self.recipients,
      .init(open: { relay, _ in otherIsAway && relay == "wide" ? .failure(Self.away) : Self.offer(false) }))
    guard
      case .finished = try await fixture.engine(relays: [
        DeliveryFixture.relay("narrow"), DeliveryFixture.relay("wide"),
      ]).run()
    else {
      Issue.record("the delivery did not finish")
      return
    }
    // An international domain alone needs nothing.
    #expect(try await fixture.states() == [.accepted: Self.recipients.count - 2, .excluded: 2])
    #expect(fixture.transport.sent.contains { $0.recipient == "anna@xn--strae-oqa.example" })
    let reasons = Mutex<[ExclusionReason?]>([])
    try await fixture.store.forEachCustomer(in: fixture.record.id) { customer in
      let excluded = customer.messages.filter { $0.state == .excluded }
      reasons.withLock { $0 += excluded.map(\.exclusion) }
    }
    #expect(reasons.withLock { $0 } == [.noSMTPUTF8, .noSMTPUTF8])
  }

  /// The sender's own address is our trouble: no customer is marked for it.
  @Test func anInternationalSenderStopsTheRelayInPlaceOfTheCustomers() async throws {
    let fixture = try await DeliveryFixture(
      recipients: Self.recipients, .init(open: { _, _ in Self.offer(false) }))
    guard case .relaysPaused(let troubles) = try await fixture.engine(sender: "büro@sender.example").run() else {
      Issue.record("the relay was not paused")
      return
    }
    #expect(troubles.map(\.kind) == [.refused])
    #expect(troubles[0].message.contains("does not offer SMTPUTF8, and every letter needs it"))
    #expect(try await fixture.states() == [.queued: Self.recipients.count])
    #expect(fixture.transport.sent.isEmpty)
  }

  @Test func anInternationalSenderUsesTheRelayThatTakesIt() async throws {
    let fixture = try await DeliveryFixture(
      recipients: Self.recipients, .init(open: { relay, _ in Self.offer(relay == "wide") }))
    _ = try await fixture.engine(
      relays: [DeliveryFixture.relay("narrow"), DeliveryFixture.relay("wide")], sender: "büro@sender.example"
    ).run()
    #expect(try await fixture.states() == [.accepted: Self.recipients.count])
    #expect(fixture.transport.sent.allSatisfy { $0.relay == "wide" })
  }
}
