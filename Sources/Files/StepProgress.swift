import Synchronization

/// The steps that a command takes, for whoever shows them: what is being done, and how far it is.
///
/// One for a whole command, which every module reaches as ``current``; where there is none, counting costs an addition.
/// Nothing here knows a clock or a terminal: whoever shows it looks at ``now`` from time to time.
///
/// ```swift
/// let step = StepProgress.begin(.freezing, of: customers)
/// defer { step.end() }
/// … step.advance()
/// ```
public final class StepProgress: Sendable {
  @TaskLocal public static var current: StepProgress?

  /// What is being done. The words are elsewhere.
  public enum Step: String, Sendable, Hashable, CaseIterable {
    case readingRows, comparingRows, makingLetters, freezing, forecasting, tryingRelays, lookingOutside
    case verifyingReceipts, comparingReceipts, writingReceipts, exporting
    case removingCustomers, removingFiles, reporting, readingLogs, previewing, searching, simulating
  }

  /// A step at one moment.
  public struct Snapshot: Sendable, Hashable {
    public var step: Step
    public var done: Int
    /// Nil where nobody knows it.
    public var total: Int?

    public init(_ step: Step, done: Int = 0, of total: Int? = nil) {
      (self.step, self.done, self.total) = (step, done, total)
    }
  }

  private let counters = Mutex<[StepCounter]>([])
  private let ended: @Sendable () -> Void

  /// - Parameter ended: Called when no step is left: what is shown of it goes.
  public init(ended: @escaping @Sendable () -> Void = {}) { self.ended = ended }

  /// The innermost step under way; nil when there is none.
  public var now: Snapshot? { counters.withLock { $0.last?.snapshot } }

  /// Begins a step within those that are under way.
  public static func begin(_ step: Step, of total: Int? = nil) -> StepCounter {
    let counter = StepCounter(step, total, current)
    current?.counters.withLock { $0.append(counter) }
    return counter
  }

  fileprivate func end(_ counter: StepCounter) {
    let isLast = counters.withLock { counters in
      guard let index = counters.firstIndex(where: { $0 === counter }) else { return false }
      counters.remove(at: index)
      return counters.isEmpty
    }
    if isLast { ended() }
  }
}

/// Counts what a step has done, in any thread.
public final class StepCounter: Sendable {
  private let step: StepProgress.Step
  private let total: Int?
  private let done = Atomic(0)
  private let owner: StepProgress?

  fileprivate init(_ step: StepProgress.Step, _ total: Int?, _ owner: StepProgress?) {
    (self.step, self.total, self.owner) = (step, total, owner)
  }

  public func advance(by count: Int = 1) { done.add(count, ordering: .relaxed) }

  /// Does nothing the second time.
  public func end() { owner?.end(self) }

  fileprivate var snapshot: StepProgress.Snapshot {
    StepProgress.Snapshot(step, done: done.load(ordering: .relaxed), of: total)
  }
}
