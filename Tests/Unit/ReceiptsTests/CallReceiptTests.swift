import Foundation
import Mail
import Testing

@testable import Receipts

/// Receipts of calls: their form, and what they may follow.
@Suite struct CallReceiptTests {
  private static let plan = #""figures":{"rows":4,"rejected":1,"customers":3,"letter":2,"phone":1,"none":0}"#
  private static let hash = String(repeating: "b", count: 64)

  private static func line(_ event: String, _ fields: String) -> String {
    #"{"seq":1,"at":"2026-11-23T08:00:00.000Z","campaign":"passwords","event":"\#(event)",\#(fields),"#
      + #""prev":"\#(String(repeating: "0", count: 64))"}"#
  }

  private static let frozen = line("plan-frozen", #""plan":"sha256:\#(String(repeating: "a", count: 64))",\#(plan)"#)

  private static func campaign(_ event: String, _ figures: [MessageState: Int]) -> String {
    let list = MessageState.allCases.map { #""\#($0.rawValue)":\#(figures[$0] ?? 0)"# }.joined(separator: ",")
    return line(event, #""figures":{\#(list)}"#)
  }

  private static func call(
    _ outcome: String = "reached", at: String = "07:59:00.000", before: String = "", note: Bool = false,
    event: String = "called", customer: Bool = true
  ) -> String {
    line(
      event,
      (customer ? #""customer":"\#(hash)","# : "") + before
        + #""outcome":"\#(outcome)","called_at":"2026-11-23T\#(at)Z","called_by":"\#(hash)""#
        + (note ? #","note":"\#(hash)""# : ""))
  }

  private static let begin = [frozen, campaign("started", [.queued: 2])]
  private static let over = [frozen, campaign("cancelled", [.queued: 2])]
  private static let purged = line("purged", #""figures":{"customers":3,"letters":2,"files":0}"#)

  /// `words` is nil where the whole story is true.
  private static let stories: [(name: String, lines: [String], words: String?)] = [
    ("before the start", [frozen, call()], nil), ("while it runs", begin + [call(note: true)], nil),
    ("several times", begin + [call("no-answer"), call("wrong-number"), call("letter-wanted"), call()], nil),
    ("after the end", over + [call()], nil),
    ("to nobody", begin + [call(customer: false)], "who was called"),
    ("with an outcome that is none", begin + [call("told")], "known outcomes"),
    ("after it was recorded", begin + [call(at: "08:00:00.001")], "after it was recorded"),
    ("at the same moment", begin + [call(at: "08:00:00.000")], nil),
    ("of a message", begin + [call(before: #""recipient":"\#(hash)","#)], "more than a call can"),
    ("without its outcome", begin + [line("called", #""customer":"\#(hash)""#)], "nothing else"),
    ("in another event", begin + [call(event: "paused")], "nothing else"),
    ("before the plan", [call()], "not “plan-frozen”"),
  ]

  @Test(arguments: stories.indices)
  func isJudged(index: Int) throws {
    let (name, lines, words) = Self.stories[index]
    var replay = ReceiptReplay()
    var told: String?
    for (number, line) in lines.enumerated() {
      do {
        try replay.take(try Receipt(line: Array(line.utf8)))
      } catch {
        told = "\(error)"
        #expect(number == lines.count - 1, "\(name): \(error)")
      }
    }
    #expect(words.map { told?.contains($0) == true } ?? (told == nil), "\(name): \(told ?? "nothing")")
  }

  @Test func areCounted() throws {
    var replay = ReceiptReplay()
    for line in Self.begin + [Self.call(), Self.call("no-answer"), Self.call("no-answer")] {
      try replay.take(try Receipt(line: Array(line.utf8)))
    }
    #expect(replay.calls == [.reached: 1, .noAnswer: 2])
  }

  /// Who called and what was noted can be compared by whoever has the key, and be guessed by nobody else.
  @Test func hashesAreKeyedAndApart() {
    let hash = KeyedHash(key: [UInt8](repeating: 7, count: 32))
    let call = CallReceipt(.reached, at: .now, caller: "Anna", note: "Anna", by: hash)
    #expect(call.by != call.note && call.by != hash.digest(of: "Anna"))
    #expect(call.by != SHA256.digest(of: Array("Anna".utf8)))
    #expect(CallReceipt(.reached, at: .now, caller: "Anna", note: "", by: hash).note == nil)
    let other = KeyedHash(key: [UInt8](repeating: 8, count: 32))
    #expect(CallReceipt(.reached, at: call.at, caller: "Anna", note: "Anna", by: other).by != call.by)
  }
}
