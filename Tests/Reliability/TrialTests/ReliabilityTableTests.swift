import Testing
import Trials

/// The tables say what was found, and a broken promise is not left out.
@Suite struct ReliabilityTableTests {
  private func figures() -> ReliabilityFigures {
    var findings = Findings()
    findings.uncertain = 12_345
    return ReliabilityFigures(fault: "kill -9", tried: "1,000 kills", findings, failures: [])
  }

  @Test func aCleanPart() {
    let part = figures()
    #expect(part.isClean)
    #expect(ReliabilityTable([part]).markdown.contains("| kill -9 | 1,000 kills | 0 | 0 | 0 | 0 | 12,345 |"))
  }

  @Test func everyBrokenPromiseIsShown() {
    for promise in [\Findings.lost, \.silentlyDoubled, \.falseAccepted, \.receiptsDoubled, \.strangers] {
      var findings = Findings()
      findings[keyPath: promise] = 3
      let part = ReliabilityFigures(fault: "kill -9", tried: "1,000 kills", findings, failures: [])
      #expect(!part.isClean)
      #expect(ReliabilityTable([part]).markdown.contains("- kill -9: \(findings.broken[0])"))
    }
  }

  @Test func controlsAreCountedByJudge() {
    var part = figures()
    part.controls = [
      .init(weakened: "a", judge: "power cuts", noticed: "seed 1: the spool | was cut\nshort"),
      .init(weakened: "b", judge: "crash matrix: launch, dotSent", noticed: "trial 1: lost 3"),
      .init(weakened: "c", judge: "crash matrix: launch, replyRead", noticed: "trial 9: lost 1"),
    ]
    #expect(part.isClean)
    let table = ReliabilityTable([part]).markdown
    #expect(table.contains("Weakened on purpose: 3 of 3 noticed."))
    #expect(
      table.hasSuffix(
        "| judge | weakened | noticed |\n|---|---:|---:|\n| power cuts | 1 | 1 |\n| crash matrix | 2 | 2 |"))
    // What was found stands in the part's own file.
    #expect(!table.contains("seed 1") && !table.contains("trial 1"))
  }

  @Test func aControlThatNobodyNoticedIsNamed() {
    var part = figures()
    part.controls = [
      .init(weakened: "fsync: a", judge: "power cuts", noticed: "lost 1"),
      .init(weakened: "fsync: b | c", judge: "power cuts", noticed: nil),
    ]
    #expect(!part.isClean)
    let table = ReliabilityTable([part]).markdown
    #expect(table.contains("Weakened on purpose: 1 of 2 noticed."))
    #expect(table.contains("| power cuts | 2 | 1 |\n\nNot noticed:\n\n- fsync: b \\| c"))
  }

  @Test func theTablesTakeTheirPlace() throws {
    let table = ReliabilityTable([figures()])
    let page = "# Title\n\n\(ReliabilityTable.begin)\nold\n\(ReliabilityTable.end)\n\nEnd.\n"
    let replaced = try #require(table.replaced(in: page))
    #expect(replaced.hasPrefix("# Title\n\n") && replaced.hasSuffix("\n\nEnd.\n"))
    #expect(replaced.contains(table.markdown) && !replaced.contains("old"))
    #expect(table.replaced(in: replaced) == replaced)
    #expect(table.replaced(in: "# Title\n") == nil)
  }

  @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (1_012_345, "1,012,345")])
  func numbersAreGrouped(number: Int, words: String) {
    #expect(ReliabilityTable.grouped(number) == words)
  }
}
