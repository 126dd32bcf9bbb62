import Foundation
import Reports
import TestSupport
import Testing

/// Python's csv module reads what we wrote, field for field: a judge that is not ours.
@Suite struct SpreadsheetJudgeTests {
  private static let script = """
    import csv, json, sys
    folder, delimiter = sys.argv[1], sys.argv[2]
    with open(folder + "/report.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=delimiter, strict=True))
    with open(folder + "/meant.json", encoding="utf-8") as file:
        meant = json.load(file)
    for number, (got, wanted) in enumerate(zip(rows, meant)):
        if got != wanted: print("row", number, ascii(got), "instead of", ascii(wanted))
    print(len(rows), "rows of", len(meant))
    sys.exit(0 if rows == meant else 1)
    """

  /// Every pair of these stands beside each other in some field.
  private static let pieces = [
    "a", "ü", "\"", "\"\u{301}", ";", ",", "\t", "\n", "\r", "\r\n", "'", "=", "+", "-", "@", " ", "\u{FEFF}", "😀",
  ]

  @Test(arguments: zip(SafeCSV.Delimiter.allCases, [";", ",", "\t"]))
  func everyFieldIsReadBack(_ delimiter: SafeCSV.Delimiter, _ sign: String) async throws {
    let csv = SafeCSV(delimiter: delimiter)
    let header = ["customer", "company", "reply"]
    var text = csv.header(header)
    var meant = [header]
    for first in Self.pieces {
      for second in Self.pieces {
        let fields = [first + second, "x" + first + second, second]
        text += csv.line(fields)
        meant.append(fields.map(Self.safe))
      }
    }
    let folder = try TemporaryFolder()
    try folder.write(text.utf8, to: "report.csv")
    try folder.write(JSONEncoder().encode(meant), to: "meant.json")
    let python = try await ChildProcess.run("python3", ["-c", Self.script, folder.url.path, sign])
    #expect(python.status == 0, "\((python.output + python.errors).prefix(4000))")
  }

  /// What a reader is to see: the field, with an apostrophe before a formula.
  private static func safe(_ field: String) -> String {
    guard let first = field.utf8.first, "=+-@\t\r\n".utf8.contains(first) else { return field }
    return "'" + field
  }
}
