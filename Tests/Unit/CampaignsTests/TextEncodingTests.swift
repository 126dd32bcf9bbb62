import Files
import Foundation
import TestSupport
import Testing

@testable import Campaigns

@Suite struct TextEncodingTests {
  @Test(arguments: [
    ("cp850", TextEncoding.cp850), ("CP-850", .cp850), ("IBM850", .cp850), ("DOS", .cp850), ("850", .cp850),
    ("latin1", .latin1), ("ISO-8859-1", .latin1), ("iso8859-15", .latin9), ("ISO_8859-15", .latin9),
    ("ansi", .windows1252),
    ("windows-1252", .windows1252), ("CP1252", .windows1252), ("mac", .macRoman), ("macroman", .macRoman),
    ("Mac Roman", .macRoman), ("x-mac-roman", .macRoman), ("utf8", .utf8), ("UTF-8", .utf8),
    ("utf-16", .utf16LittleEndian), ("UTF-16BE", .utf16BigEndian), ("cp1250", .windows1250), ("latin2", .latin2),
    ("cp437", .cp437), ("ibm858", .cp858), ("cp852", .cp852), ("cp1254", .windows1254), ("ISO-8859-9", .latin5),
  ])
  func usualNamesAreKnown(_ name: String, _ encoding: TextEncoding) {
    #expect(TextEncoding(named: name) == encoding)
  }

  @Test func everyEncodingIsKnownByItsOwnName() {
    for encoding in TextEncoding.allCases { #expect(TextEncoding(named: encoding.rawValue) == encoding) }
    #expect(TextEncoding(named: "ebcdic") == nil && TextEncoding(named: "") == nil)
  }

  /// Pieces of the file tear no word apart, wherever they end.
  @Test func wordsAreFoundAcrossPieces() {
    var text: [UInt8] = []
    for number in 0..<400 {
      text += Array("\(number);Stra".utf8) + [0xDF] + Array("e;M".utf8) + [0xFC] + Array("ller\r\n".utf8)
    }
    func words(_ size: Int) -> [WordSample.Word: Int] {
      var sample = WordSample()
      var offset = 0
      while offset < text.count {
        let piece = Array(text[offset..<min(offset + size, text.count)])
        sample.look(at: piece, offset: offset, isLast: false)
        offset += piece.count
      }
      sample.look(at: [], offset: offset, isLast: true)
      return sample.words
    }
    let whole = words(text.count)
    #expect(whole.count == 2 && whole.values.sorted() == [2, 9])
    for size in [1, 2, 3, 7, 8, 9, 64, 1000] { #expect(words(size) == whole, "\(size)") }
  }

  /// Runs of letters without an end, such as a picture in a cell, are cut.
  @Test func endlessWordsAreCut() {
    for count in [20, 47, 48, 49, 100, 5000] {
      let text = [UInt8](repeating: 0x61, count: count) + [0xFC] + [UInt8](repeating: 0x62, count: count) + [0xFC]
      var sample = WordSample()
      for (offset, byte) in text.enumerated() { sample.look(at: [byte], offset: offset, isLast: false) }
      sample.look(at: [], offset: text.count, isLast: true)
      #expect(!sample.words.isEmpty && sample.words.keys.allSatisfy { $0.bytes.count <= 50 }, "\(count)")
      var whole = WordSample()
      whole.look(at: text, offset: 0, isLast: true)
      #expect(!whole.words.isEmpty)
    }
  }

  /// Of a file with more words than are kept, they are from all over it.
  @Test func manyWordsAreSampled() {
    var sample = WordSample()
    var offset = 0
    for number in 0..<100_000 {
      let line = [UInt8](String(number, radix: 26).utf8.map { $0 < 0x40 ? $0 + 0x31 : $0 + 10 }) + [0xFC, 0x0A]
      sample.look(at: line, offset: offset, isLast: false)
      offset += line.count
    }
    #expect(sample.words.count <= WordSample.most && sample.words.count > WordSample.most / 4)
    #expect(sample.words.values.contains { $0 > offset * 9 / 10 })
  }

  @Test func samplesShowDifferentLetters() throws {
    let rows =
      (1...50).map { "\($0);Büro;;Weber;;;;m\($0)@k.example;imap" }
      + ["77;Käse;;Weber;;;;m77@k.example;imap", "78;Größe;;Weber;;;;m78@k.example;imap"]
    let book = try CustomerTable(rows: rows).book()
    #expect(book.samples.map(\.text) == ["Büro Weber", "Käse Weber", "Größe Weber"])
    #expect(try CustomerTable(rows: Array(rows.prefix(5))).book().samples.map(\.line) == [2, 3, 4])
  }
}

@Suite struct MojibakeTests {
  static let names = [
    "Müller", "Größe", "Ägidius", "Łódź", "Dvořák", "Şahin", "Lefèvre", "„Zum Löwen“", "Käse – 5 €", "STRAßE",
  ]

  @Test(arguments: [TextEncoding.windows1252, .latin1, .cp850, .cp437, .macRoman, .windows1250, .cp852])
  func whatWasReadWronglyIsToldWithWhatWasMeant(_ encoding: TextEncoding) {
    for name in Self.names {
      for times in 1...2 {
        var text = name
        for _ in 0..<times { text = Self.misread(text, encoding) }
        guard case .doubleEncoding(let found, let count, let meant) = Mojibake(in: Array(text.utf8)[...]) else {
          Issue.record("\(text) in \(encoding) is not found")
          continue
        }
        // Twice misread, control characters may be lost.
        #expect(times == 2 || meant == name && count == 1, "\(text) as \(found)")
      }
    }
  }

  private static func misread(_ text: String, _ encoding: TextEncoding) -> String {
    var result = String.UnicodeScalarView()
    for byte in text.utf8 {
      let value = byte < 0x80 ? UInt32(byte) : encoding.upper[Int(byte) - 0x80]
      if let scalar = Unicode.Scalar(value == 0 ? UInt32(byte) : value) { result.append(scalar) }
    }
    return String(result)
  }

  @Test func textIsNotTakenForIt() {
    let good = [
      "Größe", "João", "IRMÃ", "SÃO", "„SPÄ“", "ORĂŞTIE", "CÂŞTIG", "Đặng", "Ærø", "Ängström", "Åäö", "naïve",
      "«École»", "Ô",
      "‚Ärger‘", "Кузнец", "Ελλάδα", "漢字", "Škoda", "ÄÖÜäöüß", "50 €", "ŽĎÁR", "Łęcki",
    ]
    for text in good { #expect(Mojibake(in: Array(text.utf8)[...]) == nil && Mojibake(in: text) == nil, "\(text)") }
  }
}

@Suite struct TextDoubtTests {
  @Test(arguments: [
    ("M?ller", TextDoubt.lostCharacter), ("M??ller", .lostCharacter), ("?zdemir", .lostCharacter),
    ("M\u{FFFD}ller", .lostCharacter),
    ("M¿ller", .lostCharacter), ("M□ller", .lostCharacter), ("STRA?E", .lostCharacter), ("M_ller", .substitute),
    ("M³ller", .oddCharacter), ("J„ger", .oddCharacter), ("Gr├áe", .oddCharacter), ("M&uuml;ller", .entity),
    ("M&#252;ller", .entity), ("M&#xfc;ller", .entity), ("Fix &amp; Foxi", .entity), ("Ko&ccedil;", .entity),
    ("M=FCller", .escape), ("M=C3=BCller", .escape), ("=?UTF-8?Q?M=C3=BCller?=", .escape), ("M%C3%BCller", .escape),
    ("Anna%20Maria", .escape), ("M\\u00fcller", .escape), ("M\\xfcller", .escape), ("Mu00fcller", .escape),
    ("M\\374ller", .escape),
  ])
  func lostAndForeignCharactersAreFound(_ text: String, _ doubt: TextDoubt) {
    #expect(TextDoubt(in: text, isName: true) == doubt)
  }

  @Test func aQuestionMarkAtTheEndIsTextInACompany() {
    #expect(TextDoubt(in: "Wei?", isName: true) == .lostCharacter)
    #expect(TextDoubt(in: "Wer weiß was?", isName: false) == nil)
  }

  @Test func usualTextsAreInNoDoubt() {
    let good = [
      "Müller & Söhne", "R&D; Labor", "O’Neil", "d'Arc", "Warum?Darum!", "100% Natur", "5 % Rabatt", "A = B", "Team_1",
      "Fa. #1",
      "C*", "Straße 100", "m²", "Hans-Jörg", "Weber·Groß", "Dr. med. (FH)", "shop.example/?a=b", "J.u.000 Co", "Café …",
      "?",
      "Ærø", "Nº 5", "C:\\Daten", "L·l",
    ]
    for text in good { #expect(TextDoubt(in: text, isName: false) == nil, "\(text)") }
  }

  private func table(_ good: Int, _ bad: Int, _ name: String) throws -> CustomerTable {
    try CustomerTable(
      rows: (0..<good + bad).map {
        "\($0 + 1);Bauhof;Anna;\($0 < bad ? name : "Weber");;a\($0)@b.example;;m\($0)@k.example;imap"
      })
  }

  @Test func aDoubtfulNameIsInNoLetter() throws {
    let book = try table(20, 1, "M?ller").book()
    let first = try #require(try book.all().first)
    #expect(first.lastName == "" && first.firstName == "Anna")
    let warning = try #require(book.warnings.first { $0.kind == .values })
    #expect(warning.lines == [2] && warning.message.contains("\"M?ller\""))
  }

  @Test func manyDoubtfulNamesRefuseTheFile() throws {
    for name in ["M?ller", "M\u{FFFD}ller", "M&uuml;ller", "M=FCller"] {
      let name = name.contains(";") ? "\"\(name)\"" : name
      #expect(try table(2000, 3, name).complaint() == "")
      #expect(try table(200, 4, name).complaint().contains("4 of 204 rows"))
      #expect(try table(6000, 4, name).complaint() == "")
      #expect(try table(2, 2, name).complaint().contains("2 of 4 rows"))
    }
    #expect(try table(2, 2, "M_ller").complaint() == "")
  }
}
