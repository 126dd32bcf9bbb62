/// The class of a character outside the plain letters in an address or a header: text, or one of the kinds that hide in
/// spreadsheets and break or disguise an address.
enum ScalarClass {
  case text
  /// C0 and C1 control characters, DEL, line and paragraph separators, which could end a header line.
  case control
  /// Spaces other than U+0020, zero-width characters, bidirectional controls, tags, and code points that Unicode has
  /// not assigned.
  case invisible

  init(_ scalar: Unicode.Scalar) {
    if scalar.value < 0x20 || scalar.value == 0x7F {
      self = .control
      return
    }
    // Most characters outside ASCII are letters of a European language; only the soft hyphen hides among them.
    if scalar.value < 0x7F || (0xA1...0x24F).contains(scalar.value) && scalar.value != 0xAD {
      self = .text
      return
    }
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: self = .control
    case .format, .spaceSeparator, .privateUse, .surrogate, .unassigned: self = .invisible
    // The Hangul fillers and the braille blank are letters and symbols by category, and blank to the eye.
    default: self = [0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0].contains(scalar.value) ? .invisible : .text
    }
  }
}

extension Unicode.Scalar {
  /// Embeddings, overrides and isolates of the Unicode bidirectional algorithm (UAX #9): they change the direction of
  /// the text that follows, so that a name or a subject reads as another one. The marks U+200E, U+200F and U+061C do
  /// not belong to them: names in two scripts need them, and they change nothing that has a direction of its own.
  public var turnsDirection: Bool { (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value) }

  /// The character as an English noun with its article, such as "a no-break space (U+00A0)".
  var spokenName: String {
    let hex = String(value, radix: 16, uppercase: true)
    let code = "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
    let name =
      switch value {
      case 0x00: "NUL byte"
      case 0x09: "tab"
      case 0x0A: "line feed"
      case 0x0D: "carriage return"
      case 0x200B: "zero-width space"
      case 0x200C: "zero-width non-joiner"
      case 0x200D: "zero-width joiner"
      case 0xFEFF: "byte-order mark"
      default: properties.name?.lowercased() ?? "control character"
      }
    let unnamed = properties.name == nil && ScalarClass(self) == .invisible
    let noun = unnamed ? "character without a name" : name
    let article = noun.utf8.first.map { "aeio".utf8.contains($0) } == true ? "an" : "a"
    return value < 0x20 && noun != "control character" ? "\(article) \(noun)" : "\(article) \(noun) (\(code))"
  }
}

extension String {
  /// The place of the character at `index` as a reader counts, from 1.
  func place(of index: String.Index) -> Int { self[..<index].count + 1 }

  /// The first character that no name and no subject may hold, with its place: a control character, or one that changes
  /// the direction of the text that follows. Plain ASCII is skipped quickly.
  func firstControl() -> (scalar: Unicode.Scalar, place: Int)? {
    if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return nil }
    for index in unicodeScalars.indices {
      let scalar = unicodeScalars[index]
      if ScalarClass(scalar) == .control || scalar.turnsDirection { return (scalar, place(of: index)) }
    }
    return nil
  }
}
