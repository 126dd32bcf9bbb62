import Foundation
import Mail
import Testing

@testable import Receipts

/// Stories that cannot be true, each told to its last receipt by receipts of the right form: the last one is refused.
@Suite struct ReceiptRulesTests {
  /// Three customers, two of them with letters.
  private static let plan = #""figures":{"rows":4,"rejected":1,"customers":3,"letter":2,"phone":1,"none":0}"#

  private static func line(_ event: String, _ fields: String) -> String {
    #"{"seq":1,"at":"2026-11-23T08:00:00.000Z","campaign":"passwords","event":"\#(event)",\#(fields),"#
      + #""prev":"\#(String(repeating: "0", count: 64))"}"#
  }

  private static func frozen(_ figures: String = plan) -> String {
    line("plan-frozen", #""plan":"sha256:\#(String(repeating: "a", count: 64))",\#(figures)"#)
  }

  private static func campaign(_ event: String, _ figures: [MessageState: Int]) -> String {
    let list = MessageState.allCases.map { #""\#($0.rawValue)":\#(figures[$0] ?? 0)"# }.joined(separator: ",")
    return line(event, #""figures":{\#(list)}"#)
  }

  private static func message(
    _ event: String, _ number: Int, attempt: Int? = 1, code: Int? = nil, more: String = "", without: String = ""
  ) -> String {
    let hash = String(repeating: "b", count: 64)
    var fields = [
      #""message":\#(number)"#, #""customer":"\#(hash)""#, #""recipient":"\#(hash)""#, #""domain":"a.example""#,
    ]
    if let attempt { fields += [#""relay":"main""#, #""attempt":\#(attempt)"#] }
    if let code { fields.append(#""code":\#(code)"#) }
    fields.append(#""message_id":"<a@b.example>""#)
    if attempt != nil { fields.append(#""sha256":"\#(hash)""#) }
    fields.append(#""template":"password-change@0123456789ab""#)
    if !more.isEmpty { fields.append(more) }
    return line(event, fields.filter { !$0.hasPrefix("\"\(without)\"") }.joined(separator: ","))
  }

  /// Two customers with three letters.
  private static let several = [
    frozen(plan.replacing(#""none":0"#, with: #""none":0,"letters":3"#)), campaign("started", [.queued: 3]),
  ]

  private static func approved(_ name: String, plan: Character = "a", more: String = "") -> String {
    line(
      "approved",
      #""approved_by":"\#(name)","approved_at":"2026-11-23T07:00:00.000Z","approval":"\#(String(repeating: "c", count: 64))","#
        + #""plan":"sha256:\#(String(repeating: plan, count: 64))"\#(more)"#)
  }

  private static let begin = [frozen(), campaign("started", [.queued: 2])]
  private static let tried = begin + [message("attempt", 7)]
  private static let accepted = tried + [message("accepted", 7, code: 250)]
  private static let uncertain = tried + [message("uncertain", 7)]
  private static let settled = #""resolution":"accepted""#
  private static let missed = #""reason":"not accepted by the deadline""#
  private static let reopened = #""resolution":"reopen""#
  private static let refused = tried + [message("refused", 7, code: 550)]
  private static let expired = tried + [message("deferred", 7), message("expired", 7)]
  private static let all = accepted + [message("attempt", 8), message("refused", 8, code: 550)]

  /// `words` is nil where the whole story is true.
  private static let stories: [(name: String, lines: [String], words: String?)] = [
    ("a whole campaign", all + [campaign("completed", [.accepted: 1, .refused: 1])], nil),
    ("settled by the operator", uncertain + [message("resolved", 7, more: settled)], nil),
    (
      "completed with an uncertain one",
      uncertain + [message("cancelled", 8, attempt: nil), campaign("completed", [.uncertain: 1, .cancelled: 1])], nil
    ),
    (
      "released by three",
      [frozen(), approved("Anna"), approved("Bernd"), approved("Ćwikła"), campaign("started", [.queued: 2])], nil
    ),
    ("released by one", [frozen(), approved("Anna"), campaign("started", [.queued: 2])], "one approval only"),
    (
      "released by one, then a letter", [frozen(), approved("Anna"), message("cancelled", 7, attempt: nil)],
      "one approval only"
    ),
    ("one name twice", [frozen(), approved("Anna"), approved("ANNA")], "the same name approves twice"),
    ("approved before the plan", [approved("Anna")], "not “plan-frozen”"),
    ("approved after the start", begin + [approved("Anna")], "right after the plan only"),
    (
      "approved after a letter", [frozen(), message("cancelled", 7, attempt: nil), approved("Anna")],
      "right after the plan only"
    ),
    ("another plan approved", [frozen(), approved("Anna"), approved("Bernd", plan: "b")], "approves another plan"),
    ("approved by nobody", [frozen(), line("approved", #""plan":"sha256:a""#)], "does not say who approved"),
    (
      "approved with figures", [frozen(), approved("Anna", more: "," + plan)], "does not say who approved, or says more"
    ),
    (
      "a start by somebody",
      [frozen(), approved("Anna").replacing(#""event":"approved""#, with: #""event":"started""#)],
      "only “approved” says who approved"
    ),
    ("no plan", [campaign("started", [:])], "not “plan-frozen”"),
    ("two plans", begin + [frozen()], "frozen once only"),
    ("a plan without a figure", [frozen(#""figures":{"rows":4,"rejected":1}"#)], "a figure of the plan is missing"),
    (
      "customers that do not add up", [frozen(plan.replacing(#""phone":1"#, with: #""phone":2"#))],
      "its customers do not add up"
    ),
    (
      "letters that do not add up", [frozen(plan.replacing(#""none":0"#, with: #""none":0,"letters":1"#))],
      "its letters do not add up"
    ),
    (
      "letters for nobody",
      [
        frozen(
          plan.replacing(#""letter":2"#, with: #""letter":0"#).replacing(#""none":0"#, with: #""none":2,"letters":1"#))
      ],
      "its letters do not add up"
    ),
    (
      "as many letters as planned", several + [message("attempt", 7), message("attempt", 8), message("attempt", 9)], nil
    ),
    (
      "more than planned",
      several + [message("attempt", 7), message("attempt", 8), message("attempt", 9), message("attempt", 10)],
      "message 10 is not in the plan, which has 3 letters"
    ),
    (
      "a number beside those planned", several + [message("attempt", 7), message("attempt", 10)],
      "message 10 is not in the plan: its 3 numbers are consecutive, one is 7"
    ),
    (
      "more customers than rows", [frozen(plan.replacing(#""rejected":1"#, with: #""rejected":2"#))],
      "its rows do not add up"
    ),
    (
      "accepted without an attempt", begin + [message("accepted", 7, code: 250)], "queued, which cannot become accepted"
    ),
    ("accepted twice", accepted + [message("accepted", 7, code: 250)], "accepted, which cannot become accepted"),
    ("an attempt after a final state", accepted + [message("attempt", 7, attempt: 2)], "cannot become sending"),
    ("accepted by a refusal", tried + [message("accepted", 7, code: 550)], "without a reply of 200 to 299"),
    ("accepted without a reply", tried + [message("accepted", 7)], "without a reply of 200 to 299"),
    (
      "accepted after uncertain, and nobody said so", uncertain + [message("accepted", 7, code: 250)],
      "cannot become accepted by “accepted”"
    ),
    (
      "settled while it was on the wire", tried + [message("resolved", 7, more: settled)],
      "cannot become accepted by “resolved”"
    ),
    ("settled as nothing", uncertain + [message("resolved", 7)], "lacks its resolution"),
    (
      "reopened after a refusal, and accepted",
      refused + [
        message("resolved", 7, more: reopened), message("attempt", 7, attempt: 2),
        message("accepted", 7, attempt: 2, code: 250),
      ], nil
    ),
    (
      "reopened after the end",
      refused + [
        message("cancelled", 8, attempt: nil), campaign("completed", [.refused: 1, .cancelled: 1]),
        message("resolved", 7, more: reopened), campaign("resumed", [.queued: 1, .cancelled: 1]),
      ], nil
    ),
    (
      "reopened after it had expired, and refused",
      expired + [
        message("resolved", 7, more: reopened), message("attempt", 7, attempt: 2), message("refused", 7, attempt: 2),
      ], nil
    ),
    (
      "never tried, and expired by the deadline",
      accepted + [
        message("expired", 8, attempt: nil, more: missed), campaign("completed", [.accepted: 1, .expired: 1]),
      ], nil
    ),
    (
      "tried, and expired by the deadline", tried + [message("deferred", 7), message("expired", 7, more: missed)], nil
    ),
    (
      "never tried, and expired by itself", begin + [message("expired", 7, attempt: nil)],
      "cannot become expired by “expired”"
    ),
    (
      "never tried, and expired for another reason",
      begin + [message("expired", 7, attempt: nil, more: #""reason":"given up""#)], "cannot become expired by “expired”"
    ),
    ("on the wire, and expired", tried + [message("expired", 7, more: missed)], "sending, which cannot become expired"),
    (
      "reopened twice", refused + [message("resolved", 7, more: reopened), message("resolved", 7, more: reopened)],
      "queued, which cannot become queued"
    ),
    (
      "reopened though it was uncertain", uncertain + [message("resolved", 7, more: reopened)],
      "cannot become queued by “resolved”"
    ),
    (
      "reopened though it was accepted", accepted + [message("resolved", 7, more: reopened)],
      "accepted, which cannot become queued"
    ),
    (
      "sent again though it was refused", refused + [message("resolved", 7, more: #""resolution":"resend""#)],
      "cannot become queued by “resolved”"
    ),
    (
      "accepted by the operator though it was refused", refused + [message("resolved", 7, more: settled)],
      "refused, which cannot become accepted"
    ),
    (
      "settled in an unknown way", refused + [message("resolved", 7, more: #""resolution":"retry""#)],
      "lacks its resolution"
    ),
    (
      "purged with a reopened letter",
      refused + [
        message("cancelled", 8, attempt: nil), campaign("completed", [.refused: 1, .cancelled: 1]),
        message("resolved", 7, more: reopened),
        line("purged", #""figures":{"customers":3,"letters":2,"files":0}"#),
      ], "before the campaign was over"
    ),
    ("a leap in the attempts", begin + [message("attempt", 7, attempt: 2)], "message 7 is at attempt 1"),
    (
      "an attempt without what was sent", begin + [message("attempt", 7, without: "sha256")],
      "the digest of what was sent"
    ),
    ("an attempt through no relay", begin + [message("attempt", 7, without: "relay")], "an attempt without its relay"),
    ("an attempt of nobody", begin + [message("attempt", 7, without: "customer")], "whose message"),
    ("an attempt to nobody", begin + [message("attempt", 7, without: "recipient")], "whose message"),
    ("an attempt without a Message-ID", begin + [message("attempt", 7, without: "message_id")], "whose message"),
    ("an attempt of no letter", begin + [message("attempt", 7, without: "template")], "whose message"),
    ("more letters than planned", all + [message("attempt", 9)], "message 9 is not in the plan, which has 2 letters"),
    (
      "a number outside the plan", accepted + [message("attempt", 10)],
      "message 10 is not in the plan: its 3 numbers are consecutive, one is 7"
    ),
    ("the same below", accepted + [message("attempt", 4)], "message 4 is not in the plan"),
    ("figures of another story", accepted + [campaign("paused", [.queued: 2])], "its figures are not those"),
    (
      "completed with a letter left", accepted + [campaign("completed", [.accepted: 1, .queued: 1])],
      "only 1 of the plan's 2 letters have an outcome"
    ),
    (
      "started twice", begin + [campaign("started", [.queued: 2])],
      "the campaign is running, and “started” cannot follow"
    ),
    ("resumed before it started", [frozen(), campaign("resumed", [.queued: 2])], "the campaign is draft"),
    (
      "going on after the end", begin + [campaign("cancelled", [.queued: 2]), campaign("resumed", [.queued: 2])],
      "the campaign is cancelled"
    ),
    ("a campaign that is refused", begin + [campaign("refused", [.queued: 2])], "“refused” lacks its message"),
    ("a message that is paused", begin + [message("paused", 7)], "not an event of a message"),
    (
      "another campaign's", begin + [message("attempt", 7).replacing("passwords", with: "passwordz")],
      "another campaign"
    ),
  ]

  @Test(arguments: stories.indices) func onlyTrueStoriesAreTaken(_ index: Int) throws {
    let story = Self.stories[index]
    var replay = ReceiptReplay()
    for line in story.lines.dropLast() { try replay.take(try Receipt(line: Array(line.utf8))) }
    let last = try Receipt(line: Array(try #require(story.lines.last).utf8))
    guard let words = story.words else { return try replay.take(last) }
    let error = #expect(throws: ReceiptSyntaxError.self, "\(story.name)") { try replay.take(last) }
    #expect(error?.description.contains(words) == true, "\(story.name): \(error?.description ?? "nothing")")
  }
}
