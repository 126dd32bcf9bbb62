import Testing

@testable import Bounces

/// Which bytes of a file are one mail.
@Suite struct MailboxReaderTests {
  private func mails(_ text: String, pieces size: Int = 7, limit: Int = 1_000) -> [String] {
    var reader = MailboxReader(sizeLimit: limit)
    var mails: [String] = []
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: size) {
      reader.read(Array(bytes[start..<min(start + size, bytes.count)])) {
        mails.append(String(decoding: $0, as: UTF8.self))
      }
    }
    reader.finish { mails.append(String(decoding: $0, as: UTF8.self)) }
    return mails
  }

  private let separator = "From a@b.example Thu Nov 26 10:00:00 2026"

  @Test(arguments: ["\n", "\r\n"]) func anMboxIsDividedAtItsFromLines(end: String) {
    let one = "\(separator)\(end)Subject: one\(end)\(end)text\(end)\(end)"
    #expect(mails(one + one + one).count == 3)
    #expect(mails(one) == [one])
  }

  @Test func sentencesDoNotDivide() {
    let text =
      "\(separator)\nSubject: a\n\nHello\n\nFrom here on it is text.\n\nFrom there 12:30 on, in 2026 and so on.\n"
    #expect(mails(text).count == 2 || mails(text).count == 1)
    #expect(mails("\(separator)\nSubject: a\n\nHello\n\nFrom here on it is text.\n").count == 1)
  }

  @Test func aMailThatQuotesAnMboxIsOneMail() {
    #expect(mails("Subject: a\n\nhere:\n\n\(separator)\nSubject: b\n\nb\n").count == 1)
  }

  @Test func ofALongMailTheBeginningIsKept() {
    let long = separator + "\n\n" + String(repeating: "x", count: 5_000) + "\n\n" + separator + "\nSubject: b\n\nb\n"
    let found = mails(long, pieces: 100)
    #expect(found.count == 2)
    #expect(found.first?.utf8.count == 1_000)
  }

  @Test func anEmptyFileIsOneMail() {
    #expect(mails("") == [""])
  }
}
