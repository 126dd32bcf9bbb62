import Reports
import Testing

@Suite struct SafeCSVTests {
  private let csv = SafeCSV(delimiter: .semicolon)

  @Test(
    arguments: [
      ("=1+1", "'=1+1\r\n"), ("+49 9999 555-0", "'+49 9999 555-0\r\n"), ("-1", "'-1\r\n"),
      ("@SUM(A1)", "'@SUM(A1)\r\n"), ("＝1+1", "'＝1+1\r\n"), ("＋1", "'＋1\r\n"), ("－1", "'－1\r\n"),
      ("＠SUM(A1)", "'＠SUM(A1)\r\n"),
      ("\t=1", "\"'\t=1\"\r\n"), ("\r=1", "\"'\r=1\"\r\n"), ("\n=1", "\"'\n=1\"\r\n"), ("\r\n=1", "\"'\r\n=1\"\r\n"),
      ("=HYPERLINK(\"x\";\"y\")", "\"'=HYPERLINK(\"\"x\"\";\"\"y\"\")\"\r\n"),
      // A combining mark makes another Character of the sign, not of what a spreadsheet sees.
      ("=\u{301}1", "'=\u{301}1\r\n"),
    ])
  func whatASpreadsheetTakesForAFormulaGetsAnApostrophe(_ value: String, _ line: String) {
    #expect(Array(csv.line([value]).utf8) == Array(line.utf8))
  }

  @Test(arguments: ["a=b", "1-2", "kanzlei@müller.example", "'quoted'", "", " =1"])
  func otherTextStaysAsItIs(_ value: String) {
    #expect(csv.line([value]) == value + "\r\n")
  }

  @Test func whatWouldEndAFieldIsQuoted() {
    #expect(csv.line(["a\"b"]) == "\"a\"\"b\"\r\n")
    #expect(csv.line(["a\nb"]) == "\"a\nb\"\r\n")
    #expect(csv.line(["a\rb"]) == "\"a\rb\"\r\n")
    #expect(Array(csv.line(["\"\u{301}"]).utf8) == Array("\"\"\"\u{301}\"\r\n".utf8))
    // Whichever delimiter is expected by who opens it.
    for delimiter in [";", ",", "\t"] { #expect(csv.line(["a\(delimiter)b"]) == "\"a\(delimiter)b\"\r\n") }
  }

  @Test func eachDelimiterIsTheOneItsNameSays() {
    #expect(SafeCSV(delimiter: .semicolon).line(["a", "", "b"]) == "a;;b\r\n")
    #expect(SafeCSV(delimiter: .comma).line(["a", "", "b"]) == "a,,b\r\n")
    #expect(SafeCSV(delimiter: .tab).line(["a", "", "b"]) == "a\t\tb\r\n")
  }

  @Test func onlyTheHeaderHasTheByteOrderMark() {
    #expect(Array(csv.header(["a", "b"]).utf8) == [0xEF, 0xBB, 0xBF] + Array("a;b\r\n".utf8))
    #expect(Array(csv.line(["a"]).utf8.prefix(1)) == Array("a".utf8))
  }
}
