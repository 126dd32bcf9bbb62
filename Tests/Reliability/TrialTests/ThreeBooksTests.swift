import Foundation
import Queue
import Receipts
import Testing
import Trials

/// The comparison finds what it is there to find: each broken promise, made by hand, is counted, and nothing else is.
@Suite struct ThreeBooksTests {
  /// Three letters, accepted, refused and uncertain, without a fault.
  private static let sound: ThreeBooks = {
    func letter(_ number: Int64, _ state: MessageState) -> QueueBook.Letter {
      QueueBook.Letter(
        message: number, recipient: "\(number)@a.example", messageID: "<\(number)@b.example>", state: state, attempts: 1
      )
    }
    return ThreeBooks(
      relay: RelayBook(taken: [entry(1), entry(3)]),
      queue: QueueBook(letters: [letter(1, .accepted), letter(2, .refused), letter(3, .uncertain)], receipts: 8),
      receipts: ReceiptsBook(lines: [
        .init(.planFrozen), .init(.started), .init(.attempt, message: 1, attempt: 1),
        .init(.attempt, message: 2, attempt: 1), .init(.attempt, message: 3, attempt: 1),
        .init(.accepted, message: 1, attempt: 1, phase: "final"),
        .init(.refused, message: 2, attempt: 1, phase: "rcpt"),
        .init(.uncertain, message: 3, attempt: 1),
      ]),
      recipients: ["1@a.example", "2@a.example", "3@a.example"], connections: 1)
  }()

  private static func entry(_ number: Int) -> RelayBook.Entry {
    RelayBook.Entry(recipient: "\(number)@a.example", messageID: "<\(number)@b.example>")
  }

  @Test func soundBooksAreClean() {
    let findings = Self.sound.findings()
    #expect(findings.isClean, "\(findings.broken)")
    #expect(findings.letters == 3 && findings.uncertain == 1 && findings.lostByProcess == 1 && findings.resent == 0)
  }

  struct Damage: Sendable, CustomTestStringConvertible {
    let expected: String
    let apply: @Sendable (inout ThreeBooks) -> Void
    var testDescription: String { expected }

    init(_ expected: String, _ apply: @escaping @Sendable (inout ThreeBooks) -> Void) {
      self.expected = expected
      self.apply = apply
    }
  }

  static let damages = [
    Damage("lost 1") { $0.recipients.append("4@a.example") },
    Damage("lost 1") {
      $0.queue.letters[0].state = .deferred
      $0.receipts.lines[5].event = .deferred
    },
    Damage("silently doubled 1") { $0.relay.taken.append(entry(1)) },
    Damage("silently doubled 1") { $0.relay.taken.append(entry(3)) },
    Damage("false accepted 1") { $0.relay.taken.removeFirst() },
    Damage("falsely refused 1") { $0.relay.taken.append(entry(2)) },
    Damage("strangers 1") { $0.relay.taken.append(.init(recipient: "1@a.example", messageID: "<9@b.example>")) },
    Damage("uncertain beyond the bound 1") { $0.connections = 0 },
    Damage("receipts missing 2") { $0.receipts.lines.remove(at: 3) },
    Damage("receipts missing 1") { $0.queue.receipts = 9 },
    Damage("receipts doubled 2") { $0.receipts.lines.append($0.receipts.lines[3]) },
    Damage("receipts missing 1, receipts doubled 1") { $0.receipts.lines[3] = $0.receipts.lines[2] },
    Damage("receipts doubled 2") { $0.receipts.lines.append(.init(.planFrozen)) },
    Damage("chain broken 1") { $0.receipts.fault = "line 3: it is not a receipt" },
  ]

  @Test(arguments: damages)
  func eachBrokenPromiseIsFound(_ damage: Damage) {
    var books = Self.sound
    damage.apply(&books)
    #expect(books.findings().broken.joined(separator: ", ") == damage.expected)
  }

  /// What a receipt says was sent again may be there twice, and no more than that.
  @Test func aResentLetterMayBeThereTwice() {
    var books = Self.sound
    books.queue.letters[2].state = .accepted
    books.queue.letters[2].attempts = 2
    books.receipts.lines += [
      .init(.resolved, message: 3, resolution: "resend"), .init(.attempt, message: 3, attempt: 2),
      .init(.accepted, message: 3, attempt: 2, phase: "final"),
    ]
    books.queue.receipts += 3
    books.relay.taken.append(Self.entry(3))
    #expect(books.findings().isClean && books.findings().resent == 1)
    books.relay.taken.append(Self.entry(3))
    #expect(books.findings().broken == ["silently doubled 1"])
  }

  /// A letter is given up once more for each time it was reopened; only then.
  @Test func aReopenedLetterMayBeRefusedTwice() {
    var books = Self.sound
    books.queue.letters[1].attempts = 2
    books.receipts.lines += [
      .init(.attempt, message: 2, attempt: 2), .init(.refused, message: 2, attempt: 2, phase: "rcpt"),
    ]
    books.queue.receipts += 2
    #expect(books.findings().broken == ["receipts doubled 1"])
    books.receipts.lines.append(.init(.resolved, message: 2, resolution: "reopen"))
    books.queue.receipts += 1
    #expect(books.findings().isClean && books.findings().resent == 0)
    books.relay.taken += [Self.entry(2), Self.entry(2)]
    #expect(books.findings().broken.contains("silently doubled 1"))
  }

  @Test func findingsAddUp() {
    var sum = Self.sound.findings()
    sum += sum
    #expect(sum.letters == 6 && sum.uncertain == 2 && sum.lostByProcess == 2 && sum.isClean)
  }
}
