import Mail
import Testing

@Suite struct HeaderTests {
  @Test(arguments: [
    ("Please change your password", ["Subject: Please change your password"]),
    ("", ["Subject:"]),
    ("<&>@:;,\"\\", ["Subject: <&>@:;,\"\\"]),
    ("Kennwörter", ["Subject: =?utf-8?Q?Kennw=C3=B6rter?="]),
    ("日本語", ["Subject: =?utf-8?B?5pel5pys6Kqe?="]),
    // What would be lost or misread as it stands.
    (" leading", ["Subject: =?utf-8?Q?_leading?="]),
    ("trailing ", ["Subject: =?utf-8?Q?trailing_?="]),
    ("two  spaces", ["Subject: =?utf-8?Q?two__spaces?="]),
    ("=?utf-8?Q?x?=", ["Subject: =?utf-8?B?PT91dGYtOD9RP3g/PQ==?="]),
  ])
  func subjects(text: String, expected: [String]) throws {
    #expect(try field("Subject", of: message(subject: text)) == expected)
  }

  @Test func longSubjectsFoldAtSpaces() throws {
    let word = "password"
    let text = Array(repeating: word, count: 20).joined(separator: " ")
    let folded = try field("Subject", of: message(subject: text))
    #expect(folded.count > 1)
    #expect(folded.allSatisfy { $0.utf8.count <= 78 })
    #expect(folded.joined() == "Subject: " + text)
    // 69 characters fit beside the name, 70 do not.
    let fitting = String(repeating: "a", count: 60) + " " + String(repeating: "b", count: 8)
    #expect(try field("Subject", of: message(subject: fitting)) == ["Subject: " + fitting])
    #expect(try field("Subject", of: message(subject: fitting + "b")).count == 2)
  }

  @Test func aWordTooLongForALineIsEncoded() throws {
    let text = "see " + String(repeating: "x", count: 200)
    let folded = try field("Subject", of: message(subject: text))
    #expect(folded.allSatisfy { $0.utf8.count <= 76 && $0.contains("=?utf-8?Q?") })
    // Nor does a first word of 70 to 77 characters leave the first line bare.
    let first = try field("Subject", of: message(subject: String(repeating: "x", count: 70)))
    #expect(first[0].hasPrefix("Subject: =?utf-8?Q?xxx"))
  }

  @Test func encodedWordsHoldWholeCharacters() throws {
    for text in [
      String(repeating: "ü", count: 100), String(repeating: "👩‍👧", count: 30), String(repeating: "aaü", count: 60),
      String(repeating: "👩🏻‍❤️‍💋‍👩🏻", count: 9), String(repeating: "🇩🇪", count: 40),
      String(repeating: "e\u{301}\u{323}", count: 90),
      String(repeating: "x", count: 30) + String(repeating: "👨‍👩‍👧‍👦", count: 3) + String(repeating: " words", count: 20),
      String(repeating: "नमस्ते ", count: 20), String(repeating: "각", count: 60), String(repeating: "تَشْكِيل ", count: 20),
    ] {
      let folded = try field("Subject", of: message(subject: text))
      #expect(folded.count > 2)
      var decoded = ""
      var characters: [Character] = []
      for (number, line) in folded.enumerated() {
        #expect(line.utf8.count <= 76)
        let word = line.dropFirst(number == 0 ? 9 : 1)
        #expect(word.utf8.count <= 75 && word.hasPrefix("=?utf-8?") && word.hasSuffix("?="))
        let part = try #require(String(validating: try decode(word), as: UTF8.self), "a code point is split")
        decoded += part
        characters += part
      }
      #expect(Array(decoded.unicodeScalars) == Array(text.unicodeScalars))
      // No reader sees halves: word by word they are the same characters as all at once.
      #expect(characters == Array(text), "\(text) is split within a character")
    }
  }

  /// Q would be shorter, but has no room for the whole family in a word.
  @Test func aFamilyIsKeptTogetherInTheLongerEncoding() throws {
    let subject = "Please change your password today, at the latest tomorrow 👨‍👩‍👧‍👦 and tell your colleagues"
    let folded = try field("Subject", of: message(subject: subject))
    #expect(folded.allSatisfy { $0.contains("=?utf-8?B?") })
    let words = try folded.enumerated().map { try decode($1.dropFirst($0 == 0 ? 9 : 1)) }
    #expect(words.contains { String(decoding: $0, as: UTF8.self).contains("👨‍👩‍👧‍👦") })
  }

  @Test func marksInAHeapAreSplitWhereNoWordHoldsThem() throws {
    let heap = "Zo" + String(repeating: "\u{301}", count: 200) + "e"
    let folded = try field("Subject", of: message(subject: heap))
    #expect(folded.allSatisfy { $0.utf8.count <= 76 })
    let decoded = try folded.enumerated().flatMap { try decode($1.dropFirst($0 == 0 ? 9 : 1)) }
    #expect(decoded == Array(heap.utf8))
  }

  @Test(arguments: [
    ("Anna Muster", "To: Anna Muster <anna@firma.example>"),
    ("Anna", "To: Anna <anna@firma.example>"),
    ("Dr. Anna Muster", "To: \"Dr. Anna Muster\" <anna@firma.example>"),
    ("Muster, Anna", "To: \"Muster, Anna\" <anna@firma.example>"),
    ("a\"b\\c", "To: \"a\\\"b\\\\c\" <anna@firma.example>"),
    ("x> <y@z.example", "To: \"x> <y@z.example\" <anna@firma.example>"),
    (" a  b ", "To: \" a  b \" <anna@firma.example>"),
    ("Müller", "To: =?utf-8?Q?M=C3=BCller?= <anna@firma.example>"),
    ("=?x", "To: =?utf-8?B?PT94?= <anna@firma.example>"),
    ("O'Brien & Söhne", "To: =?utf-8?Q?O=27Brien_=26_S=C3=B6hne?= <anna@firma.example>"),
    ("דוד כהן", "To: =?utf-8?B?15PXldeTINeb15TXnw==?= <anna@firma.example>"),
    ("Anna 🏳️‍🌈", "To: =?utf-8?B?QW5uYSDwn4+z77iP4oCN8J+MiA==?= <anna@firma.example>"),
    ("Müller, \"Anna\" <x>", "To: =?utf-8?B?TcO8bGxlciwgIkFubmEiIDx4Pg==?= <anna@firma.example>"),
  ])
  func displayNames(name: String, expected: String) throws {
    #expect(try field("To", of: message(toName: name)) == [expected])
  }

  @Test func aLongNameFoldsBeforeTheAddress() throws {
    let name = String(repeating: "Anna ", count: 12) + "Muster"
    #expect(try field("To", of: message(toName: name)) == ["To: " + name, " <anna@firma.example>"])
    let longer = String(repeating: "Anna ", count: 40) + "Muster"
    let folded = try field("To", of: message(toName: longer))
    #expect(folded.allSatisfy { $0.utf8.count <= 76 })
    #expect(folded.filter { $0.contains("@firma.example>") }.count == 1)
  }

  @Test func aUTF8LocalPartStandsAsItIs() throws {
    #expect(try field("To", of: message(to: "müller@straße.example")) == ["To: müller@xn--strae-oqa.example"])
  }

  @Test func quotedLocalPartsKeepTheirQuotes() throws {
    #expect(try field("To", of: message(to: "\"a, b\"@x.example")) == ["To: \"a, b\"@x.example"])
  }

  /// The octets of one encoded word.
  private func decode(_ word: Substring) throws -> [UInt8] {
    let payload = Array(word.dropFirst(10).dropLast(2).utf8)
    guard word.hasPrefix("=?utf-8?B?") else {
      var bytes: [UInt8] = []
      var index = 0
      while index < payload.count {
        if payload[index] == UInt8(ascii: "=") {
          let digits = String(decoding: payload[(index + 1)...(index + 2)], as: UTF8.self)
          bytes.append(try #require(UInt8(digits, radix: 16)))
          index += 3
        } else {
          bytes.append(payload[index] == UInt8(ascii: "_") ? 32 : payload[index])
          index += 1
        }
      }
      return bytes
    }
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var bits = 0
    var count = 0
    var bytes: [UInt8] = []
    for digit in payload where digit != UInt8(ascii: "=") {
      bits = bits << 6 | (try #require(alphabet.firstIndex(of: digit)))
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(bits >> count & 255))
      }
    }
    return bytes
  }
}
