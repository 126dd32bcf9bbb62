import Delivery
import TestSupport
import Testing

@testable import SMTP

@Suite struct ReplyParserTests {
  @Test(
    arguments: [
      ("250 ok\r\n", 250, nil, "ok"),
      ("250 2.1.0 Sender ok\r\n", 250, EnhancedStatus(2, 1, 0), "2.1.0 Sender ok"),
      ("250\r\n", 250, nil, ""),
      ("250 \r\n", 250, nil, ""),
      ("250 ok\n", 250, nil, "ok"),
      ("250 ok\r\r\n", 250, nil, "ok"),
      ("250-a\r\n250-\r\n250 b\r\n", 250, nil, "a\n\nb"),
      ("250-a\r\n250\r\n", 250, nil, "a\n"),
      ("550-5.1.1 no\r\n550 5.1.1 such user\r\n", 550, EnhancedStatus(5, 1, 1), "5.1.1 no\n5.1.1 such user"),
      ("450 5.1.1 the classes differ\r\n", 450, nil, "5.1.1 the classes differ"),
      ("421 4.3.2\r\n", 421, EnhancedStatus(4, 3, 2), "4.3.2"),
      ("550 5.1.1234 too long\r\n", 550, nil, "5.1.1234 too long"),
      ("599 \u{1B}[31mred\0\r\n", 599, nil, "\u{FFFD}[31mred\u{FFFD}"),
    ] as [(String, Int, EnhancedStatus?, String)])
  func reads(_ input: String, _ code: Int, _ enhanced: EnhancedStatus?, _ text: String) throws {
    var parser = ReplyParser()
    parser.append(Array(input.utf8))
    #expect(try parser.next() == Reply(code: code, enhanced: enhanced, text: text))
    #expect(parser.isEmpty)
  }

  @Test(arguments: [
    "199 x\r\n", "600 x\r\n", "099 x\r\n", "25 x\r\n", "2x0 x\r\n", "250x\r\n", "250_x\r\n", "\r\n", " 250 x\r\n",
    "ok\r\n", "250-a\r\n251 b\r\n", "250-a\r\nb\r\n", "-250 x\r\n", "+25 x\r\n", "\u{FF12}50 x\r\n",
  ])
  func refuses(_ input: String) {
    var parser = ReplyParser()
    parser.append(Array(input.utf8))
    #expect(throws: MalformedReply.self) { try parser.next() }
    // Nothing mends it.
    parser.append(Array("250 ok\r\n".utf8))
    #expect(throws: MalformedReply.self) { try parser.next() }
    #expect(!parser.isEmpty)
  }

  @Test func waitsForTheWholeReply() throws {
    var parser = ReplyParser()
    for byte in "250-a\r\n250 b\r".utf8 {
      parser.append([byte])
      #expect(try parser.next() == nil)
      #expect(!parser.isEmpty)
    }
    parser.append([10])
    #expect(try parser.next()?.text == "a\nb")
  }

  @Test func bytesThatAreNotUTF8BecomeReplacementCharacters() throws {
    var parser = ReplyParser()
    parser.append(Array("250 f".utf8) + [0xFC] + Array("r\r\n".utf8))
    #expect(try parser.next()?.text == "f\u{FFFD}r")
  }

  @Test func allowsRepliesUpToTheLimit() throws {
    let line = Array("250 ".utf8) + [UInt8](repeating: 120, count: ReplyParser.limit - 6) + [13, 10]
    var parser = ReplyParser()
    parser.append(line)
    #expect(try parser.next()?.text.utf8.count == ReplyParser.limit - 6)
    // The limit is for each reply.
    parser.append(line)
    #expect(try parser.next() != nil)
    parser.append(Array("250 x".utf8) + line.dropFirst(4))
    #expect(throws: MalformedReply.tooLong) { try parser.next() }
  }

  @Test func refusesAnEndlessReply() {
    var parser = ReplyParser()
    #expect(throws: MalformedReply.tooLong) {
      for _ in 0...ReplyParser.limit / 8 {
        parser.append(Array("250-xx\r\n".utf8))
        while try parser.next() != nil {}
      }
    }
  }

  // MARK: Random input

  @Test(arguments: 1...200) func anySplitGivesTheSameReplies(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var stream: [UInt8] = []
    for _ in 0..<Int.random(in: 1...12, using: &random) {
      let code = Int.random(in: 200...599, using: &random)
      let lines = Int.random(in: 1...5, using: &random)
      for line in 1...lines {
        stream += Array("\(code)\(line == lines ? " " : "-")".utf8)
        for _ in 0..<Int.random(in: 0...40, using: &random) {
          let byte = UInt8.random(in: 0...255, using: &random)
          if byte != 10, byte != 13 { stream.append(byte) }
        }
        stream += Bool.random(using: &random) ? [13, 10] : [10]
      }
    }
    var whole = ReplyParser()
    whole.append(stream)
    let expected = try replies(of: &whole)
    #expect(!expected.isEmpty)

    var split = ReplyParser()
    var found: [Reply] = []
    var rest = stream[...]
    while !rest.isEmpty {
      let count = Int.random(in: 1...min(rest.count, 30), using: &random)
      split.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
      if Bool.random(using: &random) { found += try replies(of: &split) }
    }
    found += try replies(of: &split)
    #expect(found == expected)
    #expect(split.isEmpty)
  }

  @Test(arguments: 1...200) func anyBytesAreRepliesOrAnError(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    // Mostly the bytes that mean something.
    let alphabet: [UInt8] = [13, 10, 32, 45, 48, 50, 53, 53, 46, 0, 255, 97]
    var parser = ReplyParser()
    for _ in 0..<200 {
      parser.append((0..<Int.random(in: 0...20, using: &random)).map { _ in alphabet.randomElement(using: &random)! })
      do {
        while let reply = try parser.next() { #expect((200...599).contains(reply.code)) }
      } catch {
        #expect(!parser.isEmpty)
        parser = ReplyParser()
      }
    }
  }

  /// The parser reads enhanced codes from bytes; the type reads them from text. Both must find the same.
  @Test(arguments: 1...200) func enhancedCodesAreThoseOfTheType(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<50 {
      let text = String(
        (0..<Int.random(in: 0...9, using: &random)).map { _ in "2451..0 ax".randomElement(using: &random)! })
      let code = [250, 450, 550].randomElement(using: &random)!
      var parser = ReplyParser()
      parser.append(Array("\(code) \(text)\r\n".utf8))
      let status = EnhancedStatus(prefixOf: text)
      #expect(try parser.next()?.enhanced == (status?.class == code / 100 ? status : nil), "\(text)")
    }
  }

  private func replies(of parser: inout ReplyParser) throws -> [Reply] {
    var result: [Reply] = []
    while let reply = try parser.next() { result.append(reply) }
    return result
  }
}

extension ReplyParser {
  mutating func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { append($0) }
  }
}
