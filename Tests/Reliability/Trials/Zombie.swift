import Foundation
import Queue
import Receipts
import TestSupport

/// One delivering process that was stopped, and what others do meanwhile.
struct Zombie {
  let trial: Trial
  let process: ChildProcess

  /// Others are told who has the spool, and change nothing; the process goes on to the end as if nothing had been.
  func wakeWithItsLock(_ figures: inout ZombieFigures) async throws {
    let before = try await Durable(trial)
    for (verb, options) in [("resume", []), ("resolve", ["--assume-accepted"])] {
      let outcome = try await trial.run(verb, options)
      guard outcome.status == 75, outcome.errors.contains("in use by process \(process.identifier) ") else {
        throw HarnessError("\(verb) beside it: \(outcome.ending): \(outcome.errors)")
      }
    }
    guard try await Durable(trial) == before else { throw HarnessError("others changed what it has") }
    let end = await wake(&figures)
    guard [0, 1].contains(end.status) else { throw HarnessError("woken, it ended with \(end.ending): \(end.errors)") }
    figures.findings = try await trial.books().findings()
    if figures.findings.lostByProcess > 0 { throw HarnessError("it lost letters, although it had the lock") }
  }

  /// Another takes over where it can; then the process has to end with 75 and change nothing.
  func wakeWithoutItsLock(_ figures: inout ZombieFigures, takeOver: () async throws -> Bool) async throws {
    try FileManager.default.removeItem(at: Spool(folder: trial.queue).lock)
    let isTakenOver = try await takeOver()
    let before = try await Durable(trial)
    let end = await wake(&figures)
    guard end.status == 75, end.errors.contains("wrote nothing more") else {
      throw HarnessError("woken, it ended with \(end.ending): \(end.errors)")
    }
    if isTakenOver {
      figures.takenOver = 1
      if try await Durable(trial) != before { figures.writtenTooLate = 1 }
    } else {
      figures.keptByLocks = 1
    }
    // Also one that was over when its process was stopped: its last receipts are in the queue, and not yet in their file.
    let isOver = try await trial.state() == .completed
    if !isTakenOver || !isOver { try await trial.finish() }
    figures.findings = try await trial.books().findings()
  }

  private func wake(_ figures: inout ZombieFigures) async -> ChildProcess.Outcome {
    figures.woken = 1
    process.send(SIGCONT)
    return await process.outcome()
  }

  /// False when the stopped process keeps a file locked in the middle of a change of it.
  func endedByAnother() async throws -> Bool {
    for _ in 0..<10 {
      let outcome = try await trial.run("resume")
      switch outcome.status {
      case 0, 1: return true
      case 75 where outcome.errors.contains("another process keeps it locked"): return false
      case 69, 75: continue
      default: throw HarnessError("the next process: \(outcome.ending): \(outcome.errors)")
      }
    }
    throw HarnessError("the next process does not end the campaign")
  }

  /// The same: letters are left to send, which the stopped process has read and could claim.
  func pausedByAnother() async throws -> Bool {
    let outcome = try await trial.run("pause")
    if outcome.status == 75, outcome.errors.contains("another process keeps it locked") { return false }
    // Stopped before the delivery had begun: there is nothing to pause yet.
    if outcome.status == 64, outcome.errors.contains("is draft") { return try await endedByAnother() }
    // Stopped after the end was written down: the receipts were completed and signed instead.
    if outcome.status == 64, outcome.errors.contains("is completed already") { return true }
    guard outcome.status == 0 else { throw HarnessError("pause: \(outcome.ending): \(outcome.errors)") }
    return true
  }

  /// What is on disk: every letter's state, the number of receipts in the database, and the files of the receipts.
  private struct Durable: Equatable {
    var queue: QueueBook
    var files: [String: Data]

    init(_ trial: Trial) async throws {
      queue = try await QueueBook(spool: trial.queue, campaign: trial.campaign.name)
      files = [:]
      for name in try FileManager.default.contentsOfDirectory(atPath: trial.receipts.path) {
        files[name] = try Data(contentsOf: trial.receipts.appendingPathComponent(name))
      }
    }
  }
}
