extension String {
  /// The text on one line: each run of white space, line breaks and control characters becomes one space, with none at
  /// either end.
  ///
  /// Every value that comes from a customer passes through here, so no field of a spreadsheet can begin a new line in a
  /// letter or a new header field in a message.
  package var asSingleLine: String {
    // Almost every value is already one line; then it is not copied.
    var previousWasSpace = true
    var clean = true
    for scalar in unicodeScalars {
      let space = scalar == " "
      if Self.isBreak(scalar) && !space || space && previousWasSpace {
        clean = false
        break
      }
      previousWasSpace = space
    }
    if clean, !previousWasSpace || isEmpty { return self }
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if !Self.isBreak(scalar) {
        result.append(scalar)
      } else if let last = result.last, last != " " {
        result.append(" ")
      }
    }
    if result.last == " " { result.removeLast() }
    return String(result)
  }

  /// The text with its line breaks as `\n` and no other control characters; none of either at its end.
  var asParagraphs: String {
    split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { String($0).asSingleLine }
      .joined(separator: "\n").trimmedOfNewlines
  }

  private var trimmedOfNewlines: String {
    var text = self[...]
    while text.first == "\n" { text.removeFirst() }
    while text.last == "\n" { text.removeLast() }
    return String(text)
  }

  private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0...0x20, 0x7F...0xA0, 0x2028, 0x2029: true
    default: false
    }
  }
}
