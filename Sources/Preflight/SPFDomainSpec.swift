/// A text with macros, as SPF's `domain-spec` and the values of modifiers are (RFC 7208 §7).
struct SPFDomainSpec: Sendable, Equatable {
  enum Part: Sendable, Equatable {
    case text(String)
    case macro(letter: Character, keep: Int?, reversed: Bool, delimiters: String)
  }

  let parts: [Part]
  /// Whether it ends as a domain does: in a macro, or in a label that is not a number.
  let isDomain: Bool

  /// Nil when it is not well-formed. Macros for explanations only (`c`, `r`, `t`) are not.
  init?(_ text: Substring) {
    var parts: [Part] = []
    var plain = ""
    var rest = text
    var endsInMacro = false
    func flush() {
      if !plain.isEmpty { parts.append(.text(plain)) }
      plain = ""
    }
    while let character = rest.popFirst() {
      endsInMacro = false
      guard let byte = character.asciiValue, (0x21...0x7E).contains(byte) else { return nil }
      guard character == "%" else {
        plain.append(character)
        continue
      }
      switch rest.popFirst() {
      case "%": plain.append("%")
      case "_": plain.append(" ")
      case "-": plain.append("%20")
      case "{":
        guard let end = rest.firstIndex(of: "}"), let macro = Self.macro(rest[..<end]) else { return nil }
        flush()
        parts.append(macro)
        rest = rest[end...].dropFirst()
        endsInMacro = true
      default: return nil
      }
    }
    flush()
    self.parts = parts
    isDomain = endsInMacro || Self.endsInTopLabel(text)
  }

  /// The values of the macros.
  struct Values: Sendable {
    let sender: String
    let domain: String
    let address: IPAddress?
    /// The name in HELO.
    let helo: String

    var local: String { String(sender[..<(sender.lastIndex(of: "@") ?? sender.endIndex)]) }
    var senderDomain: String { String(sender[(sender.lastIndex(of: "@") ?? sender.startIndex)...].dropFirst()) }
  }

  /// The domain with its macros replaced; cut from the left to 253 characters (§7.3). Nil when a macro needs the
  /// sending address and there is none.
  func expanded(_ values: Values) -> String? {
    var text = ""
    for part in parts {
      switch part {
      case .text(let plain): text += plain
      case .macro(let letter, let keep, let reversed, let delimiters):
        let value: String
        switch letter {
        case "s": value = values.sender
        case "l": value = values.local
        case "o": value = values.senderDomain
        case "d": value = values.domain
        case "h": value = values.helo
        // Nobody should publish it, and a receiver may always say so (§7.3).
        case "p": value = "unknown"
        case "i":
          guard let address = values.address else { return nil }
          value = address.dotted
        default:
          guard let address = values.address else { return nil }
          value = address.isV4 ? "in-addr" : "ip6"
        }
        var labels = value.split(omittingEmptySubsequences: false) { delimiters.contains($0) }
        if reversed { labels.reverse() }
        if let keep { labels = labels.suffix(keep) }
        text += labels.joined(separator: ".")
      }
    }
    while text.utf8.count > 253, let dot = text.firstIndex(of: ".") { text = String(text[dot...].dropFirst()) }
    return text
  }

  /// The text between the braces: `ir`, `l1r-`, `d2`.
  private static func macro(_ text: Substring) -> Part? {
    guard let letter = text.first?.lowercased().first, "slodiphv".contains(letter) else { return nil }
    var rest = text.dropFirst()
    let digits = rest.prefix { $0.isNumber }
    rest = rest.dropFirst(digits.count)
    var keep: Int?
    if !digits.isEmpty {
      guard digits.count <= 3, let number = Int(digits), number > 0 else { return nil }
      keep = number
    }
    let reversed = rest.first?.lowercased() == "r"
    if reversed { rest = rest.dropFirst() }
    guard rest.allSatisfy({ ".-+,/_=".contains($0) }) else { return nil }
    return .macro(letter: letter, keep: keep, reversed: reversed, delimiters: rest.isEmpty ? "." : String(rest))
  }

  private static func endsInTopLabel(_ text: Substring) -> Bool {
    let text = text.hasSuffix(".") ? text.dropLast() : text
    guard let dot = text.lastIndex(of: ".") else { return false }
    let label = text[dot...].dropFirst()
    return !label.isEmpty && label.first != "-" && label.last != "-"
      && label.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" } && !label.allSatisfy(\.isNumber)
  }
}
