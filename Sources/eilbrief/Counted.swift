/// Numbers with their noun, in the singular where they are one.
enum Counted {
  static func letters(_ count: Int) -> String { count == 1 ? "1 letter" : "\(count) letters" }
  static func rows(_ count: Int) -> String { count == 1 ? "1 row" : "\(count) rows" }
  static func customers(_ count: Int) -> String { count == 1 ? "1 customer" : "\(count) customers" }

  /// Letters that a process left in `sending`.
  static func lost(_ count: Int) -> String {
    count == 1
      ? "1 letter was on the wire when the last process ended: it is uncertain."
      : "\(count) letters were on the wire when the last process ended: they are uncertain."
  }
}
