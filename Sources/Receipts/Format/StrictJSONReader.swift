package import Foundation
package import Mail

/// Reads one JSON object, member by member in the order they were written, in the one form ``StrictJSONWriter`` gives
/// it.
///
/// No spaces, no floating point, no nesting except an object of figures or of texts. Strict on purpose: every other
/// form is a changed line. Fails with ``ReceiptSyntaxError``.
package struct StrictJSONReader {
  package struct Value {
    enum Content {
      case number(Int64)
      case text(String)
      case figures([String: Int])
      case texts([String: String])
    }
    let name: String
    let content: Content

    package func number() throws(ReceiptSyntaxError) -> Int64 {
      guard case .number(let number) = content else { throw ReceiptSyntaxError("“\(name)” is not a number") }
      return number
    }

    package func text() throws(ReceiptSyntaxError) -> String {
      guard case .text(let text) = content else { throw ReceiptSyntaxError("“\(name)” is not a text") }
      return text
    }

    package func digest() throws(ReceiptSyntaxError) -> SHA256Digest {
      let text = try text()
      guard let digest = SHA256Digest(hex: text), digest.hex == text else {
        throw ReceiptSyntaxError("“\(name)” is not 64 hexadecimal digits")
      }
      return digest
    }

    package func figures() throws(ReceiptSyntaxError) -> [String: Int] {
      guard case .figures(let figures) = content else {
        throw ReceiptSyntaxError("“\(name)” is not an object of figures")
      }
      return figures
    }

    package func texts() throws(ReceiptSyntaxError) -> [String: String] {
      guard case .texts(let texts) = content else { throw ReceiptSyntaxError("“\(name)” is not an object of texts") }
      return texts
    }

    package func moment() throws(ReceiptSyntaxError) -> Date {
      guard let moment = RFC3339.parse(try text()), moment.offset == 0 else {
        throw ReceiptSyntaxError("“\(name)” is not a moment in UTC")
      }
      return moment.date
    }
  }

  private let bytes: [UInt8]
  private var index = 0
  /// The next name; nil at the end of the object.
  private var next: String?

  package init(_ bytes: [UInt8]) throws(ReceiptSyntaxError) {
    self.bytes = bytes
    try expect(UInt8(ascii: "{"))
    next = try string()
  }

  package mutating func take(_ name: String) throws(ReceiptSyntaxError) -> Value {
    guard let value = try takeIfThere(name) else { throw ReceiptSyntaxError("“\(name)” is missing or out of place") }
    return value
  }

  package mutating func takeIfThere(_ name: String) throws(ReceiptSyntaxError) -> Value? {
    guard next == name else { return nil }
    try expect(UInt8(ascii: ":"))
    let content: Value.Content
    switch peek {
    case UInt8(ascii: "\""): content = .text(try string())
    case UInt8(ascii: "{"): content = try object()
    default: content = .number(try integer())
    }
    if peek == UInt8(ascii: ",") {
      index += 1
      next = try string()
    } else {
      try expect(UInt8(ascii: "}"))
      next = nil
    }
    return Value(name: name, content: content)
  }

  package func end() throws(ReceiptSyntaxError) {
    if let next { throw ReceiptSyntaxError("“\(next)” is unknown or out of place") }
    guard index == bytes.count else { throw ReceiptSyntaxError("something stands after the end") }
  }

  // MARK: -

  private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func expect(_ byte: UInt8) throws(ReceiptSyntaxError) {
    guard peek == byte else {
      throw ReceiptSyntaxError("it is not JSON as receipts are written: byte \(index + 1)")
    }
    index += 1
  }

  /// All of its values are numbers, or all are texts.
  private mutating func object() throws(ReceiptSyntaxError) -> Value.Content {
    try expect(UInt8(ascii: "{"))
    let first = try name()
    if peek == UInt8(ascii: "\"") {
      return .texts(try members(first) { fields throws(ReceiptSyntaxError) in try fields.string() })
    }
    return .figures(try members(first) { fields throws(ReceiptSyntaxError) in Int(try fields.integer()) })
  }

  private mutating func name() throws(ReceiptSyntaxError) -> String {
    let name = try string()
    try expect(UInt8(ascii: ":"))
    return name
  }

  private mutating func members<Member>(
    _ first: String, _ value: (inout StrictJSONReader) throws(ReceiptSyntaxError) -> Member
  ) throws(ReceiptSyntaxError) -> [String: Member] {
    var members = [first: try value(&self)]
    while peek == UInt8(ascii: ",") {
      index += 1
      let name = try name()
      guard members.updateValue(try value(&self), forKey: name) == nil else {
        throw ReceiptSyntaxError("“\(name)” stands twice")
      }
    }
    try expect(UInt8(ascii: "}"))
    return members
  }

  private mutating func integer() throws(ReceiptSyntaxError) -> Int64 {
    let start = index
    var value: Int64 = 0
    while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), index - start < 18 {
      value = value * 10 + Int64(byte - UInt8(ascii: "0"))
      index += 1
    }
    guard index > start, bytes[start] != UInt8(ascii: "0") || index == start + 1 else {
      throw ReceiptSyntaxError("it is not JSON as receipts are written: byte \(start + 1)")
    }
    return value
  }

  private mutating func string() throws(ReceiptSyntaxError) -> String {
    try expect(UInt8(ascii: "\""))
    let start = index
    while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { index += 1 }
    if peek == UInt8(ascii: "\"") {
      index += 1
      return try text(bytes[start..<index - 1])
    }
    var result = Array(bytes[start..<index])
    while let byte = peek, byte != UInt8(ascii: "\"") {
      index += 1
      if byte == UInt8(ascii: "\\") {
        try escape(into: &result)
      } else {
        guard byte >= 0x20 else { throw ReceiptSyntaxError("a control character stands at byte \(index)") }
        result.append(byte)
      }
    }
    try expect(UInt8(ascii: "\""))
    return try text(result[...])
  }

  private mutating func escape(into result: inout [UInt8]) throws(ReceiptSyntaxError) {
    guard let byte = peek else { throw ReceiptSyntaxError("a text has no end") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): result.append(byte)
    case UInt8(ascii: "n"): result.append(0x0A)
    case UInt8(ascii: "r"): result.append(0x0D)
    case UInt8(ascii: "t"): result.append(0x09)
    case UInt8(ascii: "u"):
      let digits = bytes[index..<min(index + 4, bytes.count)]
      // The encoder writes lower-case digits and no surrogates.
      guard digits.count == 4, let text = String(validating: digits, as: UTF8.self), text == text.lowercased(),
        let value = UInt32(text, radix: 16), let scalar = Unicode.Scalar(value)
      else { throw ReceiptSyntaxError("an escape is wrong at byte \(index)") }
      index += 4
      result.append(contentsOf: Array(String(Character(scalar)).utf8))
    default: throw ReceiptSyntaxError("an escape is wrong at byte \(index)")
    }
  }

  private func text(_ bytes: ArraySlice<UInt8>) throws(ReceiptSyntaxError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ReceiptSyntaxError("a text is not UTF-8")
    }
    return text
  }
}
