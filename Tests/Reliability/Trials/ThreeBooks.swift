import Foundation
import Queue
import Receipts

/// What the relay took, what the queue says and what the receipts say, side by side.
///
/// A pure comparison of values: it reads nothing and trusts none of the three. The books are of a campaign that is over.
public struct ThreeBooks: Sendable, Hashable {
  public var relay: RelayBook
  public var queue: QueueBook
  public var receipts: ReceiptsBook
  /// Recipients the plan must have, one letter each.
  public var recipients: [String]
  public var connections: Int

  public init(
    relay: RelayBook, queue: QueueBook, receipts: ReceiptsBook, recipients: [String], connections: Int
  ) {
    self.relay = relay
    self.queue = queue
    self.receipts = receipts
    self.recipients = recipients
    self.connections = connections
  }

  public func findings() -> Findings {
    var findings = Findings()
    findings.letters = recipients.count
    compareWithPlan(&findings)
    let copies = Dictionary(grouping: relay.taken) { $0 }.mapValues(\.count)
    let receiptsOf = Dictionary(grouping: receipts.lines.filter { $0.message != nil }) { $0.message ?? 0 }
    for letter in queue.letters {
      let taken = copies[RelayBook.Entry(recipient: letter.recipient, messageID: letter.messageID)] ?? 0
      compare(letter, taken: taken, receiptsOf[letter.message] ?? [], &findings)
    }
    let known = Set(queue.letters.map { RelayBook.Entry(recipient: $0.recipient, messageID: $0.messageID) })
    findings.strangers = relay.taken.count { !known.contains($0) }
    countLostProcesses(&findings)
    compareFile(&findings)
    return findings
  }

  private func compareWithPlan(_ findings: inout Findings) {
    let found = Dictionary(grouping: queue.letters, by: \.recipient)
    for recipient in recipients where found[recipient] == nil { findings.lost += 1 }
    findings.lost += queue.letters.count { [.queued, .sending, .deferred].contains($0.state) }
  }

  private func compare(
    _ letter: QueueBook.Letter, taken: Int, _ lines: [ReceiptsBook.Line], _ findings: inout Findings
  ) {
    let resolved = lines.filter { $0.event == .resolved }
    let resent = resolved.count { $0.resolution == Resolution.resend.rawValue }
    findings.resent += resent > 0 ? 1 : 0
    findings.silentlyDoubled += max(0, taken - 1 - resent)
    let saysAccepted = letter.state == .accepted || lines.contains { $0.event == .accepted }
    let byOperator = resolved.contains { $0.resolution == Resolution.accepted.rawValue }
    if saysAccepted, !byOperator, taken == 0 { findings.falseAccepted += 1 }
    let saysNot = [.refused, .expired, .excluded, .cancelled].contains(letter.state)
    if saysNot, taken > 0, !lines.contains(where: { $0.event == .uncertain }) { findings.falselyRefused += 1 }
    if letter.state == .uncertain { findings.uncertain += 1 }
    compareReceipts(letter, lines, byOperator: byOperator, &findings)
  }

  /// Each attempt has one receipt for its beginning and one for its end; a state that is reached without an attempt has
  /// one receipt.
  private func compareReceipts(
    _ letter: QueueBook.Letter, _ lines: [ReceiptsBook.Line], byOperator: Bool, _ findings: inout Findings
  ) {
    let begun = lines.filter { $0.event == .attempt }.compactMap(\.attempt)
    let ended = lines.filter { [.accepted, .deferred, .refused, .uncertain].contains($0.event) }.compactMap(\.attempt)
    for numbers in [begun, ended] {
      let expected = numbers == ended && letter.state == .sending ? letter.attempts - 1 : letter.attempts
      findings.receiptsMissing += max(0, expected - Set(numbers).count)
      findings.receiptsDoubled += numbers.count - Set(numbers).count
    }
    let event: ReceiptEvent? =
      switch letter.state {
      case .accepted: byOperator ? nil : .accepted
      case .refused: .refused
      case .expired: .expired
      case .excluded: .excluded
      case .cancelled: .cancelled
      case .uncertain: .uncertain
      case .queued, .sending, .deferred: nil
      }
    if let event {
      let count = lines.count { $0.event == event }
      if count == 0 { findings.receiptsMissing += 1 }
      // A letter can be given up once more for each time it was reopened.
      let reopened = lines.count { $0.event == .resolved && $0.resolution == Resolution.reopen.rawValue }
      let most = [.refused, .expired].contains(event) ? 1 + reopened : 1
      if count > most, event != .uncertain { findings.receiptsDoubled += 1 }
    }
  }

  /// The next process settles what the last one left in one go, with one time.
  private func countLostProcesses(_ findings: inout Findings) {
    let lost = receipts.lines.filter { $0.event == .uncertain && $0.phase == nil }
    findings.lostByProcess = lost.count
    for group in Dictionary(grouping: lost, by: \.at).values {
      findings.beyondBound += max(0, group.count - connections)
    }
  }

  private func compareFile(_ findings: inout Findings) {
    findings.receiptsMissing += max(0, queue.receipts - receipts.lines.count)
    findings.receiptsDoubled += max(0, receipts.lines.count - queue.receipts)
    let frozen = receipts.lines.count { $0.event == .planFrozen }
    if frozen == 0 { findings.receiptsMissing += 1 }
    findings.receiptsDoubled += max(0, frozen - 1)
    if receipts.fault != nil { findings.chainBroken = 1 }
  }
}
