public import Foundation
public import Queue
import Receipts
import Synchronization

/// The use of limits, and what was learned.
extension SimulatedStore {
  struct Limits {
    /// Clock number n stands at n - 1.
    var clocks: [ClockBase] = []
    var kept: [LimitScope: TimeInterval] = [:]
    var uses: [Use] = []
    var testLetters: [(scope: LimitScope, at: Date, base: ClockBase)] = []
    var learned: [LimitScope: (clock: Int64, limits: LearnedLimits)] = [:]

    func isBehind(_ known: KnownTestLetters?) -> Bool {
      guard let known, let last = testLetters.lastIndex(where: { $0.scope == known.scope }) else { return false }
      return last + 1 > known.last
    }

    func use(of scope: LimitScope, since: Date, on clock: ClockBase) -> [Date] {
      let letters = uses.filter { $0.scope == scope }.map { use in
        clock.moment(use.at.date, of: clocks[Int(use.clock) - 1])
      }
      let others = testLetters.filter { $0.scope == scope }.map { clock.moment($0.at, of: $0.base) }
      return (letters + others).filter { $0 >= since }.sorted()
    }
  }

  struct Use: Equatable {
    var scope: LimitScope
    var clock: Int64
    var at: Milliseconds

    init(_ use: LimitUse) {
      scope = use.scope
      clock = use.clock
      at = Milliseconds(use.at)
    }
  }

  public func openUse(
    on clock: ClockBase, keeping scopes: [LimitScope: TimeInterval], at now: Date
  ) async throws -> Int64 {
    contents.withLock { contents in
      contents.limits.kept.merge(scopes) { max($0, $1) }
      contents.limits.uses.removeAll { use in
        let kept = max(contents.limits.kept[use.scope] ?? 0, UseRetention.shortest)
        return clock.moment(use.at.date, of: contents.limits.clocks[Int(use.clock) - 1]) < now.addingTimeInterval(-kept)
      }
      contents.limits.clocks.append(clock)
      return Int64(contents.limits.clocks.count)
    }
  }

  public func use(of scope: LimitScope, since: Date, on clock: ClockBase) async throws -> [Date] {
    contents.withLock { $0.limits.use(of: scope, since: since, on: clock) }
  }

  public func keep(_ learned: [LearnedLimits], clock: Int64, as base: ClockBase) async throws {
    contents.withLock { contents in
      contents.limits.clocks[Int(clock) - 1].wall = base.wall
      for limits in learned {
        contents.limits.learned[limits.scope] = (clock, limits.moved { Milliseconds($0).date })
      }
    }
  }

  public func learned(of scope: LimitScope, on clock: ClockBase) async throws -> LearnedLimits? {
    contents.withLock { contents in
      guard let (number, limits) = contents.limits.learned[scope] else { return nil }
      return limits.moved { clock.moment($0, of: contents.limits.clocks[Int(number) - 1]) }
    }
  }
}

extension SimulatedStore.Contents {
  mutating func count(_ taken: [LimitUse], givingBack others: [LimitUse] = []) -> StoreChangeResult {
    limits.uses += taken.map { SimulatedStore.Use($0) }
    for use in others {
      if let index = limits.uses.lastIndex(of: SimulatedStore.Use(use)) { limits.uses.remove(at: index) }
    }
    return .done
  }
}
