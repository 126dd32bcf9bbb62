import Files
import Testing

@Suite struct DisplayWidthTests {
  @Test(arguments: [
    ("", 0), ("Mueller", 7), ("Müller", 6),
    // The same, the umlaut of two code points; and signs above and below one letter.
    ("Mu\u{308}ller", 6), ("a\u{301}\u{323}", 1), ("ế", 1),
    // Wide and fullwidth; halfwidth katakana.
    ("漢字", 4), ("カタカナ", 8), ("ｶﾀｶﾅ", 4), ("Ｆｕｌｌ", 8), ("한국어", 6), ("\u{1112}\u{1161}\u{11AB}", 2), ("。", 2),
    ("𠀀", 2),
    // Emoji: alone, with a skin tone, as a flag, by a variation selector, as a keycap.
    ("😀", 2), ("👍🏽", 2), ("🇩🇪", 2), ("❤️", 2), ("1️⃣", 2), ("❤", 1), ("✔", 1),
    // Other scripts.
    ("Иван", 4), ("עברית", 5), ("ไทย", 3), ("ที่", 1), ("नमस्ते", 4),
    // Ambiguous characters.
    ("…“”·█░±", 7), ("€", 1),
    // What is written out has the width of its notation.
    ("\u{1B}", 6), ("a\u{200B}b", 10), ("\u{202E}", 8), ("\t", 5),
  ])
  func columns(text: String, columns: Int) {
    #expect(DisplayWidth.of(text) == columns, "\(text.debugDescription)")
    #expect(DisplayWidth.of(VisibleText.line(text)) == columns, "as it is shown: \(text.debugDescription)")
  }

  @Test func clippingCutsNoCharacter() {
    #expect(DisplayWidth.clipped("漢字漢字", to: 8) == "漢字漢字")
    #expect(DisplayWidth.clipped("漢字漢字", to: 7) == "漢字漢…")
    #expect(DisplayWidth.clipped("漢字漢字", to: 6) == "漢字…")
    #expect(DisplayWidth.clipped("Mu\u{308}ller", to: 3) == "Mu\u{308}…")
    #expect(DisplayWidth.clipped("abc", to: 1) == "…")
    #expect(DisplayWidth.clipped("abc", to: 0) == "")
    #expect(DisplayWidth.clipped("漢", to: 1) == "…")
    for columns in 0..<20 {
      for text in ["Kanzlei Müller 漢字 😀🇩🇪 und Söhne", "👍🏽👍🏽👍🏽👍🏽"] {
        #expect(DisplayWidth.of(DisplayWidth.clipped(text, to: columns)) <= columns)
      }
    }
  }

  @Test func paddingFillsTheColumns() {
    for text in ["", "Müller", "漢字", "😀", "Mu\u{308}"] {
      #expect(DisplayWidth.of(DisplayWidth.padded(text, to: 9)) == 9)
      #expect(DisplayWidth.padded(text, to: 9, right: true).hasSuffix(text))
    }
    #expect(DisplayWidth.padded("漢字", to: 2) == "漢字")
  }
}
