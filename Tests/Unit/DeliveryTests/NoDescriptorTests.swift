import Delivery
import DeliverySupport
import Foundation
import Mail
import Queue
import Receipts
import Testing

/// File descriptors that cannot be had are this process's trouble: no relay is paused for it, no attempt counted.
@Suite struct NoDescriptorTests {
  private static let trouble = RelayUnavailable(kind: .noDescriptors, phase: .connect, reply: nil, message: "no files")

  @Test(arguments: [1...1, 1...40, 2...40]) func lettersWaitForADescriptor(_ failing: ClosedRange<Int>) async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(12),
      .init(open: { _, opening in failing.contains(opening) ? .failure(Self.trouble) : .success(.everything) }))
    guard case .finished = try await fixture.engine().run() else {
      Issue.record("the delivery did not finish")
      return
    }
    #expect(try await fixture.states() == [.accepted: 12])
    #expect(try await fixture.messages().values.allSatisfy { $0.attempts == 1 })
  }

  /// The relay has closed the connection before our first command, and there is no descriptor for another one.
  @Test func aClaimedLetterWaitsToo() async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(1),
      .init(
        answer: { _, attempt in attempt == 1 ? .notStarted(reason: "closed") : .accepted },
        open: { _, opening in (2...20).contains(opening) ? .failure(Self.trouble) : .success(.everything) }))
    guard case .finished = try await fixture.engine().run() else {
      Issue.record("the delivery did not finish")
      return
    }
    #expect(try await fixture.states() == [.accepted: 1])
    #expect(try await fixture.messages().values.map(\.attempts) == [1])
  }
}
