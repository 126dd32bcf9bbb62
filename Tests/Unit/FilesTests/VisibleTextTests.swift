import Files
import Foundation
import Testing

@Suite struct VisibleTextTests {
  /// Characters that act on a terminal, turn text around, end a line, or cannot be seen.
  static let hidden: [UInt32] =
    Array(0x00...0x1F) + Array(0x7F...0x9F) + [0xAD, 0x34F, 0x61C, 0x115F, 0x17B4, 0x180B, 0x180E]
    + Array(0x200B...0x200F)
    + Array(0x2028...0x202E) + Array(0x2060...0x206F) + [0x3164, 0xE000, 0xFE00, 0xFEFF, 0xFFA0]
    + Array(0xFFF9...0xFFFB) + [0x1BCA0, 0x1D173] + Array(0xE0000...0xE007F) + [0xE0100, 0xF_0000, 0x10_FFFF]

  @Test(arguments: hidden)
  func whatNobodySeesIsWrittenOut(_ value: UInt32) throws {
    let scalar = try #require(Unicode.Scalar(value))
    let hex = String(value, radix: 16, uppercase: true)
    #expect(VisibleText.line("a\(scalar)b") == "a\\u{\(hex)}b")
    #expect(VisibleText.lines("a\(scalar)b") == (value == 0x0A ? "a\nb" : "a\\u{\(hex)}b"))
  }

  @Test(arguments: [
    "", "plain", "Müller & Groß", "“1” … · — €", "a\\b", "\\u{202E}", "Zürich\u{A0}8", "Ελένη Дмитрий 北京 שלום مرحبا",
    "é", "e\u{301}", "नमस्ते", "\u{600}١", "\u{FFFD}", "☎\u{FE0F}",
  ])
  func whatIsReadIsLeftAsItIs(_ text: String) {
    #expect(Array(VisibleText.line(text).utf8) == Array(text.utf8))
    #expect(Array(VisibleText.json(text).utf8) == Array(text.utf8))
  }

  @Test func lineFeedsStayInTextOfSeveralLines() {
    #expect(VisibleText.lines("a\nb\r\nc\td") == "a\nb\\u{D}\nc\\u{9}d")
    #expect(VisibleText.lines("a\tb", keeping: ["\t"]) == "a\tb")
    #expect(VisibleText.line("a\nb") == "a\\u{A}b")
  }

  @Test func bytesThatAreNoTextCanBeSeen() {
    #expect(VisibleText.line(String(decoding: [0x61, 0x9B, 0x32, 0x4A], as: UTF8.self)) == "a\u{FFFD}2J")
  }

  @Test func jsonKeepsItsValue() throws {
    let values = try Self.hidden.map { "x\(try #require(Unicode.Scalar($0)))y" } + ["\\", "\"", "\\\u{202E}", "😀"]
    let plain = String(decoding: try JSONEncoder().encode(values), as: UTF8.self)
    let shown = VisibleText.json(plain)
    #expect(!shown.unicodeScalars.contains(where: VisibleText.isHidden))
    #expect(try JSONDecoder().decode([String].self, from: Data(shown.utf8)) == values)
    #expect(VisibleText.json("\"\u{202E}\u{E0041}\u{9B}\"") == "\"\\u202E\\uDB40\\uDC41\\u009B\"")
  }
}
