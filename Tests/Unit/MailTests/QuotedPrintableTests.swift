import Mail
import TestSupport
import Testing

@Suite struct QuotedPrintableTests {
  /// The lines of the plain-text part.
  private func encoded(_ text: String) throws -> [String] {
    let all = lines(try message(text: text).bytes(encoding: .quotedPrintable))
    let start = try #require(all.firstIndex(of: "Content-Transfer-Encoding: quoted-printable"))
    return Array(all[(start + 2)...].prefix { $0 != "--=_b0" })
  }

  @Test(
    arguments: [
      ("", [""]),
      ("plain", ["plain"]),
      ("a=b", ["a=3Db"]),
      ("a ", ["a=20"]),
      ("a\t", ["a=09"]),
      (" ", ["=20"]),
      ("a  \nb", ["a =20", "b"]),
      ("a\tb c", ["a\tb c"]),
      (".", ["=2E"]),
      ("..a", ["=2E.a"]),
      ("a.b", ["a.b"]),
      ("From a\nfrom b\nFromage\n From c", ["=46rom a", "from b", "Fromage", " From c"]),
      ("ü€👩", ["=C3=BC=E2=82=AC=F0=9F=91=A9"]),
      ("\u{7F}\u{1B}", ["=7F=1B"]),
      (String(repeating: "x", count: 76), [String(repeating: "x", count: 76)]),
      (String(repeating: "x", count: 77), [String(repeating: "x", count: 75) + "=", "xx"]),
      (String(repeating: "x", count: 75) + ".y", [String(repeating: "x", count: 75) + "=", "=2Ey"]),
      (String(repeating: "x", count: 75) + "From y", [String(repeating: "x", count: 75) + "=", "=46rom y"]),
      (String(repeating: "x", count: 75) + " ", [String(repeating: "x", count: 75) + "=", "=20"]),
      (String(repeating: "x", count: 72) + "ü", [String(repeating: "x", count: 72) + "=", "=C3=BC"]),
      (String(repeating: "x", count: 69) + "ü", [String(repeating: "x", count: 69) + "=C3=BC"]),
    ] as [(String, [String])])
  func encodes(text: String, expected: [String]) throws {
    #expect(try encoded(text) == expected)
  }

  @Test func randomBodiesStayWithinTheirBounds() throws {
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<300 {
      for line in try encoded(generator.bodyText(upTo: 80, lineEnd: "\n")) {
        #expect(line.utf8.count <= 76)
        #expect(line.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 == 9 })
        #expect(!line.hasPrefix(".") && !line.hasPrefix("From "))
        #expect(line.utf8.last != 0x20 && line.utf8.last != 9)
      }
    }
  }
}
