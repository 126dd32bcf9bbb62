import Foundation
import Mail
import Testing

@testable import Receipts

@Suite struct StrictJSONTests {
  @Test(arguments: [
    ("plain", "plain"), ("say \"no\"", #"say \"no\""#), ("a\\b", #"a\\b"#), ("a\r\nb\tc", #"a\r\nb\tc"#),
    ("\u{0}\u{1B}\u{7F}\u{85}", #"\u0000\u001b\u007f\u0085"#), ("\u{2028}", #"\u2028"#), ("Müller 🚀", "Müller 🚀"),
  ])
  func textsAreEscaped(_ text: String, _ expected: String) {
    #expect(String(decoding: StrictJSONWriter.escaped(text.utf8), as: UTF8.self) == expected)
  }

  @Test func whatIsNotUTF8BecomesTheReplacementCharacter() {
    let bytes: [UInt8] = [0x61, 0xFC, 0x62, 0xC3, 0x28, 0xED, 0xA0, 0x80, 0x63]
    let escaped = String(decoding: StrictJSONWriter.escaped(bytes), as: UTF8.self)
    #expect(escaped == String(decoding: bytes, as: UTF8.self))
    #expect(escaped.contains("\u{FFFD}"))
  }

  @Test func whatIsWrittenIsReadBack() throws {
    var json = StrictJSONWriter()
    json.begin()
    json.field("old", 1)
    json.begin()
    let (text, digest) = ("a\"\\\r\n\u{7}ü", SHA256.digest(of: [1]))
    let moment = Date(timeIntervalSince1970: 1_795_420_800.25)
    json.field("number", 0)
    json.field("large", 123_456_789_012)
    json.field("text", text)
    json.field("escaped", escaped: StrictJSONWriter.escaped(text.utf8))
    json.field("digest", hex: digest.bytes)
    json.field("at", at: Milliseconds(moment))
    json.field("figures", figures: [("b", 2), ("a", 1)])
    json.field("texts", texts: [(text, "x"), ("y", text)])
    json.end()
    let line = String(decoding: json.bytes, as: UTF8.self)
    #expect(line.hasPrefix(#"{"number":0,"large":123456789012,"text":"a\"\\\r\n\u0007ü","escaped":"a\""#))
    #expect(line.contains(#","at":"2026-11-23T08:00:00.250Z","figures":{"b":2,"a":1},"texts":{"#))
    var fields = try StrictJSONReader(json.bytes)
    #expect(try fields.takeIfThere("other") == nil)
    #expect(try fields.take("number").number() == 0)
    #expect(try fields.take("large").number() == 123_456_789_012)
    #expect(try fields.take("text").text() == text)
    #expect(try fields.take("escaped").text() == text)
    #expect(try fields.take("digest").digest() == digest)
    #expect(try fields.take("at").moment() == moment)
    #expect(try fields.take("figures").figures() == ["a": 1, "b": 2])
    #expect(try fields.take("texts").texts() == [text: "x", "y": text])
    try fields.end()
  }

  @Test(arguments: [
    #"{"a": 1}"#, #"{"a":1.5}"#, #"{"a":01}"#, #"{"a":-1}"#, #"{"a":true}"#, #"{"a":[1]}"#, #"{"a":{"b":{"c":1}}}"#,
    #"{"a":1}}"#, #"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#, #"{"a":"\u00E9"}"#, #"{"a":"\/"}"#, #"{"a":1"#, "", "{}",
    "{\"a\":\"\n\"}", #"{"a":{"b":1,"b":1}}"#,
  ])
  func everyOtherFormIsRefused(_ text: String) {
    #expect(throws: ReceiptSyntaxError.self) {
      var fields = try StrictJSONReader(Array(text.utf8))
      _ = try fields.take("a")
      try fields.end()
    }
  }

  private let morning = Date(timeIntervalSince1970: 1_795_420_800)

  @Test func timesKeepTheirMillisecondAndNeverRunAhead() {
    for milliseconds in stride(from: Int64(1_795_420_800_000), to: 1_795_420_803_000, by: 1) {
      #expect(Milliseconds(Milliseconds(milliseconds).date).value == milliseconds)
    }
    #expect(Milliseconds(morning.addingTimeInterval(0.9999)).value == Milliseconds(morning).value + 999)
    #expect(Milliseconds(Date(timeIntervalSince1970: -0.0005)).value == -1)
  }
}
