import Dispatch
import Foundation

/// Runs the work of one actor on one thread that belongs to it alone, so that blocking calls hold up nobody else.
///
/// The thread starts with the executor and ends by itself once the executor is released and its last job is done.
package final class ThreadExecutor: SerialExecutor {
  private let jobs = JobQueue()

  package init(name: String) {
    // Foundation names a thread only once `start()` has returned, and a thread can only be named from within.
    let started = DispatchSemaphore(value: 0)
    let thread = Thread { [jobs] in
      started.wait()
      // Linux takes 15 bytes.
      Thread.current.name = String(name.prefix(15))
      jobs.runUntilEnded()
    }
    thread.start()
    started.signal()
  }

  deinit {
    jobs.end()
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    // The queue holds the executor while the job waits and runs: the runtime needs it until the job has returned, and
    // the job itself may release the last other owner.
    jobs.append(UnownedJob(job), on: self)
  }
}

/// The state that the thread and the executor share. It does not own the executor except through waiting jobs.
/// Sendable because every access to its state is made under the condition's lock.
private final class JobQueue: @unchecked Sendable {
  private let condition = NSCondition()
  private var waiting: [(job: UnownedJob, executor: ThreadExecutor)] = []
  private var ended = false

  func append(_ job: UnownedJob, on executor: ThreadExecutor) {
    condition.lock()
    waiting.append((job, executor))
    condition.unlock()
    // After unlocking: the thread would wake up only to wait for the lock.
    condition.signal()
  }

  func end() {
    condition.lock()
    ended = true
    condition.signal()
    condition.unlock()
  }

  func runUntilEnded() {
    while runNext() {}
  }

  /// False when the executor is gone and nothing waits. The executor is released only after the job has returned and
  /// outside the lock, because its deinit takes the lock.
  private func runNext() -> Bool {
    condition.lock()
    while waiting.isEmpty, !ended { condition.wait() }
    guard !waiting.isEmpty else {
      condition.unlock()
      return false
    }
    let next = waiting.removeFirst()
    condition.unlock()
    next.job.runSynchronously(on: next.executor.asUnownedSerialExecutor())
    return true
  }
}
