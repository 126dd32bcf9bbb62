import Testing

@testable import Mail

/// The examples of RFC 6376 §3.4.5 and its rules one by one.
@Suite struct RelaxedCanonicalizationTests {
  private func header(_ name: String, _ value: String) -> String {
    var bytes: [UInt8] = []
    RelaxedCanonicalization.append(name: name.utf8, value: value.utf8, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func body(_ text: String) -> String {
    String(decoding: RelaxedCanonicalization.body(Array(text.utf8)), as: UTF8.self)
  }

  @Test func theExampleOfTheRFC() {
    #expect(header("A", " X\r\n") == "a:X")
    #expect(header("B ", " Y\t\r\n\tZ  \r\n") == "b:Y Z")
    #expect(body(" C \r\nD \t E\r\n\r\n\r\n") == " C\r\nD E\r\n")
  }

  @Test(arguments: [
    ("Subject", "", "subject:"), ("Subject", " \t \r\n", "subject:"), ("SUBJECT", "x", "subject:x"),
    ("Subject", "\r\n a\r\n\t b \r\n", "subject:a b"), ("From", " a:b ", "from:a:b"),
    ("Subject", " AbC ÄÖ\r\n", "subject:AbC ÄÖ"),
  ])
  func headers(name: String, value: String, expected: String) { #expect(header(name, value) == expected) }

  @Test(arguments: [
    ("", ""), ("\r\n", ""), ("\r\n\r\n", ""), (" \t\r\n \r\n", ""), ("a", "a\r\n"), ("a\r\n", "a\r\n"),
    ("a \r\n\r\nb\t\t", "a\r\n\r\nb\r\n"), ("\r\n\r\na\r\n", "\r\n\r\na\r\n"), ("a\t\tb\r\n", "a b\r\n"),
    ("\ta\r\n", " a\r\n"), ("a \t b  c\r\n \r\n\t\r\n", "a b c\r\n"), ("a\r\n  \r\nb\r\n", "a\r\n\r\nb\r\n"),
  ])
  func bodies(text: String, expected: String) { #expect(body(text) == expected) }
}
