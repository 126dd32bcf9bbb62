/// A relay's answer to one command, word for word (RFC 5321 §4.2).
///
/// A value, never an error: ``ReplyClassifier`` decides what it means, ``Phase`` says where in the dialogue it came.
public struct Reply: Sendable, Hashable {
  /// The reply code: 200 to 599.
  public let code: Int
  /// The enhanced status code at the start of the text (RFC 2034), if there is one and its class agrees with the code.
  public let enhanced: EnhancedStatus?
  /// The text of all lines without codes, joined with line feeds. Bytes that are not UTF-8 appear as U+FFFD.
  public let text: String

  public init(code: Int, enhanced: EnhancedStatus?, text: String) {
    self.code = code
    self.enhanced = enhanced
    self.text = text
  }

  /// Code and text on one line for a terminal or a report: line feeds become " / ", other controls "?".
  public var oneLine: String {
    let words = text.unicodeScalars.map { scalar -> String in
      if scalar == "\n" { return " / " }
      return scalar.properties.generalCategory == .control ? "?" : String(scalar)
    }
    return text.isEmpty ? String(code) : "\(code) \(words.joined())"
  }

  public var isPositive: Bool { (200..<300).contains(code) }
  public var isTransient: Bool { (400..<500).contains(code) }
  public var isPermanent: Bool { (500..<600).contains(code) }
}

/// An enhanced mail system status code (RFC 3463), as `5.1.1`.
public struct EnhancedStatus: Sendable, Hashable, CustomStringConvertible {
  /// The class: 2, 4 or 5.
  public let `class`: Int
  public let subject: Int
  public let detail: Int

  public init(_ class: Int, _ subject: Int, _ detail: Int) {
    self.class = `class`
    self.subject = subject
    self.detail = detail
  }

  /// Reads the code at the start of `text`; nil unless there is one, followed by a space, a line end or nothing.
  public init?(prefixOf text: some StringProtocol) {
    let word = text.prefix { $0 != " " && $0 != "\n" && $0 != "\t" }
    let parts = word.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 1, (1...3).contains(parts[1].count), (1...3).contains(parts[2].count),
      word.utf8.allSatisfy({ $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let statusClass = Int(parts[0]), [2, 4, 5].contains(statusClass),
      let subject = Int(parts[1]), let detail = Int(parts[2])
    else { return nil }
    self.init(statusClass, subject, detail)
  }

  public var description: String { "\(`class`).\(subject).\(detail)" }
}
