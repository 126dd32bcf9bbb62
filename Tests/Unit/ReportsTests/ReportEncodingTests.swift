import Foundation
import Reports
import Testing

@Suite struct ReportEncodingTests {
  @Test(
    arguments: [
      (0.0, "2026-11-23T08:00:00.000Z"), (0.25, "2026-11-23T08:00:00.250Z"), (86_399.999, "2026-11-24T07:59:59.999Z"),
      (-1_795_420_800, "1970-01-01T00:00:00.000Z"),
    ])
  func timesAreInUTCWithMilliseconds(_ seconds: Double, _ text: String) throws {
    #expect(try ReportEncoding.json([Sample.time(seconds)]) == "[\n  \"\(text)\"\n]")
  }

  @Test func keysAreInOrderAndSlashesStayAsTheyAre() throws {
    let text = try ReportEncoding.json(["b": "https://www.kanzlei-it.example/", "a": "ü", "B": "\u{1}"])
    #expect(
      text == """
        {
          "B" : "\\u0001",
          "a" : "ü",
          "b" : "https://www.kanzlei-it.example/"
        }
        """)
  }
}
