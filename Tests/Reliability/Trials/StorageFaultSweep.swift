import Synchronization

/// A storage fault at each call of a campaign, or at every n-th.
public enum StorageFaultSweep {
  /// Runs the campaign without a fault, then once for every `stride`-th of its calls from `offset` on, for each cause; and
  /// once for each such fsync. A fault comes once; at every fourth place the disk stays as it is, full or dead, until the
  /// operator has seen to it. `progress` is called now and then with the faults tried and to be tried.
  public static func run(
    stride: Int = 1, offset: Int = 1, width: Int = 2, progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws -> StorageFaultFigures {
    var figures = try await StorageFaultTrial.run(.none)
    var faults: [StorageFaults.Fault] = []
    for (place, call) in Swift.stride(from: offset, through: figures.calls, by: stride).enumerated() {
      // A sparse sweep takes the causes in turn.
      let causes = stride == 1 ? StorageFaults.Cause.allCases : [place.isMultiple(of: 2) ? .inputOutput : .noSpace]
      faults += causes.map { .call(call, stays: place % 4 == 3, $0) }
    }
    for sync in Swift.stride(from: offset, through: figures.syncs, by: stride) {
      faults.append(.sync(sync, .inputOutput))
    }
    let all = faults.count
    let done = Mutex(0)
    let found = try await Parallel.map(faults, width: width) { fault in
      let found = try await StorageFaultTrial.run(fault)
      let number = done.withLock { done in
        done += 1
        return done
      }
      if number.isMultiple(of: 50) { progress(number, all) }
      return found
    }
    for trial in found { figures += trial }
    return figures
  }
}
