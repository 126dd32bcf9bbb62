import TestSupport
import Testing

@testable import Letters

@Suite struct TextWrappingTests {
  @Test func shortLinesStay() {
    let text = "  a  b \n\n" + String(repeating: "ß", count: 72) + "\n"
    #expect(TextWrapping.wrap(text) == text)
  }

  @Test func longLinesBreakAtBlanks() {
    let word = String(repeating: "ä", count: 9)
    let words = Array(repeating: word, count: 15).joined(separator: " ")
    let full = Array(repeating: word, count: 7).joined(separator: " ")
    #expect(TextWrapping.wrap(words + "\nEnde\n") == "\(full)\n\(full)\n\(word)\nEnde\n")
  }

  @Test(arguments: [("- ", "  "), ("[ ] ", "    "), (" 1. ", "    "), ("    ", "    "), ("12. ", "    ")])
  func continuedLinesAreIndented(_ start: String, _ indent: String) {
    let words = Array(repeating: "wörter", count: 20).joined(separator: " ")
    let lines = TextWrapping.wrap(start + words).split(separator: "\n")
    #expect(lines.count > 1 && lines[0].hasPrefix(start + "w"))
    for line in lines { #expect(line.count <= 72 && line.last != " ") }
    for line in lines.dropFirst() { #expect(line.hasPrefix(indent + "w")) }
  }

  @Test func wordsAreNeverBroken() {
    let address = String(repeating: "a", count: 80) + "@kanzlei.example"
    #expect(TextWrapping.wrap("  Adresse:       \(address)") == "  Adresse:\n  \(address)")
    #expect(TextWrapping.wrap(address) == address)
    #expect(TextWrapping.wrap("\(address) und mehr") == "\(address)\nund mehr")
  }

  @Test func noWordIsLostOrChanged() {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<500 {
      let words = (0..<Int.random(in: 1...40, using: &random)).map { _ in
        String(
          repeating: ["x", "ü", "-"].randomElement(using: &random)!, count: Int.random(in: 1...90, using: &random))
      }
      let wrapped = TextWrapping.wrap(words.joined(separator: " "))
      #expect(wrapped.split(whereSeparator: \.isWhitespace).map(String.init) == words)
    }
  }
}
