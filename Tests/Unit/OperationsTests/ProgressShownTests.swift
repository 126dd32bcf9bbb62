import Files
import Foundation
import Logging
import Testing

@testable import Operations

/// What is shown of work that takes a while, and of a delivery where no line can be drawn again; and the lines of the log.
@Suite struct ProgressShownTests {
  @Test func aStepIsShownAfterTwoSeconds() {
    var line = StepLine()
    func shown(_ done: Int, at seconds: Double, width: Int = 80) -> String? {
      line.line(.init(.makingLetters, done: done, of: 5000), at: .seconds(seconds), width: width)?.text
    }
    #expect(shown(0, at: 100) == nil && shown(10, at: 101.9) == nil)
    #expect(shown(1200, at: 102) == "Making the letters: 1200 of 5000")
    // The next step goes on; one after a pause begins anew.
    #expect(line.line(nil, at: .seconds(102.5), width: 80) == nil)
    #expect(shown(1300, at: 103) == "Making the letters: 1300 of 5000")
    #expect(line.line(nil, at: .seconds(105), width: 80) == nil)
    #expect(shown(1400, at: 105.1) == nil)
    #expect(shown(1400, at: 107.1, width: 12) == "Making the ")
  }

  @Test func aStepHasWordsAndAFigure() {
    #expect(StepLine.text(.init(.readingRows, done: 70)) == "Reading the rows: 70")
    #expect(StepLine.text(.init(.forecasting)) == "Forecasting the end ...")
    #expect(StepLine.text(.init(.freezing, done: 7, of: 5)) == "Freezing the plan: 5 of 5")
    for step in StepProgress.Step.allCases { #expect(StepLine.text(.init(step)).count > 10) }
  }

  @Test func aPlainLineComesEveryTenSecondsWhenItHasChanged() {
    var plain = PlainProgress()
    func isDue(_ line: String, _ seconds: Double) -> Bool { plain.isDue(line, at: .seconds(seconds)) }
    #expect(isDue("a", 1))
    #expect(!isDue("b", 5) && !isDue("c", 10.9))
    #expect(isDue("c", 11))
    #expect(!isDue("c", 30) && !isDue("c", 70.9))
    #expect(isDue("c", 71))
    #expect(isDue("d", 81))
  }

  @Test func columnsAlignWhateverIsInThem() {
    var table = TextTable()
    table.add("Müller", "7", "a")
    table.add("漢字事務所", "12", "b")
    table.add("Mu\u{308}ller", "123", "c")
    table.add("😀 Kanzlei", "1", "d")
    let lines = table.text().split(separator: "\n").map(String.init)
    #expect(Set(lines.map { DisplayWidth.of($0) }) == [2 + 10 + 2 + 3 + 2 + 1], "\(lines)")
    #expect(lines[1] == "  漢字事務所   12  b")
  }

  @Test func aLineOfTheLogIsTextOrJSON() throws {
    let line = LogLine(
      .notice, "relay main: “\u{1B}[31m\u{202E}\"”",
      ["campaign": "sommer", "message": "17", "message_id": "<a@firm.example>", "relay": "main", "other": "x"],
      at: Date(timeIntervalSince1970: 1_795_420_800.123))
    let json = line.text(.json)
    #expect(!json.contains("\n") && !json.contains("\u{1B}") && !json.contains("\u{202E}"))
    let fields = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(
      Set(fields.keys) == ["time", "level", "message", "campaign", "message_number", "message_id", "relay"])
    #expect(fields["time"] as? String == "2026-11-23T08:00:00.123Z")
    #expect(fields["level"] as? String == "notice" && fields["message_number"] as? Int == 17)
    #expect(fields["message"] as? String == "relay main: “\u{1B}[31m\u{202E}\"”")
    #expect(line.text(.text).hasSuffix(" relay main: “\u{1B}[31m\u{202E}\"”"))
    let bare = try JSONSerialization.jsonObject(with: Data(LogLine(.info, "a", at: .now).text(.json).utf8))
    #expect((bare as? [String: Any])?.count == 3)
  }
}
