/// An address with the name shown next to it, as in From and To (RFC 5322 §3.4, mailbox).
///
/// The name is plain text; ``MailMessage`` quotes and encodes it, and refuses one with control characters or with
/// characters that change the direction of writing.
public struct NamedAddress: Sendable, Hashable {
  /// The name; never empty: an empty name counts as no name.
  public let displayName: String?
  public let address: EmailAddress

  public init(displayName: String?, address: EmailAddress) {
    self.displayName = displayName?.isEmpty == false ? displayName : nil
    self.address = address
  }

  /// Parses `Name <a@b.example>`, `"Name, with comma" <a@b.example>`, `<a@b.example>` or `a@b.example`.
  ///
  /// Dots, parentheses and letters of every script are allowed in an unquoted name; characters that would end it or
  /// begin another address are not. The encoded words of RFC 2047 are not decoded: this reads what an operator wrote,
  /// not a header.
  public init(parsing text: String) throws(AddressError) {
    if let found = text.firstControl() {
      throw AddressError(.control(found.scalar, at: found.place))
    }
    guard let open = Self.openBracket(in: text) else {
      self.init(displayName: nil, address: try EmailAddress(text))
      return
    }
    guard let close = text.utf8.lastIndex(of: UInt8(ascii: ">")), open < close else {
      throw AddressError(.noAngleBrackets)
    }
    let afterClose = text.utf8.index(after: close)
    guard afterClose == text.endIndex else { throw AddressError(.textAfterAngleBracket) }
    let name = try Self.name(text[..<open], in: text)
    let inner = text[text.utf8.index(after: open)..<close]
    guard !inner.isEmpty else { throw AddressError(.nothingInAngleBrackets) }
    self.init(displayName: name, address: try EmailAddress(inner, in: text))
  }

  /// The first `<` outside quotes.
  private static func openBracket(in text: String) -> String.Index? {
    var quoted = false
    var escaped = false
    for index in text.utf8.indices {
      let byte = text.utf8[index]
      if escaped {
        escaped = false
      } else if quoted, byte == UInt8(ascii: "\\") {
        escaped = true
      } else if byte == UInt8(ascii: "\"") {
        quoted.toggle()
      } else if byte == UInt8(ascii: "<"), !quoted {
        return index
      }
    }
    return nil
  }

  private static func name(_ text: Substring, in whole: String) throws(AddressError) -> String? {
    var name = text.unicodeScalars
    while name.first == " " { name.removeFirst() }
    while name.last == " " { name.removeLast() }
    guard let first = name.first else { return nil }
    if first == "\"" {
      return try unquoted(name, in: whole)
    }
    for index in name.indices where "<>@,;:\"\\".unicodeScalars.contains(name[index]) {
      throw AddressError(.needsQuotes(name[index], at: whole.place(of: index)))
    }
    return String(name)
  }

  private static func unquoted(
    _ text: Substring.UnicodeScalarView, in whole: String
  ) throws(AddressError) -> String {
    var content = String.UnicodeScalarView()
    var escaped = false
    var index = text.index(after: text.startIndex)
    while index < text.endIndex {
      let scalar = text[index]
      if escaped {
        content.append(scalar)
        escaped = false
      } else if scalar == "\\" {
        escaped = true
      } else if scalar == "\"" {
        let next = text.index(after: index)
        guard next == text.endIndex else {
          throw AddressError(.needsQuotes(text[next], at: whole.place(of: next)))
        }
        return String(content)
      } else {
        content.append(scalar)
      }
      index = text.index(after: index)
    }
    throw AddressError(.openQuote)
  }
}
