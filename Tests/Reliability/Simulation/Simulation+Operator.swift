import Foundation
import Mail
import Queue
import Receipts
import Synchronization

/// What happens between two processes: time passes, the clock is set, and the operator does what he may.
extension Simulation {
  func between() {
    let downtime = world.dice.spread(1...86_400_000) * 1_000
    let life = ProcessLife(number: -1)
    world.trace.note(.downtime, world.clock, downtime, 0)
    perform { [world] in _ = await world.wait(downtime, of: life) }
    if !isHealed, world.dice.chance(scenario.reboot) { world.reboot() }
    if !isHealed, world.dice.chance(scenario.jump) { jump() }
    if world.dice.chance(scenario.resolve) { perform { [self] in try await resolve() } }
  }

  /// The campaign is over, unless the operator now sends letters again.
  func isSettled() -> Bool {
    if world.dice.chance(scenario.resolve) { perform { [self] in try await resolve() } }
    return store.contents.withLock { $0.campaigns[0].tally[.queued] == 0 }
  }

  /// The operator looks into the relay's log, and settles some of the uncertain letters honestly.
  /// Now and then they open refused and expired letters again, and try at once what was deferred.
  private func resolve() async throws {
    let now = world.date(world.clock + world.wallOffset)
    // What a process that is gone left on the wire is settled first, as the command does.
    let owner = auditor.processes.count - 1
    guard try await store.campaign(named: SimulatedPlan.name)?.state != .cancelled else { return }
    _ = try await store.recover(campaign: Self.campaign, at: now)
    auditor.follow(store, by: owner)
    let found = store.contents.withLock { contents in
      contents.messages.indices.filter { contents.messages[$0].state == .uncertain }
    }
    for index in found where world.dice.below(2) == 0 {
      let isTaken = book.messages[index + 1].copies > 0
      let resolution: Resolution = isTaken ? .accepted : .resend
      world.trace.note(.resolve, world.clock, index + 1, isTaken ? 1 : 0)
      let customer = store.contents.withLock { $0.customers[index].planned.id }
      _ = try await store.resolve(
        in: Self.campaign, customer: customer, letter: nil, as: resolution, evidence: "the relay's log", at: now)
      auditor.follow(store, by: owner)
    }
    if world.dice.below(4) == 0 { try await tryAgain(at: now, by: owner) }
  }

  private func tryAgain(at now: Date, by owner: Int) async throws {
    let givenUp = store.contents.withLock { contents in
      contents.messages.indices.filter { [.refused, .expired].contains(contents.messages[$0].state) }
    }
    for index in givenUp where world.dice.below(2) == 0 {
      world.trace.note(.resolve, world.clock, index + 1, 2)
      let customer = store.contents.withLock { $0.customers[index].planned.id }
      _ = try await store.resolve(
        in: Self.campaign, customer: customer, letter: nil, as: .reopen, evidence: "operator", at: now)
      auditor.follow(store, by: owner)
    }
    if world.dice.below(2) == 0 {
      _ = try await store.makeDue(in: Self.campaign, customer: nil, at: now)
      auditor.madeDue(at: Milliseconds(now).date, by: owner)
    }
  }

  func freeze() async throws {
    try await SimulatedPlan.freeze(letters: scenario.messages, in: store, at: world.date(world.clock))
    auditor.follow(store, by: 0)
  }
}
