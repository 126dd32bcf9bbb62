import Rehearsal
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

  @Test(arguments: [
    (
      "greylist 10%\n\nfull 2%, grelist 1%",
      "line 3, rule 3 \"grelist 1%\": \"grelist\" is not a fault; known are greylist, temporary, full, unknown, reject, "
        + "slow, lost-reply, lost-message, 421, cut-data, connections, refuse-all"
    ),
    ("full", "line 1, rule 1 \"full\": whom it hits: a share, an address or a domain is missing"),
    ("slow 5%", "line 1, rule 1 \"slow 5%\": the delay, such as 2s or 200ms, is missing"),
    (
      "slow 5% 2h",
      "line 1, rule 1 \"slow 5% 2h\": \"2h\" is not a delay; write a whole number with ms, s or m, at most 60m"
    ),
    (
      "slow 5% 61m",
      "line 1, rule 1 \"slow 5% 61m\": \"61m\" is not a delay; write a whole number with ms, s or m, at most 60m"
    ),
    ("full 0%", "line 1, rule 1 \"full 0%\": \"0%\" is not a share; write 0.01% to 100%, with at most two decimals"),
    (
      "full 1.234%",
      "line 1, rule 1 \"full 1.234%\": \"1.234%\" is not a share; write 0.01% to 100%, with at most two decimals"
    ),
    (
      "full 101%",
      "line 1, rule 1 \"full 101%\": \"101%\" is not a share; write 0.01% to 100%, with at most two decimals"
    ),
    ("full -1%", "line 1, rule 1 \"full -1%\": \"-1%\" is not a share; write 0.01% to 100%, with at most two decimals"),
    ("full %", "line 1, rule 1 \"full %\": \"%\" is not a share; write 0.01% to 100%, with at most two decimals"),
    (
      "full 60%, unknown 40.5%",
      "line 1, rule 2 \"unknown 40.5%\": the shares up to here add up to 100.5%, but only 100% of the recipients exist"
    ),
    (
      "full everybody",
      "line 1, rule 1 \"full everybody\": \"everybody\" names no recipients; write a share (10%), an address "
        + "(a@b.example) or a domain (@b.example, xn-- form)"
    ),
    (
      "full a@straße.example",
      "line 1, rule 1 \"full a@straße.example\": \"a@straße.example\" names no recipients; write a share (10%), an "
        + "address (a@b.example) or a domain (@b.example, xn-- form)"
    ),
    (
      "greylist 5% 0",
      "line 1, rule 1 \"greylist 5% 0\": \"0\" is not a number of attempts; write 1 to 1000, or \"always\""
    ),
    ("greylist 5% 2 3", "line 1, rule 1 \"greylist 5% 2 3\": \"3\" is too much; nothing is expected there"),
    (
      "connections many",
      "line 1, rule 1 \"connections many\": \"many\" is not a number of connections; write 1 to 10000"
    ),
    ("connections", "line 1, rule 1 \"connections\": a number of connections is missing"),
    ("connections 1\nconnections 2", "line 2, rule 2 \"connections 2\": \"connections\" was already given"),
    ("refuse-all 5%", "line 1, rule 1 \"refuse-all 5%\": \"5%\" is too much; nothing is expected there"),
  ]) func saysWhatIsWrong(_ text: String, _ message: String) {
    #expect {
      try FaultPlan(parsing: text)
    } throws: { error in
      "\(error)" == "fault plan, " + message
    }
  }
}
