/// Numbers with their noun, in the singular where they are one: `1 row`, `2 rows`.
enum Counted {
  static func words(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  /// Letters that a process left in `sending`.
  static func lost(_ count: Int) -> String {
    count == 1
      ? "1 letter was on the wire when the last process ended: it is uncertain."
      : "\(count) letters were on the wire when the last process ended: they are uncertain."
  }
}
