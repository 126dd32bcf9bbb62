/// The words of an HTML page, for judging and not for showing: blocks become lines, everything between angle brackets,
/// styles and scripts are left out.
enum PlainHTML {
  static func text(_ html: String) -> String {
    var text = ""
    var rest = html[...]
    while let open = rest.firstIndex(of: "<") {
      text += decoded(rest[..<open])
      let tag = rest[open...].prefix(4_000)
      // An address in brackets that nobody has escaped.
      if let close = tag.firstIndex(of: ">"), tag[..<close].contains("@"),
        !tag[..<close].contains(where: \.isWhitespace)
      {
        text += tag[...close]
        rest = rest[rest.index(after: close)...]
        continue
      }
      guard let close = tag.firstIndex(of: ">") else { break }
      let name = tag.dropFirst().prefix { $0.isLetter || $0.isNumber || $0 == "/" || $0 == "!" }.lowercased()
      rest = rest[rest.index(after: close)...]
      if name == "style" || name == "script" {
        rest = rest.range(ofTag: "</\(name)").map { rest[$0...] } ?? rest[rest.endIndex...]
      } else if blocks.contains(name.drop { $0 == "/" }) {
        text += "\n"
      }
    }
    return text + decoded(rest)
  }

  private static let blocks: Set<Substring> = [
    "p", "br", "div", "tr", "td", "th", "table", "li", "ul", "ol", "h1", "h2", "h3", "h4", "pre", "hr", "blockquote",
    "dd", "dt",
  ]

  private static let entities: [String: String] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "nbsp": " ", "apos": "'", "auml": "ä", "ouml": "ö", "uuml": "ü",
    "Auml": "Ä", "Ouml": "Ö", "Uuml": "Ü", "szlig": "ß", "eacute": "é", "egrave": "è", "agrave": "à", "ccedil": "ç",
    "oacute": "ó", "aacute": "á", "iacute": "í", "ntilde": "ñ", "ecirc": "ê", "rsquo": "’",
  ]

  private static func decoded(_ text: Substring) -> String {
    guard text.contains("&") else { return String(text) }
    var decoded = ""
    var rest = text
    while let sign = rest.firstIndex(of: "&") {
      decoded += rest[..<sign]
      let entity = rest[sign...].dropFirst().prefix(10)
      guard let end = entity.firstIndex(of: ";") else {
        decoded += "&"
        rest = rest[rest.index(after: sign)...]
        continue
      }
      let name = entity[..<end]
      if name.hasPrefix("#") {
        let digits = name.dropFirst()
        let number = digits.first == "x" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        decoded.unicodeScalars.append(number.flatMap { Unicode.Scalar($0) } ?? " ")
      } else {
        decoded += entities[String(name)] ?? " "
      }
      rest = rest[rest.index(after: end)...]
    }
    return decoded + rest
  }
}

extension Substring {
  /// Where a tag begins, in any case; linear.
  fileprivate func range(ofTag tag: String) -> String.Index? {
    let pattern = Array(tag.utf8)
    var at = utf8.startIndex
    while let open = utf8[at...].firstIndex(of: UInt8(ascii: "<")) {
      if utf8[open...].prefix(pattern.count).elementsEqual(pattern, by: { $0 | 32 == $1 | 32 }) { return open }
      at = utf8.index(after: open)
    }
    return nil
  }
}
