import Files

/// Text from a file as it is shown in a message: in quotes, on one line, with everything invisible written out as
/// ``VisibleText`` does, and odd spaces too; cut after 80 characters.
struct QuotedText: CustomStringConvertible {
  let text: String
  init(_ text: some StringProtocol) { self.text = String(text) }

  var description: String {
    var shown = "\""
    var count = 0
    for scalar in text.unicodeScalars {
      if count == 80 {
        shown += "…"
        break
      }
      count += 1
      switch scalar {
      case "\n": shown += "\\n"
      case "\r": shown += "\\r"
      case "\t": shown += "\\t"
      case "\"", "\\": shown += "\\\(scalar)"
      case " "..."~": shown.unicodeScalars.append(scalar)
      default:
        let isOddSpace = scalar.properties.generalCategory == .spaceSeparator && scalar != " "
        if isOddSpace || VisibleText.isHidden(scalar) {
          shown += VisibleText.notation(scalar)
        } else {
          shown.unicodeScalars.append(scalar)
        }
      }
    }
    return shown + "\""
  }
}

extension Collection {
  /// The first `limit` elements as text, and one further line with the number of the others: `and 7 more`.
  package func firstFew(
    _ limit: Int, _ text: (Element) -> String, more: (Int) -> String
  ) -> [String] {
    prefix(limit).map(text) + (count > limit ? [more(count - limit)] : [])
  }
}

extension Collection<String> {
  /// The first `limit` of them in a sentence: `a, b, c and 4 more`.
  package func firstFewJoined(_ limit: Int) -> String {
    prefix(limit).joined(separator: ", ") + (count > limit ? " and \(count - limit) more" : "")
  }
}
