import Foundation
import Rehearsal
import TestSupport
import Testing

@Suite struct FaultPlanTests {
  @Test func readsEveryKindOfRule() throws {
    let plan = try FaultPlan(
      parsing: """
        # the faults of a bad day
        greylist 10%, unknown 3%   # two on one line
        full k1042@kanzlei.example

        TEMPORARY @Kanzlei.example 3, slow 2.5% 2s
        slow a@b.example 200ms 1, reject 0.01%, lost-reply 1% always
        lost-message b.example, 421 2% 4, cut-data 1%
        connections 4
        refuse-all
        """)
    #expect(
      plan
        == FaultPlan(
          rules: [
            FaultPlan.Rule(.greylist, .share(1000), tries: 1),
            FaultPlan.Rule(.unknown, .share(300), tries: nil),
            FaultPlan.Rule(.full, .address("k1042@kanzlei.example"), tries: nil),
            FaultPlan.Rule(.temporary, .domain("Kanzlei.example"), tries: 3),
            FaultPlan.Rule(.slow(.seconds(2)), .share(250), tries: nil),
            FaultPlan.Rule(.slow(.milliseconds(200)), .address("a@b.example"), tries: 1),
            FaultPlan.Rule(.reject, .share(1), tries: nil),
            FaultPlan.Rule(.lostReply, .share(100), tries: nil),
            FaultPlan.Rule(.lostMessage, .domain("b.example"), tries: 1),
            FaultPlan.Rule(.shutdown, .share(200), tries: 4),
            FaultPlan.Rule(.cutData, .share(100), tries: 1),
          ], connectionLimit: 4, refusesEverything: true))
    #expect(
      plan.description
        == "greylist 10%, unknown 3%, full k1042@kanzlei.example, temporary @Kanzlei.example 3, slow 2.5% 2s, "
        + "slow a@b.example 200ms 1, reject 0.01%, lost-reply 1% always, lost-message @b.example, 421 2% 4, "
        + "cut-data 1%, connections 4, refuse-all")
    #expect(try FaultPlan(parsing: plan.description) == plan)
  }

  @Test func readsNothingAsNoFaults() throws {
    #expect(try FaultPlan(parsing: " \n# only a comment\n,,\n") == .none)
    #expect(FaultPlan.none.description == "")
    #expect(try FaultPlan(parsing: "", seed: 7).seed == 7)
  }

  @Test func hasADocumentedStandard() throws {
    #expect(
      FaultPlan.standard.description
        == "greylist 10%, unknown 3%, full 2%, slow 2% 200ms, lost-reply 1%, 421 1%")
    #expect(try FaultPlan(parsing: FaultPlan.standard.description) == .standard)
  }

  @Test func readsEveryFaultOfTheRelay() throws {
    let text = """
      session-limit 10, quota 100/h, quota 2000/d at final with 550, throttle 5/s at mail, quota 30/min with 451
      size 20000, away 90s after 3, away 5m after 50
      pipelining swallow, hang at greeting, hang at ehlo, hang at mail
      hang at rcpt, hang at final for 1% 2, hang at data for slow.example
      greylist 300s, greylist 5m for @slow.example with 451 4.7.1 "Please wait, # and come again", greylist 1h for 2%
      refuse k1@kanzlei.example, refuse @known.example 2 with 550 5.7.1 "Known senders only"
      connections 3 with 432, refuse-all with 450 "first line" "second line", full 1% always with 422
      """
    let plan = try FaultPlan(parsing: text)
    #expect(
      plan.relayFaults == [
        .sessionLimit(10), .quota(SendingRate(100, per: .seconds(3600))),
        .quota(SendingRate(2000, per: .seconds(86_400)), at: .final, FaultReply(550)),
        .throttle(SendingRate(5, per: .seconds(1)), at: .mail),
        .quota(SendingRate(30, per: .seconds(60)), FaultReply(451)), .size(20_000),
        .away(.seconds(90), after: 3), .away(.seconds(300), after: 50), .pipelining(.swallow), .hang(.greeting),
        .hang(.ehlo), .hang(.mail),
      ])
    #expect(
      plan.rules == [
        FaultPlan.Rule(.hang(.rcpt), .everyone), FaultPlan.Rule(.hang(.final), .share(100), tries: 2),
        FaultPlan.Rule(.hang(.data), .domain("slow.example")),
        FaultPlan.Rule(.greylistFor(.seconds(300)), .everyone),
        FaultPlan.Rule(
          .greylistFor(.seconds(300)), .domain("slow.example"),
          reply: FaultReply(451, status: "4.7.1", lines: ["Please wait, # and come again"])),
        FaultPlan.Rule(.greylistFor(.seconds(3600)), .share(200)),
        FaultPlan.Rule(.refuse, .address("k1@kanzlei.example")),
        FaultPlan.Rule(
          .refuse, .domain("known.example"), tries: 2,
          reply: FaultReply(550, status: "5.7.1", lines: ["Known senders only"])),
        FaultPlan.Rule(.full, .share(100), tries: nil, reply: FaultReply(422)),
      ])
    #expect(plan.connectionLimit == 3 && plan.connectionReply == FaultReply(432))
    #expect(plan.refusesEverything && plan.refusalReply == FaultReply(450, lines: ["first line", "second line"]))
    #expect(try FaultPlan(parsing: plan.description) == plan)
  }

  /// The same value, written in another way.
  @Test(arguments: [
    ("away 30 s after 10", "away 30s after 10"), ("away 2h after 1", "away 7200s after 1"),
    ("greylist 300 s for slow.example", "greylist 300s for @slow.example"), ("greylist 1d", "greylist 86400s"),
    ("quota 60/1min", "quota 60/min"), ("quota 60/m", "quota 60/min"), ("quota 5/3600s", "quota 5/h"),
    ("quota 250/10min at RCPT", "quota 250/10min"), ("Quota 1/7d", "quota 1/7d"), ("quota 9/90s", "quota 9/90s"),
    ("hang at final always", "hang at final"), ("Pipelining OFF", "pipelining off"), ("slow 5% 2 s", "slow 5% 2s"),
    ("throttle 1/s at data with 454 4.7.0", "throttle 1/s with 454 4.7.0"),
    ("unknown 1% with 550\"words\"\"more\"", "unknown 1% with 550 \"words\" \"more\""),
  ]) func readsOtherSpellings(_ text: String, _ canonical: String) throws {
    #expect(try FaultPlan(parsing: text).description == canonical)
    #expect(try FaultPlan(parsing: canonical) == FaultPlan(parsing: text))
  }

  /// Every fault that the language knows has a form, and the word stands at its beginning.
  @Test func hasFormsForEveryWord() {
    #expect(Set(FaultPlan.forms.map { $0.prefix { $0 != " " } }).count == 20)
    for form in FaultPlan.forms {
      // What stands in brackets can be left out; of alternatives the first is taken; placeholders have examples.
      var text = form.replacing(#/\s\[.*/#, with: "").replacing(#/\|\S+/#, with: "")
      for (name, example) in [
        ("RECIPIENTS", "1%"), ("TIME", "30s"), ("COUNT/PERIOD", "100/h"), ("COUNT", "3"), ("OCTETS", "5000"),
      ] { text = text.replacing(name, with: example) }
      #expect(throws: Never.self) { try FaultPlan(parsing: text) }
    }
  }

  /// Plans thrown together from words of the language: each is a plan that can be written and read again, or an error
  /// that points into its text.
  @Test(arguments: 0..<20 as Range<UInt64>) func anyTextIsAPlanOrAnError(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let words =
      FaultPlan.forms.flatMap { $0.split(separator: " ").map(String.init) } + [
        "1%", "k1@b.example", "b.example", "30", "30s", "5/s", "100/h", "3", "550", "5.7.1", "\"a, b\"", "\"", "\"\"",
        "#",
        ",", ",", ",", "\n", "always", "with", "at", "for", "after", "mail", "final", "off", "ü", "\u{1}",
        "99999999999/d",
      ]
    for _ in 0..<500 {
      let count = Int.random(in: 0...8, using: &random)
      let text = (0..<count).map { _ in words.randomElement(using: &random) ?? "" }.joined(separator: " ")
      do {
        let plan = try FaultPlan(parsing: text)
        #expect((try? FaultPlan(parsing: plan.description)) == plan, "\(text)")
      } catch {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        #expect(lines.indices.contains(error.line - 1), "\(text)")
        #expect((1...lines[error.line - 1].count + 1).contains(error.column), "\(text)")
        #expect(lines[error.line - 1].contains(error.text), "\(text)")
      }
    }
  }

  @Test func theDocumentHasEveryForm() throws {
    let text = try String(contentsOf: PackageRoot.file("docs/rehearsal.md"), encoding: .utf8)
      .replacing("\\|", with: "|")
    for form in FaultPlan.forms { #expect(text.contains("| `\(form)` |"), "\(form)") }
    #expect(text.replacing("\n", with: " ").contains("`\(FaultPlan.standard)`"))
  }

  /// Where, which rule, and why.
  @Test(
    arguments: [
      ("greylist 10%\n\nfull 2%, grelist 1%", 3, 10, 3, .unknownWord("grelist")),
      ("\"full\" 2%", 1, 1, 1, .unknownWord("full")),
      ("full", 1, 5, 1, .missing("whom it hits: a share, an address or a domain")),
      ("slow 5%", 1, 8, 1, .missing("the delay, such as 2s or 200ms,")),
      ("slow 5% 2h", 1, 9, 1, .badDelay("2h")), ("slow 5% 61m", 1, 9, 1, .badDelay("61m")),
      ("full 0%", 1, 6, 1, .badShare("0%")), ("full 1.234%", 1, 6, 1, .badShare("1.234%")),
      ("full 101%", 1, 6, 1, .badShare("101%")), ("full -1%", 1, 6, 1, .badShare("-1%")),
      ("full %", 1, 6, 1, .badShare("%")), ("full 60%, unknown 40.5%", 1, 19, 2, .sharesOver100("100.5%")),
      ("greylist 1h for 60%, unknown 40.5%", 1, 30, 2, .sharesOver100("100.5%")),
      ("full everybody", 1, 6, 1, .badRecipients("everybody")),
      ("full a@straße.example", 1, 6, 1, .badRecipients("a@straße.example")),
      ("full \"a@b.example\"", 1, 6, 1, .badRecipients("a@b.example")),
      ("greylist 5% 0", 1, 13, 1, .badTries("0")), ("greylist 5% 2 3", 1, 15, 1, .surplus("3")),
      ("connections many", 1, 13, 1, .badCount("many", of: "connections", limit: 10_000)),
      ("connections", 1, 12, 1, .missing("a number of connections")),
      ("connections 1\nconnections 2", 2, 1, 2, .repeated("connections")),
      ("refuse-all 5%", 1, 12, 1, .surplus("5%")), ("refuse-all, refuse-all", 1, 13, 2, .repeated("refuse-all")),
      ("session-limit", 1, 14, 1, .missing("a number of letters")),
      ("session-limit 0", 1, 15, 1, .badCount("0", of: "letters", limit: 1_000_000)),
      ("session-limit 10 421", 1, 18, 1, .surplus("421")),
      ("session-limit 10, session-limit 9", 1, 19, 2, .repeated("session-limit")),
      ("size 100, size 200", 1, 11, 2, .repeated("size")),
      ("pipelining off, pipelining swallow", 1, 17, 2, .repeated("pipelining")),
      ("hang at mail, hang at mail", 1, 15, 2, .repeated("hang")),
      ("quota", 1, 6, 1, .missing("how many in which time, such as 100/h,")),
      ("quota 100", 1, 7, 1, .badRate("100")), ("quota 100/w", 1, 7, 1, .badRate("100/w")),
      ("quota 0/h", 1, 7, 1, .badRate("0/h")), ("quota 5/0h", 1, 7, 1, .badRate("5/0h")),
      ("quota 5/500ms", 1, 7, 1, .badRate("5/500ms")), ("quota 5/367d", 1, 7, 1, .badRate("5/367d")),
      ("quota 100/h with", 1, 17, 1, .missing("the reply: a code, such as 550,")),
      ("quota 100/h with 250", 1, 18, 1, .badCode("250")), ("quota 100/h with 600", 1, 18, 1, .badCode("600")),
      ("quota 100/h with nothing", 1, 18, 1, .badCode("nothing")),
      ("quota 100/h with 550 6.1.1", 1, 22, 1, .badStatus("6.1.1")),
      ("quota 100/h with 550 5.4", 1, 22, 1, .badStatus("5.4")),
      ("quota 100/h with 550 Daily limit", 1, 22, 1, .badStatus("Daily")),
      ("quota 100/h with 550 \"Daily limit", 1, 22, 1, .openQuote),
      ("quota 100/h with 550 \"\"", 1, 22, 1, .badReplyText("")),
      ("quota 100/h with 550 \"Grüße\"", 1, 22, 1, .badReplyText("Grüße")),
      ("quota 100/h with 550 \"a\" b", 1, 26, 1, .surplus("b")),
      ("quota 100/h at", 1, 15, 1, .missing("mail or rcpt or data or final")),
      ("quota 100/h at ehlo", 1, 16, 1, .badChoice("ehlo", of: ["mail", "rcpt", "data", "final"])),
      ("quota 100/h 550", 1, 13, 1, .surplus("550")),
      ("throttle 5", 1, 10, 1, .badRate("5")),
      ("away", 1, 5, 1, .missing("how long it is away, such as 30s or 10m,")),
      ("away 30", 1, 6, 1, .badTime("30")), ("away 31d after 1", 1, 6, 1, .badTime("31d")),
      ("away 30s", 1, 9, 1, .missing("\"after\" and the number of letters")),
      ("away 30s 10", 1, 10, 1, .badChoice("10", of: ["after"])),
      ("away 30s after", 1, 15, 1, .missing("a number of letters")),
      ("greylist 300", 1, 10, 1, .badTime("300")), ("greylist 0s", 1, 10, 1, .badTime("0s")),
      ("greylist 300s 2", 1, 15, 1, .surplus("2")),
      ("greylist 300s for", 1, 18, 1, .missing("whom it hits: a share, an address or a domain")),
      ("greylist 300s for all", 1, 19, 1, .badRecipients("all")),
      ("refuse", 1, 7, 1, .missing("whom it hits: a share, an address or a domain")),
      ("lost-reply 1% with 550", 1, 15, 1, .surplus("with")), ("slow 1% 2s with 550", 1, 12, 1, .surplus("with")),
      ("size big", 1, 6, 1, .badCount("big", of: "octets", limit: 999_999_999)),
      ("pipelining", 1, 11, 1, .missing("off or swallow")),
      ("pipelining on", 1, 12, 1, .badChoice("on", of: ["off", "swallow"])),
      ("hang", 1, 5, 1, .missing("where: \"at\" and a phase")),
      ("hang rcpt", 1, 6, 1, .badChoice("rcpt", of: ["at"])),
      ("hang at dot", 1, 9, 1, .badChoice("dot", of: ["greeting", "ehlo", "mail", "rcpt", "data", "final"])),
      ("hang at mail for 5%", 1, 14, 1, .surplus("for")),
    ] as [(String, Int, Int, Int, FaultPlanError.Reason)])
  func saysWhatIsWrong(_ text: String, _ line: Int, _ column: Int, _ rule: Int, _ reason: FaultPlanError.Reason) {
    let error = #expect(throws: FaultPlanError.self) { try FaultPlan(parsing: text) }
    #expect(error?.reason == reason)
    #expect(error?.line == line && error?.column == column && error?.rule == rule, "\(error.map { "\($0)" } ?? "")")
    if case .unknownWord = reason { return }
    #expect(error?.forms.isEmpty == false)
  }

  @Test(arguments: [
    (
      "full 1%, grelist 1%",
      "fault plan, line 1, column 10, rule 2 \"grelist 1%\": \"grelist\" is not a fault; known are greylist, temporary, "
        + "full, unknown, refuse, reject, slow, lost-reply, lost-message, 421, cut-data, hang, session-limit, quota, "
        + "throttle, connections, away, size, pipelining, refuse-all"
    ),
    (
      "slow 5% 2h",
      "fault plan, line 1, column 9, rule 1 \"slow 5% 2h\": \"2h\" is not a delay; write a whole number with ms, s or m, "
        + "at most 60m. The form is: slow RECIPIENTS TIME [TRIES]"
    ),
    (
      "hang at dot",
      "fault plan, line 1, column 9, rule 1 \"hang at dot\": \"dot\" is not possible here; write \"greeting\", \"ehlo\", "
        + "\"mail\", \"rcpt\", \"data\" or \"final\". The form is: hang at greeting|ehlo|mail, "
        + "or: hang at rcpt|data|final [for RECIPIENTS] [TRIES]"
    ),
    (
      "greylist 1h 2",
      "fault plan, line 1, column 13, rule 1 \"greylist 1h 2\": \"2\" is too much; nothing is expected there. "
        + "The form is: greylist RECIPIENTS [TRIES] [with REPLY], or: greylist TIME [for RECIPIENTS] [with REPLY]"
    ),
  ]) func saysItInWords(_ text: String, _ message: String) {
    let error = #expect(throws: FaultPlanError.self) { try FaultPlan(parsing: text) }
    #expect(error?.description == message)
  }
}
