import Foundation
import Mail
import Testing

@testable import Receipts

/// Receipts of mailboxes: their form, and what they may follow.
@Suite struct MailboxReceiptTests {
  private static let plan = #""figures":{"rows":4,"rejected":1,"customers":3,"letter":2,"phone":1,"none":0}"#
  private static let hash = String(repeating: "b", count: 64)

  private static func line(_ event: String, _ fields: String) -> String {
    #"{"seq":1,"at":"2026-11-23T08:00:00.000Z","campaign":"passwords","event":"\#(event)",\#(fields),"#
      + #""prev":"\#(String(repeating: "0", count: 64))"}"#
  }

  private static let frozen = line("plan-frozen", #""plan":"sha256:\#(String(repeating: "a", count: 64))",\#(plan)"#)
  private static let customer = #""customer":"\#(hash)","#
  private static let mailbox = #""mailbox":"\#(hash)""#

  private static let call = #""outcome":"reached","called_at":"2026-11-23T07:00:00.000Z","called_by":"\#(hash)","#

  private static func time(_ name: String, _ at: String = "07:59:00.000") -> String {
    #","\#(name)":"2026-11-23T\#(at)Z""#
  }

  /// `words` is nil where the whole story is true.
  private static let stories: [(name: String, lines: [String], words: String?)] = [
    ("changed", [frozen, line("changed", customer + mailbox + time("changed_at"))], nil),
    ("locked", [frozen, line("locked", customer + mailbox)], nil),
    ("locked with a time", [frozen, line("locked", customer + mailbox + time("locked_at"))], nil),
    ("changed at no time", [frozen, line("changed", customer + mailbox)], "changed_at"),
    ("of nobody", [frozen, line("changed", mailbox + time("changed_at"))], "whose mailbox"),
    ("of no mailbox", [frozen, line("changed", #""customer":"\#(hash)""#)], "which mailbox"),
    ("in another event", [frozen, line("paused", customer + mailbox + time("changed_at"))], "nothing else"),
    (
      "after it was read", [frozen, line("changed", customer + mailbox + time("changed_at", "08:00:00.001"))],
      "after that was read"
    ),
    (
      "with a letter's field", [frozen, line("locked", customer + #""recipient":"\#(hash)","# + mailbox)],
      "more than an export"
    ),
    (
      "with a call",
      [frozen, line("locked", customer + call + mailbox)],
      "what came of a call"
    ),
    ("before the plan", [line("locked", customer + mailbox)], "not “plan-frozen”"),
  ]

  @Test(arguments: stories.indices)
  func isJudged(index: Int) throws {
    let (name, lines, words) = Self.stories[index]
    var replay = ReceiptReplay()
    var told: String?
    for line in lines {
      do {
        try replay.take(try Receipt(line: Array(line.utf8)))
      } catch {
        told = "\(error)"
      }
    }
    if let words {
      #expect(told?.contains(words) == true, "\(name): \(told ?? "nothing")")
    } else {
      #expect(told == nil && replay.mailboxes.values.reduce(0, +) == 1, "\(name): \(told ?? "")")
    }
  }
}
