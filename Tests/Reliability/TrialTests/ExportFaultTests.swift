import Foundation
import TestSupport
import Testing
import Trials

/// A fault of the storage while `receipts export` writes its folder: 73, nothing left of it, and the next one is whole.
@Suite struct ExportFaultTests {
  @Test func anExportThatFailsLeavesNothing() async throws {
    try await Trial.with(Trial.Settings(customers: 3)) { trial in
      try await trial.finish()
      let faults = try StorageFaults(below: trial.queue)
      let proof = trial.queue.appendingPathComponent("proof")
      func export(_ fault: StorageFaults.Fault) async throws -> ChildProcess.Outcome {
        try faults.forget()
        return try await trial.run("receipts export", [proof.path], environment: faults.environment(fault))
      }
      func left() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: trial.queue.path).filter { $0.contains("proof") }
      }
      #expect(try await export(.none).status == 0)
      let whole = try faults.log()
      // The name of the folder itself.
      let last = try #require(whole.calls.last { $0.number > 0 })
      #expect(last.isSync && last.path == ".")
      try FileManager.default.removeItem(at: proof)

      // The last of them, and every ninth call; how many there are depends on what SQLite's reader finds.
      let calls = stride(from: 1, through: whole.count, by: 9).map { number in
        StorageFaults.Fault.call(number, stays: false, .noSpace)
      }
      var failures = 0
      for fault in [.sync(whole.syncs, .inputOutput)] + calls {
        let outcome = try await export(fault)
        if outcome.status == 0 {
          try FileManager.default.removeItem(at: proof)
        } else {
          failures += 1
          #expect(outcome.status == 73, "\(fault): \(outcome.ending)")
          #expect(outcome.errors.contains(trial.queue.path) && outcome.errors.contains("cannot be "))
        }
        #expect(try left() == [], "\(fault)")
      }
      #expect(failures > calls.count / 2)
      #expect(try await export(.none).status == 0)
      #expect(try await ChildProcess.run("sh", ["verify.sh"], folder: proof).status == 0)
    }
  }
}
