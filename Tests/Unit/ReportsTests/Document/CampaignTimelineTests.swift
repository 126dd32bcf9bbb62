import Foundation
import Mail
import Receipts
import Testing

@testable import Reports

@Suite struct CampaignTimelineTests {
  private static let zero = String(repeating: "0", count: 64)

  private func receipt(_ seq: Int, _ event: String, at seconds: Double, _ more: String = "") throws -> (
    Receipt, [UInt8]
  ) {
    let line =
      "{\"seq\":\(seq),\"at\":\"\(RFC3339.string(Sample.time(seconds)))\",\"campaign\":\"sommer\",\"event\":\"\(event)\""
      + more + ",\"prev\":\"\(Self.zero)\"}"
    return (try Receipt(line: Array(line.utf8)), Array(line.utf8))
  }

  private func letter(_ number: Int) -> String {
    ",\"message\":\(number),\"customer\":\"\(Self.zero)\",\"recipient\":\"\(Self.zero)\",\"domain\":\"a.example\""
  }

  @Test func actsOfLettersThatBelongTogetherAreOne() throws {
    var timeline = CampaignTimeline()
    timeline.add(try receipt(1, "started", at: 0).0)
    for number in 0..<3 {
      timeline.add(
        try receipt(2 + number, "resolved", at: 10 + Double(number), letter(number) + ",\"resolution\":\"accepted\"").0)
    }
    timeline.add(try receipt(5, "resolved", at: 13, letter(4) + ",\"resolution\":\"resend\"").0)
    timeline.add(try receipt(6, "paused", at: 20).0)
    #expect(timeline.acts.map(\.event) == [.started, .resolved, .resolved, .paused])
    #expect(timeline.acts.map(\.letters) == [nil, 3, 1, nil])
    #expect(timeline.acts[1].until == Sample.time(12) && timeline.acts[1].resolution == "accepted")
  }

  @Test func theBeginningAndTheEndStay() throws {
    var timeline = CampaignTimeline()
    for number in 0..<1_000 {
      timeline.add(try receipt(number + 1, number.isMultiple(of: 2) ? "paused" : "resumed", at: Double(number)).0)
    }
    #expect(timeline.acts.count == CampaignTimeline.mostActs)
    #expect(timeline.leftOut == 1_000 - CampaignTimeline.mostActs)
    #expect(timeline.acts.first?.at == Sample.time(0) && timeline.acts.last?.at == Sample.time(999))
  }

  private func call(_ seq: Int, _ outcome: CallOutcome, at seconds: Double) throws -> Receipt {
    // Recorded hours later, from a form.
    try receipt(
      seq, "called", at: 90_000,
      ",\"customer\":\"\(Self.zero)\",\"outcome\":\"\(outcome.rawValue)\","
        + "\"called_at\":\"\(RFC3339.string(Sample.time(seconds)))\",\"called_by\":\"\(Self.zero)\""
    ).0
  }

  @Test func callsStandWhereTheyWereMade() throws {
    var timeline = CampaignTimeline()
    timeline.add(try receipt(1, "started", at: 100).0)
    timeline.add(try receipt(2, "completed", at: 200).0)
    timeline.add(try call(3, .reached, at: 150))
    timeline.add(try call(4, .noAnswer, at: 50))
    timeline.add(try call(5, .reached, at: 300))
    #expect(timeline.acts.map(\.event) == [.called, .started, .called, .completed, .called])
    #expect(timeline.acts[0].figures == ["no_answer": 1] && timeline.acts[0].at == Sample.time(50))
    #expect(timeline.acts.allSatisfy { $0.letters == nil })
  }

  /// A campaign with thousands of calls has a page of them, and none is lost.
  @Test(arguments: [(41, 60.0, 1), (3_000, 30.0, 26), (3_000, 3600.0, 40)])
  func manyCallsAreCountedByTheHourOrLonger(count: Int, step: Double, most: Int) throws {
    var timeline = CampaignTimeline()
    timeline.add(try receipt(1, "started", at: 0).0)
    for number in 0..<count {
      timeline.add(try call(2 + number, number.isMultiple(of: 3) ? .reached : .noAnswer, at: Double(number) * step))
    }
    let acts = timeline.acts.filter { $0.event == .called }
    #expect(acts.count <= most && acts.count <= CallSpans.most)
    let sums = acts.reduce(into: [String: Int]()) { $0.merge($1.figures, uniquingKeysWith: +) }
    #expect(sums == ["reached": (count + 2) / 3, "no_answer": count - (count + 2) / 3])
    #expect(acts.first?.at == Sample.time(0) && acts.last?.until == Sample.time(Double(count - 1) * step))
    #expect(zip(acts, acts.dropFirst()).allSatisfy { $0.until < $1.at })
    #expect(timeline.acts.contains { $0.event == .started })
  }

  @Test func linesOfAttemptsNeedNotBeRead() throws {
    let attempt = try receipt(
      1, "deferred", at: 0,
      letter(1)
        + ",\"relay\":\"main\",\"attempt\":1,\"phase\":\"rcpt\",\"code\":450,\"reply\":\"\\\"event\\\":\\\"paused\\\"\""
    )
    #expect(!ReceiptEvent.mayBeAct(attempt.1))
    for event in ["started", "paused", "completed"] { #expect(ReceiptEvent.mayBeAct(try receipt(1, event, at: 0).1)) }
    #expect(ReceiptEvent.mayBeAct(try receipt(1, "resolved", at: 0, letter(1) + ",\"resolution\":\"resend\"").1))
  }
}
