import FaultPoints
public import Monitoring

/// Gathers the changes of many tasks into few transactions: one commit and one fsync for all that arrived meanwhile.
///
/// Owns the way into ``MessageStore/commit(_:)`` while messages are being delivered. Promises: changes are committed in
/// the order they arrived, one batch at a time; a caller continues only when its change is on disk; cancelling a
/// caller's task does not take its change back. Fails for good: when one commit fails, every waiting and every later
/// call throws that error, because what reached the disk is unknown and the process must stop.
public actor GroupCommit {
  private enum Waiter {
    case step(CheckedContinuation<StoreChangeResult, any Error>)
    /// An outcome nobody waits for.
    case nobody
  }

  private let store: any MessageStore
  private let limit: Int
  private let metrics: RelayMetrics
  private var gathered: [(step: StoreChange, waiter: Waiter)] = []
  private var settling: [CheckedContinuation<Void, any Error>] = []
  private var isCommitting = false
  private var failure: (any Error)?
  /// Outcomes without a waiter that came too late: their message had moved on.
  public private(set) var staleRecords = 0
  public private(set) var commits = 0

  /// `limit`: changes in one transaction at most.
  public init(store: any MessageStore, limit: Int = 256, metrics: RelayMetrics = .none) {
    precondition(limit > 0)
    self.store = store
    self.limit = limit
    self.metrics = metrics
  }

  /// Returns when the change is on disk, with its result.
  public func submit(_ step: StoreChange) async throws -> StoreChangeResult {
    if let failure { throw failure }
    return try await withCheckedThrowingContinuation { continuation in
      gathered.append((step, .step(continuation)))
      start()
    }
  }

  /// Hands an outcome in and does not wait for it. It is committed before every change handed in later, so a claim
  /// submitted afterwards vouches for it; ``settle()`` waits for the last ones.
  public func record(_ record: AttemptOutcome, by claim: Claim) throws {
    if let failure { throw failure }
    gathered.append((.record(claim, record), .nobody))
    start()
  }

  /// Returns when everything handed in so far is on disk.
  public func settle() async throws {
    if let failure { throw failure }
    guard isCommitting else { return }
    try await withCheckedThrowingContinuation { settling.append($0) }
  }

  private func start() {
    guard !isCommitting else { return }
    isCommitting = true
    // Unstructured: it works for callers of many tasks and must not end with any one of them. It ends when nothing is
    // left to commit.
    Task { await run() }
  }

  private func run() async {
    while !gathered.isEmpty {
      let batch = Array(gathered.prefix(limit))
      gathered.removeFirst(batch.count)
      do {
        FaultPoint.stepsBefore.reached()
        let began = metrics.moment
        let results = try await store.commit(batch.map(\.step))
        metrics.record(.commit, since: began)
        commits += 1
        FaultPoint.stepsCommitted.reached()
        if batch.contains(where: \.step.isRecord) { FaultPoint.outcomeCommitted.reached() }
        for (entry, result) in zip(batch, results) {
          switch entry.waiter {
          case .step(let continuation): continuation.resume(returning: result)
          case .nobody: if case .stale = result { staleRecords += 1 }
          }
        }
      } catch {
        failure = error
        for case (_, .step(let continuation)) in batch + gathered { continuation.resume(throwing: error) }
        gathered.removeAll()
      }
    }
    isCommitting = false
    for continuation in settling {
      if let failure { continuation.resume(throwing: failure) } else { continuation.resume() }
    }
    settling.removeAll()
  }
}
