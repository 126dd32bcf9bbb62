import Foundation
import Mail
import TestSupport
import Testing

@testable import RelayLogs

/// Over many random days at a relay, no verdict contradicts the truth; and most of what a log can show is settled.
@Suite struct RelayModelTests {
  private struct Tally {
    var taken = 0
    var settledAsTaken = 0
    var notTaken = 0
    var settledAsNotTaken = 0
  }

  @Test(arguments: RelayModel.Program.allCases) func noVerdictContradictsTheTruth(_ program: RelayModel.Program)
    async throws
  {
    var whole = Tally()
    for seed in 0..<30 as Range<UInt64> {
      for damage in RelayModel.Damage.allCases {
        var model = try RelayModel(program, seed: seed)
        let files = model.files(damage)
        guard !model.attempts.isEmpty else { continue }
        // As the store hands them over: nearest before and after each attempt.
        let neighbours = LogNeighbours(
          of: model.attempts.map { ($0.relay, $0.begin, $0.end) }, recipients: model.attempts.map(\.recipient))
        for letter in model.accepted { neighbours.note(accepted: letter) }
        for letter in model.others { neighbours.note(attempted: letter) }
        let verdicts = try await SampleLog.judge(
          model.attempts, by: files, accepted: neighbours.accepted, others: neighbours.others)
        for attempt in model.attempts {
          let isTaken = try #require(model.truth[attempt.message] as Bool?)
          switch verdicts[attempt.message] {
          case .taken(let evidence):
            #expect(isTaken, "\(program), seed \(seed), \(damage): \(attempt.messageID) \(evidence)")
          case .notTaken(let evidence):
            #expect(!isTaken, "\(program), seed \(seed), \(damage): \(attempt.messageID) \(evidence)")
          case .open, nil: break
          }
          guard damage == .none else { continue }
          if isTaken {
            whole.taken += 1
            if case .taken = verdicts[attempt.message] { whole.settledAsTaken += 1 }
          } else {
            whole.notTaken += 1
            if case .notTaken = verdicts[attempt.message] { whole.settledAsNotTaken += 1 }
          }
        }
      }
    }
    #expect(whole.taken > 60 && whole.notTaken > 60)
    // A letter that was the first of its session, or whose customer somebody else wrote to, stays open without Message-IDs.
    let share = program == .openSMTPD ? 0.3 : 0.9
    #expect(Double(whole.settledAsTaken) >= share * Double(whole.taken), "\(program): \(whole)")
    #expect(Double(whole.settledAsNotTaken) >= 0.3 * Double(whole.notTaken), "\(program): \(whole)")
  }
}
