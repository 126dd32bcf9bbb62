import Foundation
import Mail

/// The addresses in a text that holds more than one address: `Name <a@b.example>`, `mailto:a@b.example`,
/// `a@b.example; c@d.example`.
///
/// Every @ with an address's characters on both sides is a ``Hit``, a valid address or not. Nothing is decided here about
/// which of them is meant, except by ``isWrapped(_:)``: whether what is around a hit is of the kind that programs and people
/// put around one address.
struct AddressSearch {
  struct Hit {
    /// In ``scalars``.
    var range: Range<Int>
    var address: Result<EmailAddress, AddressError>

    var valid: EmailAddress? { try? address.get() }
  }

  let text: String
  let hits: [Hit]
  /// An @ has nothing that belongs to an address before it or behind it.
  let hasStrayAt: Bool
  /// There are more than are looked at.
  let isTooMany: Bool
  private let scalars: [Unicode.Scalar]

  /// The most that are looked at: a cell with more of them is nobody's address.
  static let most = 50

  init(_ text: String) {
    self.text = text
    let scalars = Array(text.unicodeScalars)
    let indices = Array(text.unicodeScalars.indices) + [text.endIndex]
    var hits: [Hit] = []
    var hasStrayAt = false
    var count = 0
    var end = 0
    for at in scalars.indices where scalars[at] == "@" {
      count += 1
      guard count <= Self.most else { break }
      guard at >= end else { continue }
      let first = Self.start(of: at, in: scalars, from: end)
      let last = Self.end(of: at, in: scalars)
      guard first < at, last > at + 1 else {
        hasStrayAt = true
        continue
      }
      let part = text[indices[first]..<indices[last]]
      let isLink = Self.withoutLabel(scalars[end..<first]).isLink
      hits.append(Hit(range: first..<last, address: Self.address(part, in: text, isLink: isLink)))
      end = last
    }
    self.scalars = scalars
    self.hits = hits
    self.hasStrayAt = hasStrayAt
    isTooMany = count > Self.most
  }

  private static func address(_ part: Substring, in text: String, isLink: Bool) -> Result<EmailAddress, AddressError> {
    do throws(AddressError) {
      // In a link, what is no letter of ASCII is written as its octets (RFC 6068 §2).
      if isLink, part.contains("%"), let decoded = part.removingPercentEncoding {
        return .success(try EmailAddress(decoded))
      }
      return .success(try EmailAddress(part, in: text))
    } catch {
      return .failure(error)
    }
  }

  // MARK: Where an address begins and ends

  private static func start(of at: Int, in scalars: [Unicode.Scalar], from limit: Int) -> Int {
    var start = at
    if at - 1 > limit, scalars[at - 1] == "\"" {
      var open = at - 2
      while open >= limit {
        if scalars[open] == "\"", open == limit || scalars[open - 1] != "\\" { return open }
        open -= 1
      }
    }
    while start > limit, isLocal(scalars[start - 1]) { start -= 1 }
    // What may stand in an address and never begins one.
    while start < at, isBeforeAddress(scalars[start]) || CellBlank.isHidden(scalars[start]) { start += 1 }
    return start
  }

  private static func isBeforeAddress(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "'", "/", "|", "{", "#", "?", "&", "=", "*", "`": true
    default: false
    }
  }

  private static func end(of at: Int, in scalars: [Unicode.Scalar]) -> Int {
    var end = at + 1
    while end < scalars.count, isDomain(scalars[end]) { end += 1 }
    while end > at + 1, CellBlank.isHidden(scalars[end - 1]) { end -= 1 }
    if end > at + 1, scalars[end - 1] == "." { end -= 1 }
    return end
  }

  private static func isLocal(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.isASCII else { return isWord(scalar) }
    // All that can be seen, but for brackets, quotation marks and what divides addresses.
    switch scalar {
    case "\"", "(", ")", ",", ":", ";", "<", ">", "@", "[", "\\", "]", "\u{7F}": return false
    default: return scalar > " "
    }
  }

  private static func isDomain(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.isASCII else { return isWord(scalar) || "。．｡".unicodeScalars.contains(scalar) }
    switch scalar {
    case ".", "-", "_", "0"..."9", "A"..."Z", "a"..."z": return true
    default: return false
    }
  }

  /// A letter, mark or digit, or a character that nobody sees and that would be an error inside an address.
  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
      .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber, .format, .otherSymbol:
      true
    default: false
    }
  }

  // MARK: What is around it

  enum Wrapping {
    case none
    /// Nothing but signs, a label or a note in parentheses.
    case plain
    /// In brackets, which tell it from everything else.
    case bracketed
  }

  /// What is around a hit, up to `limit` behind it.
  func wrapping(of hit: Hit, until limit: Int? = nil, from start: Int = 0) -> Wrapping {
    var before = scalars[start..<hit.range.lowerBound]
    var behind = scalars[hit.range.upperBound..<(limit ?? scalars.count)]
    var isBracketed = false
    while true {
      while let last = before.last, CellBlank.contains(last) { before.removeLast() }
      while let first = behind.first, CellBlank.contains(first) { behind.removeFirst() }
      while let last = behind.last, CellBlank.contains(last) { behind.removeLast() }
      if behind == ["."] || behind.allSatisfy(Self.isSeparator) { behind = [] }
      if before.allSatisfy(Self.isSeparator) { before = [] }
      if before.isEmpty, behind.isEmpty { return isBracketed ? .bracketed : .plain }
      let label = Self.withoutLabel(before)
      if label.rest.count < before.count {
        before = label.rest
      } else if behind.first == "?" {
        behind = behind.drop { !">])\"'}".unicodeScalars.contains($0) }
      } else if let last = before.last, let first = behind.first, Self.pairs.contains([last, first]) {
        if "<([＜#".unicodeScalars.contains(last) { isBracketed = true }
        before.removeLast()
        behind.removeFirst()
      } else {
        let isNote = behind.first == "(" && behind.last == ")" && Self.isName(behind.dropFirst().dropLast())
        if isNote, before.isEmpty || isBracketed {
          behind = []
        } else {
          return isBracketed && behind.isEmpty && Self.isName(before) ? .bracketed : .none
        }
      }
    }
  }

  private static let pairs: Set<[Unicode.Scalar]> = [
    ["<", ">"], ["(", ")"], ["[", "]"], ["{", "}"], ["\"", "\""], ["'", "'"], ["‘", "’"], ["“", "”"], ["„", "“"],
    ["„", "”"],
    ["‚", "‘"], ["«", "»"], ["»", "«"], ["‹", "›"], ["＜", "＞"], ["#", "#"], ["`", "`"], ["´", "´"], ["’", "’"],
    ["”", "”"],
  ]

  private static func isName(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
    text.count <= 200 && !text.contains { $0 == "<" || $0 == ">" }
  }

  static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
    ";,|/、；，".unicodeScalars.contains(scalar) || CellBlank.contains(scalar)
  }

  /// `text` without a label at its end, such as `mailto:` or `E-Mail: `. Spreadsheet programs make `http://` of
  /// what they do not know to be an address.
  private static func withoutLabel(
    _ text: ArraySlice<Unicode.Scalar>
  ) -> (rest: ArraySlice<Unicode.Scalar>, isLink: Bool) {
    var text = text
    while let last = text.last, CellBlank.contains(last) { text.removeLast() }
    let end = String(String.UnicodeScalarView(text.suffix(9))).lowercased()
    for label in ["mailto://", "mailto:", "http://", "e-mail:", "email:", "mail:", "smtp:"] where end.hasSuffix(label) {
      let rest = text.dropLast(label.utf8.count)
      // Not the end of another word.
      if let before = rest.last, before.properties.isAlphabetic || before == "-" { continue }
      return (rest, label.hasPrefix("mailto"))
    }
    return (text, false)
  }

  /// Whether the text is one address over and over, with nothing else but signs between: `a@b.example#mailto:a@b.example#`.
  var isOneRepeated: Bool {
    var rest: [Unicode.Scalar] = []
    var end = 0
    for hit in hits {
      rest += Self.withoutLabel(scalars[end..<hit.range.lowerBound]).rest
      end = hit.range.upperBound
    }
    rest += scalars[end...]
    return rest.allSatisfy { Self.isSeparator($0) || "<>()[]{}'\"#.".unicodeScalars.contains($0) }
  }

  /// Whether what is before a hit has a sign that divides addresses.
  func hasSeparator(before hit: Hit) -> Bool {
    scalars[..<hit.range.lowerBound].contains { $0 == ";" || $0 == "," || $0 == "|" }
  }

  /// The first address stands where the second one's display name does: `a@b.example <c@d.example>`.
  var isFirstAName: Bool {
    guard hits.count > 1 else { return false }
    let between = scalars[hits[0].range.upperBound..<hits[1].range.lowerBound]
    return between.contains("<") && !between.contains { $0 == ">" || ";,|/\n\r&+、；，".unicodeScalars.contains($0) }
  }

  /// Where the first address's own text ends: at the first sign that divides it from the next, or the first blank.
  var endOfFirst: Int {
    guard hits.count > 1 else { return scalars.count }
    let between = hits[0].range.upperBound..<hits[1].range.lowerBound
    let isDivider = { (index: Int) in ";,|/\n\r\t&+、；，".unicodeScalars.contains(scalars[index]) }
    return between.first(where: isDivider) ?? between.first { CellBlank.contains(scalars[$0]) } ?? between.upperBound
  }
}

/// What is around a value and nobody sees: blanks of every kind, line breaks, zero-width characters, marks of direction, soft
/// hyphens.
enum CellBlank {
  static func contains(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x80 { return scalar == " " || (0x09...0x0D).contains(scalar.value) }
    switch scalar.properties.generalCategory {
    case .spaceSeparator, .lineSeparator, .paragraphSeparator, .format: return true
    default: return scalar.value == 0x85 || [0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0].contains(scalar.value)
    }
  }

  /// One that has no width.
  static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x80 && scalar.properties.generalCategory == .format
  }

  static func trimmed(_ text: String) -> String {
    let scalars = Substring(text).unicodeScalars
    guard let first = scalars.firstIndex(where: { !contains($0) }),
      let last = scalars.lastIndex(where: { !contains($0) })
    else { return "" }
    return String(text[first..<scalars.index(after: last)])
  }
}
