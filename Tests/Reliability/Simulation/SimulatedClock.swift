import Delivery
import Foundation
import Queue

/// The clocks as one process sees them: the wall clock that may jump, and the monotonic one that began with it.
struct SimulatedTimekeeper: DeliveryClock {
  let process: ProcessLife
  let world: World
  private let offset: Int

  init(process: ProcessLife, world: World) {
    self.process = process
    self.world = world
    offset = world.wallOffset
  }

  var now: Date {
    // Whole milliseconds, as the real one has them.
    world.date((world.clock + world.wallOffset) / 1000 * 1000)
  }

  var monotonicNow: Date { world.date(world.clock + offset) }

  var base: ClockBase {
    ClockBase(
      boot: "boot \(world.boot)", even: world.date(world.bootedAt + offset),
      wall: world.date(world.bootedAt + world.wallOffset))
  }

  func sleep(until moment: Date) async throws {
    let micros = (moment.timeIntervalSince(monotonicNow) * 1_000_000).rounded(.up)
    // No wait of a campaign is longer than a year.
    try await world.waitUnlessCancelled(Int(min(max(micros, 0), 3.2e13)), of: process)
    guard await process.pass() else { throw ProcessIsGone() }
  }

  func pause(for duration: Duration) async throws {
    // A look for what others want comes whenever something has happened; what bounds a wait takes its time.
    let isLook = duration < .seconds(5)
    try await world.waitUnlessCancelled(isLook ? nil : Int(duration / .microseconds(1)), of: process)
    guard await process.pass() else { throw ProcessIsGone() }
  }
}
