import Files
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Campaigns

/// Files of common words in every encoding, language and size: how many customers would be garbled without a word, and how
/// often the operator is asked for nothing.
@Suite struct EncodingEvidenceTests {
  struct Kind: CustomStringConvertible {
    var encoding: TextEncoding
    var words: EncodingWords
    /// The share of rows in other languages, as far as the encoding can write them.
    var others: Double

    var description: String { "\(encoding.rawValue) \(words.language) \(others)" }
  }

  static let kinds: [Kind] = EncodingWords.all.flatMap { words in
    words.encodings.flatMap { encoding in
      [0, 0.2].map { Kind(encoding: encoding, words: words, others: $0) }
    }
  }

  struct Tally {
    var files = 0
    var customers = 0
    var garbled = 0
    var garbledFiles: [String] = []
    var asked = 0
    /// Files with five or more different words beyond ASCII.
    var withEvidence = 0
    var askedWithEvidence = 0
    var needless: [String: Int] = [:]
  }

  @Test(arguments: [3, 10, 50, 1000])
  func almostNobodyIsGarbledWithoutAWord(rows: Int) throws {
    let tally = try Self.tally(rows: rows, times: rows == 1000 ? 1 : rows == 50 ? 3 : 8)
    let garbled = Double(tally.garbled) / Double(tally.customers)
    let asked = Double(tally.askedWithEvidence) / Double(max(1, tally.withEvidence))
    print(
      "\(rows) rows: \(tally.files) files, \(tally.customers) customers, \(tally.garbled) garbled without a word, asked in "
        + "\(tally.asked) files; of \(tally.withEvidence) files with evidence in \(tally.askedWithEvidence)")
    for file in tally.garbledFiles.prefix(12) { print("  garbled: \(file)") }
    print("  asked: \(tally.needless.sorted { $0.value > $1.value }.prefix(10).map { "\($0.key) \($0.value)" })")
    #expect(garbled <= 0.0001, "\(tally.garbled) of \(tally.customers): \(tally.garbledFiles.prefix(5))")
    // Of three rows, five different words are few; of a thousand there are few files here.
    #expect(
      asked <= (rows == 3 ? 0.04 : rows == 1000 ? 0.03 : 0.02), "\(tally.askedWithEvidence) of \(tally.withEvidence)")
  }

  static func tally(rows: Int, times: Int) throws -> Tally {
    var tally = Tally()
    let folder = try TemporaryFolder()
    // A thousand rows of every kind would take long.
    for (number, kind) in kinds.enumerated() where rows < 1000 || kind.others > 0 {
      for share in [0.05, 0.2, 0.5, 1] {
        for time in 0..<times {
          var random = SeededGenerator(seed: UInt64(number * 1_000_000 + rows * 100 + time * 10) + UInt64(share * 7))
          let (lines, different) = table(kind, rows: rows, share: share, &random)
          let bytes = lines.flatMap(kind.encoding.bytes)
          let file = try RandomAccessFile(folder.write(bytes, to: "kunden.csv"))
          tally.files += 1
          tally.customers += rows
          if different >= 5 { tally.withEvidence += 1 }
          do {
            let found = try EncodingDetector(file, name: "kunden.csv").encoding
            let garbled =
              found == kind.encoding
              ? 0 : lines.count { found.isSingleByte && found.text(kind.encoding.bytes($0)) != $0 }
            tally.garbled += garbled
            if garbled > 0 {
              let line = lines.first { found.text(kind.encoding.bytes($0)) != $0 } ?? ""
              tally.garbledFiles.append(
                "\(kind) as \(found.rawValue), \(different) words: \(found.text(kind.encoding.bytes(line)).prefix(60))")
            }
          } catch {
            tally.asked += 1
            guard different >= 5 else { continue }
            tally.askedWithEvidence += 1
            tally.needless[kind.description, default: 0] += 1
          }
        }
      }
    }
    return tally
  }

  private static func table(
    _ kind: Kind, rows: Int, share: Double, _ random: inout SeededGenerator
  ) -> (lines: [String], different: Int) {
    let others = EncodingWords.all.filter { $0.language != kind.words.language }
    var different: Set<String> = []
    var lines = ["Kundennummer;Firma;Vorname;Nachname;Ort;E-Mail\r\n"]
    for row in 0..<rows {
      var cells = ["\(1000 + row)"]
      for _ in 0..<4 {
        var words = kind.words
        if Double.random(in: 0..<1, using: &random) < kind.others, let other = others.randomElement(using: &random) {
          words = other
        }
        var word = words.plain.randomElement(using: &random) ?? ""
        // A row in four cells has one word beyond ASCII where the share is a quarter.
        if Double.random(in: 0..<1, using: &random) < share / 2,
          let beyond = words.beyond.randomElement(using: &random), kind.encoding.canWrite(beyond)
        {
          word =
            Int.random(in: 0..<20, using: &random) == 0 && kind.encoding.canWrite(beyond.uppercased())
            ? beyond.uppercased() : beyond
          different.insert(word)
        }
        cells.append(word)
      }
      lines.append(cells.joined(separator: ";") + ";k\(row)@kunden.example\r\n")
    }
    return (lines, different.count)
  }

  /// The tables are those of iconv, but for control characters, which count as none, and two signs of Mac Roman, for which iconv
  /// has others (Δ, and a private one for the apple).
  @Test(arguments: TextEncoding.allCases.filter(\.isSingleByte))
  func tablesAreThoseOfIconv(_ encoding: TextEncoding) throws {
    let name = encoding == .macRoman ? "MACINTOSH" : encoding.rawValue.uppercased()
    let converter = try #require(iconv_open("UCS-4LE", name))
    defer { iconv_close(converter) }
    #expect(encoding.upper.count == 128)
    for byte in 0x80...0xFF where encoding != .macRoman || (byte != 0xC6 && byte != 0xF0) {
      var input = [CChar(bitPattern: UInt8(byte))]
      var output = [UInt8](repeating: 0, count: 16)
      var (inputLeft, outputLeft) = (1, 16)
      let result = input.withUnsafeMutableBufferPointer { input in
        output.withUnsafeMutableBytes { output in
          var source = input.baseAddress
          var target = output.baseAddress?.assumingMemoryBound(to: CChar.self)
          return iconv(converter, &source, &inputLeft, &target, &outputLeft)
        }
      }
      var value = output.prefix(4).enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << (8 * $1.offset) }
      if result != 0 || (0x80...0x9F).contains(value) { value = 0 }
      #expect(encoding.upper[byte - 0x80] == value, "byte \(String(byte, radix: 16))")
    }
  }
}

extension TextEncoding {
  /// The bytes of a text that this encoding of single bytes can write.
  func bytes(_ text: String) -> [UInt8] {
    let upper = upper
    return text.unicodeScalars.map { scalar in
      scalar.isASCII ? UInt8(scalar.value) : UInt8(0x80 + (upper.firstIndex(of: scalar.value) ?? 0))
    }
  }

  func canWrite(_ text: String) -> Bool {
    let upper = upper
    return text.unicodeScalars.allSatisfy { $0.isASCII || upper.contains($0.value) }
  }
}
