import Foundation
import Queue
import Receipts
import Testing

@testable import Reports

/// How many mailboxes are still to be changed.
@Suite struct MailboxFiguresTests {
  private static func told(_ customer: String) -> CallHistory {
    CallHistory([CallRecord(customer: customer, at: Sample.time(10), outcome: .reached, caller: "Anna")])
  }

  @Test func eachCountsOnceByWhatIsKnownOfIt() {
    let book = MailboxBook(
      readAt: [.changed: Sample.time(1), .locked: Sample.time(2)],
      mailboxes: [
        MailboxRecord(customer: "K1", mailbox: "a@firm.example", changedAt: Sample.time(0), isLocked: true),
        MailboxRecord(customer: "K1", mailbox: "b@firm.example", isLocked: true),
        MailboxRecord(customer: "K2", mailbox: "c@firm.example"),
        MailboxRecord(customer: "K3", mailbox: "d@firm.example"),
      ])
    let figures = MailboxFigures(book, calls: ["K2": Self.told("K2")])
    #expect(
      [figures.total, figures.changed, figures.locked, figures.reached, figures.open] == [4, 1, 1, 1, 1]
        && !figures.isOver)
  }

  /// Two customers share one mailbox, and the second of them was reached.
  @Test func aSharedMailboxIsOne() {
    let book = MailboxBook(
      readAt: [.changed: Sample.time(1)],
      mailboxes: ["K1", "K2"].map { MailboxRecord(customer: $0, mailbox: "post@firm.example") })
    let figures = MailboxFigures(book, calls: ["K2": Self.told("K2")])
    #expect([figures.total, figures.reached, figures.open] == [1, 1, 0] && figures.isOver)
    #expect(MailboxFigures(book, calls: [:]).open == 1)
  }
}
