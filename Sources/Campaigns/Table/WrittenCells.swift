/// What programs write around a line or a cell to carry it through another program, and what is taken off again without
/// any doubt about what was meant.
extension TableRecord {
  /// Reads a line that was quoted as a whole (`"1001;Bau;""a;b"""`): a first field in quotes with delimiters in it, and
  /// nothing behind it. A table needs several columns, so that such a line can be nothing else.
  mutating func unwrapLine(delimiter: UInt8) {
    guard beginsWithQuote, fault == nil, let end = ends.first, end == bytes.count, bytes.contains(delimiter) else {
      return
    }
    var fields: [[UInt8]] = [[]]
    var fault: Fault?
    var isQuoted = false
    var wasClosed = false
    for byte in bytes {
      let field = fields.count - 1
      if isQuoted {
        if byte == UInt8(ascii: "\"") {
          isQuoted = false
          wasClosed = true
        } else {
          fields[field].append(byte)
        }
      } else if byte == delimiter {
        guard fields.count < Self.longestRecord else { break }
        fields.append([])
        wasClosed = false
      } else if byte == UInt8(ascii: "\"") {
        if wasClosed {
          fields[field].append(byte)
          isQuoted = true
        } else if fields[field].allSatisfy({ $0 == 0x20 }) {
          fields[field] = []
          isQuoted = true
        } else {
          if fields[field].first != UInt8(ascii: "=") {
            fault = fault ?? .strayQuote(field: field)
          }
          fields[field].append(byte)
        }
      } else {
        if wasClosed, byte != 0x20 { fault = fault ?? .textAfterQuote(field: field) }
        if !wasClosed || byte != 0x20 { fields[field].append(byte) }
      }
    }
    if isQuoted { fault = fault ?? .strayQuote(field: fields.count - 1) }
    replaceFields(fields.map { $0[...] })
    noteWrapping(fault)
  }

  /// Takes the form `="01000"`, which keeps a spreadsheet program from making a number of a text, off every field that
  /// has it; `=""01000""` is the same, quoted once too often.
  mutating func unwrapTexts() {
    guard hasEqualsSign else { return }
    var fields = (0..<count).map { bytes[range($0)] }
    var hasFound = false
    for place in fields.indices {
      if let text = Self.textOfFormula(fields[place]) {
        fields[place] = text
        hasFound = true
      }
    }
    if hasFound { replaceFields(fields) }
  }

  private static func textOfFormula(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let quote = UInt8(ascii: "\"")
    guard field.first == UInt8(ascii: "=") else { return nil }
    var rest = field.dropFirst()
    while rest.last == 0x20 { rest.removeLast() }
    for width in [2, 1] {
      guard rest.count >= 2 * width, rest.prefix(width).allSatisfy({ $0 == quote }),
        rest.suffix(width).allSatisfy({ $0 == quote })
      else { continue }
      let inner = rest.dropFirst(width).dropLast(width)
      guard inner.contains(quote) else { return inner }
      if width == 2 { continue }
      // `="a""b"` is a"b; anything else with a quote inside is a formula.
      var text: [UInt8] = []
      var isHalf = false
      for byte in inner {
        if isHalf, byte != quote { return nil }
        if byte == quote { isHalf.toggle() }
        if byte != quote || !isHalf { text.append(byte) }
      }
      return isHalf ? nil : text[...]
    }
    return nil
  }
}
