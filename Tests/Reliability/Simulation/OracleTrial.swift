import Campaigns
import Delivery
import Foundation
import Queue
import Receipts

/// A campaign over a relay that changes its mind, beside what a sender could do that knows when it will.
public struct OracleTrial {
  public struct Outcome: Sendable {
    /// Letters that were not accepted.
    public var missing = 0
    /// Seconds until 99 of 100 letters were accepted, and until they could have been.
    public var delivered = 0.0
    public var possible = 0.0
    /// The same of every letter.
    public var moments: (delivered: [Int], possible: [Int]) = ([], [])
    public var phases: [String] = []

    /// By how much later than possible, as a share.
    public var lateness: Double { delivered / possible - 1 }
  }

  public static let letters = 2000

  private struct NoReceipts: ReceiptLog {
    func flush() async throws -> Int { 0 }
  }

  private struct ChangingTransport: Transport {
    let relay: ChangingRelay
    let process: ProcessLife
    func makeSession(relay _: Relay, control _: SessionControl) -> any Session {
      ChangingSession(relay: relay, process: process)
    }
  }

  /// Set in a task and read by the loop that runs it, in one thread, hence `@unchecked`.
  private final class Done: @unchecked Sendable { var isSet = false }

  public static func run(seed: UInt64) -> Outcome {
    let world = World(seed: seed, trace: Trace(isPrinting: false))
    let relay = ChangingRelay(world: world)
    deliver(through: relay, in: world)
    var outcome = Outcome()
    outcome.missing = letters - relay.acceptances.count
    let index = letters * 99 / 100 - 1
    let seconds = { (moments: [Int]) in
      moments.count > index ? Double(moments.sorted()[index]) / Double(ChangingRelay.second) : .infinity
    }
    outcome.delivered = seconds(relay.acceptances)
    outcome.possible = seconds(relay.oracle(letters))
    let possible = relay.oracle(letters)
    outcome.moments = (relay.acceptances, possible)
    var start = 0
    outcome.phases = relay.phases.prefix { Double($0.end) / 1e6 < outcome.delivered + 480 }.map { phase in
      let range = start..<phase.end
      start = phase.end
      let figures = [relay.acceptances, possible].map { moments in moments.count { range.contains($0) } }
      return "\(phase.mind) to \(phase.end / ChangingRelay.second): \(figures[0]) of \(figures[1])"
    }
    return outcome
  }

  /// Delivers ``letters`` letters through `relay`, to the end.
  static func deliver(through relay: ChangingRelay, in world: World) {
    let process = ProcessLife(number: 0)
    let store = SimulatedStore()
    let time = SimulatedTimekeeper(process: process, world: world)
    let done = Done()
    let settings = Relay(
      name: "main", host: "main.example", port: 587, tls: .startTLS, connections: relay.connections, limits: [])
    // Unstructured: begun by the simulation's loop, which is no task.
    Task {
      try? await SimulatedPlan.freeze(letters: letters, in: store, at: time.now)
      let engine = DeliveryEngine(
        campaign: 1, store: store,
        source: SimulatedLetters(envelopeSender: SimulatedPlan.sender, world: world, brokenShare: 0),
        transport: ChangingTransport(relay: relay, process: process), receipts: NoReceipts(),
        settings: .init(relays: [settings], retry: .standard, uncertain: .hold, worker: "process 0"), time: time,
        jitter: { world.dice.fraction() }, log: SimulatedPlan.log)
      _ = try? await engine.run()
      done.isSet = true
    }
    while !done.isSet, world.step() {}
  }
}
