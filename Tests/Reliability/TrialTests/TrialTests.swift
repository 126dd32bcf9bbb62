import Rehearsal
import TestSupport
import Testing
import Trials

/// The bench itself: a campaign without a crash, and one crash, are told apart.
@Suite struct TrialTests {
  @Test func withoutAFaultTheBooksAgree() async throws {
    try await Trial.with(Trial.Settings(customers: 10)) { trial in
      try await trial.finish()
      let findings = try await trial.books().findings()
      #expect(findings.isClean && findings.uncertain == 0 && findings.letters == 10, "\(findings)")
    }
  }

  @Test func aPlannedFaultKills() async throws {
    try await Trial.with(Trial.Settings(customers: 10)) { trial in
      let outcome = try await trial.run("launch", ["--yes"], fault: PlannedFault("dotSent", passing: 4))
      #expect(outcome.ending == .killed(signal: 9), "\(outcome.errors)")
      #expect(try trial.brokenReceipts() == nil)
      try await trial.finish()
      let findings = try await trial.books().findings()
      #expect(findings.isClean, "\(findings.broken)")
      #expect((1...3).contains(findings.uncertain) && findings.lostByProcess == findings.uncertain)
    }
  }

  @Test func anUnknownFaultIsAnError() async throws {
    try await Trial.with(Trial.Settings(customers: 1)) { trial in
      for fault in [PlannedFault("noSuchPoint"), PlannedFault("dotSent", passing: 0)] {
        let outcome = try await trial.run("launch", ["--yes"], fault: fault)
        #expect(outcome.status == 64 && outcome.errors.hasPrefix("eilbrief: EILBRIEF_FAULT: "), "\(outcome.errors)")
      }
      #expect(trial.relay.counts.connections == 0)
    }
  }
}
