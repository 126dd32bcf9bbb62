import TestSupport

extension SeededGenerator {
  /// One of `items`, of which there must be at least one.
  mutating func pick<Item>(_ items: [Item]) -> Item { items[Int.random(in: 0..<items.count, using: &self)] }

  /// Words a name or a subject may hold, with much that headers find hard to carry.
  private static let pieces = [
    "a", "Passwort", "ändern", "straße", "Müller", " ", " ", " ", "  ", "=?", "?=", "=?utf-8?Q?a?=", "\"", "\\", ",",
    ";", "<", ">", "@", "(", ")", ":", ".", "..", "_", "=", "=41", "?", "!", "'", "—", "…", "€", "日本語", "カ", "👩‍👧", "🇩🇪",
    "e\u{301}", "\u{A0}", "Ω", "Привет", "שלום", "From ", "Kanzlei-IT", "0123456789", String(repeating: "x", count: 80),
    String(repeating: "ü", count: 40), "\u{1F600}\u{1F600}", "%", "{", "~",
    "👩🏻‍❤️‍💋‍👩🏻", "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}", "محمد", "\u{200F}", "می\u{200C}خواهم",
    "o\u{302}\u{323}", "a" + String(repeating: "\u{301}", count: 40), "한국어",
  ]

  mutating func headerText(upTo count: Int) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 1...count, using: &self) { text += pick(Self.pieces) }
    return text
  }

  private static let bodyPieces = [
    "\n", "\n", "\n\n", ".", ".\n", "\n.", "\n..", "From ", "\nFrom me", "--", "\n--", "=", "=\n", "=20", "\t", " ",
    "  ", " \n", "\t\n", "ü", "ß", "€", "日本語", "👩‍👧", "a", "word", "Kennwort ", "<p>&amp;</p>", "\u{7F}", "\u{85}",
    "\u{2028}",
    "\u{C}", "\u{1B}", String(repeating: "x", count: 74), String(repeating: "x", count: 75),
    String(repeating: "x", count: 76),
    String(repeating: "x", count: 77), String(repeating: "ä ", count: 30),
  ]

  mutating func bodyText(upTo count: Int, lineEnd: String) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0...count, using: &self) { text += pick(Self.bodyPieces) }
    if Int.random(in: 0..<20, using: &self) == 0 {
      let length = Int.random(in: 990...1010, using: &self)
      text += "\n" + String(repeating: Bool.random(using: &self) ? "y" : "ü", count: length)
    }
    return lineEnd == "\n" ? text : text.replacing("\n", with: lineEnd)
  }
}
