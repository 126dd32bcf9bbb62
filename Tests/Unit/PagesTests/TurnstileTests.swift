import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import Pages

/// Heavy reads come one after the other.
@Suite(.timeLimit(.minutes(5))) struct TurnstileTests {
  @Test func heavyReadsComeOneAfterTheOther() async throws {
    let turnstile = Turnstile()
    let inside = Inside()
    await withTaskGroup { group in
      for number in 0..<20 {
        group.addTask {
          try? await turnstile.pass {
            await inside.enter()
            try await Task.sleep(for: .milliseconds(2))
            await inside.leave()
            // One that fails lets the next one in.
            if number.isMultiple(of: 3) { throw CancellationError() }
          }
        }
      }
    }
    #expect(await inside.most == 1)
    #expect(await inside.all == 20)
  }

  /// Who has left waits no longer, and keeps nobody else.
  @Test func whoHasLeftIsForgotten() async throws {
    let turnstile = Turnstile()
    let (gate, open) = AsyncStream<Void>.makeStream()
    let first = Task { try await turnstile.pass { for await _ in gate {} } }
    try await eventually("one is inside") { await !turnstile.isFree }
    let others = (0..<3).map { number in Task { try await turnstile.pass { number } } }
    try await eventually("three wait") { await turnstile.waiters == 3 }
    others[0].cancel()
    others[1].cancel()
    for gone in others.prefix(2) {
      await #expect(throws: CancellationError.self) { try await gone.value }
    }
    #expect(await turnstile.waiters == 1)
    open.finish()
    try await first.value
    #expect(try await others[2].value == 2)
    #expect(await turnstile.isFree)
  }

  @Test func manyAreSentAway() async throws {
    let turnstile = Turnstile()
    let (gate, open) = AsyncStream<Void>.makeStream()
    let inside = Task { try await turnstile.pass { for await _ in gate {} } }
    try await eventually("one is inside") { await !turnstile.isFree }
    let waiting = (0..<Turnstile.mostWaiting).map { _ in Task { try await turnstile.pass {} } }
    try await eventually("the others wait") { await turnstile.waiters == Turnstile.mostWaiting }
    let refused = await #expect(throws: PageFailure.self) { try await turnstile.pass {} }
    #expect(refused?.status == .serviceUnavailable)
    open.finish()
    try await inside.value
    for task in waiting { try await task.value }
    #expect(await turnstile.isFree)
  }

  private actor Inside {
    private var now = 0
    private(set) var most = 0
    private(set) var all = 0

    func enter() {
      now += 1
      all += 1
      most = max(most, now)
    }

    func leave() { now -= 1 }
  }
}
