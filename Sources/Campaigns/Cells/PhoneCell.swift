/// A cell of the column `phone`. What is to be dialled stays as it is written, with words and several numbers; what cannot
/// be dialled is none.
enum PhoneCell {
  /// The fewest digits of a number that can be called from outside a firm.
  private static let fewest = 3

  /// Why `text` is no telephone number; nil when it may be one, or is empty.
  static func fault(of text: String) -> RowRemark.Kind? {
    if text.isEmpty { return nil }
    var digits = 0
    var isZero = true
    var hasWords = false
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits += 1
        if byte != UInt8(ascii: "0") { isZero = false }
      case UInt8(ascii: " "), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "("),
        UInt8(ascii: ")"):
        break
      default: hasWords = true
      }
    }
    if !hasWords, digits >= fewest, !isZero, !isCountryCode(text, digits) { return nil }
    if let kind = NoValue.kind(of: text) { return RowRemark.Kind(kind) }
    if isZero, digits > 0, !text.contains(where: \.isLetter) { return .noValue }
    // Digits of other scripts are digits.
    let all = text.count(where: \.isWholeNumber)
    if all < fewest || isZero && digits == all || isCountryCode(text, all) { return .noTelephone }
    guard text.contains("@") || isReference(text) else { return nil }
    // A number may stand beside the address, or what is referred to.
    let number = text.split { $0.isWhitespace }.filter { !$0.contains("@") }.joined().count(where: \.isWholeNumber)
    return number < 6 ? .noTelephone : nil
  }

  /// `+49`, `0049`, `+49 (0)`: the beginning of a number, and nothing behind it.
  private static func isCountryCode(_ text: String, _ digits: Int) -> Bool {
    text.hasPrefix("+") ? digits < 5 : text.hasPrefix("00") && digits < 6
  }

  /// The text when it shows nobody's number.
  static func shown(_ text: String) -> String {
    text.contains(where: \.isNumber) && text.contains { $0 != "0" } ? "" : text
  }

  /// `siehe Kunde 1002`.
  private static func isReference(_ text: String) -> Bool {
    guard let first = text.first, first.isLetter else { return false }
    let word = text.prefix { $0.isLetter || $0 == "." }.lowercased()
    return ["siehe", "s.", "s.o.", "see", "vgl.", "wie", "dito"].contains(word)
  }
}
