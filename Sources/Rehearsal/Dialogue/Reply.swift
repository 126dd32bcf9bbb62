import NIOCore

/// One SMTP reply of the relay (RFC 5321 §4.2), with its enhanced status code where one belongs (RFC 2034, RFC 3463).
///
/// A value without behaviour; it cannot fail. The texts are ASCII and never hold anything the client sent.
struct Reply: Sendable, Hashable {
  let code: Int
  /// Nil for the greeting, EHLO, HELO and 3xx replies (RFC 2034 §4).
  let enhanced: String?
  /// The lines of text, at least one.
  let lines: [String]

  init(_ code: Int, _ enhanced: String?, _ text: String) {
    self.init(code, lines: [text], enhanced: enhanced)
  }

  init(_ code: Int, lines: [String], enhanced: String? = nil) {
    self.code = code
    self.enhanced = enhanced
    self.lines = lines
  }

  func write(to buffer: inout ByteBuffer) {
    for (index, line) in lines.enumerated() {
      buffer.writeString(String(code))
      buffer.writeString(index == lines.count - 1 ? " " : "-")
      if let enhanced {
        buffer.writeString(enhanced)
        buffer.writeString(" ")
      }
      buffer.writeString(line)
      buffer.writeStaticString("\r\n")
    }
  }

  static let ok = Reply(250, "2.0.0", "Ok")
  static let bye = Reply(221, "2.0.0", "Bye")
  static let sequence = Reply(503, "5.5.1", "Bad sequence of commands")
  static let noParameters = Reply(501, "5.5.4", "No parameters allowed")
}
