import Campaigns
import Foundation
import Mail
import Queue
import Receipts

/// The rows of an export one after the other, held against the plan: what they say of mailboxes whose password is to be
/// changed, and what is wrong with which.
struct MailboxRows {
  struct Fault {
    let line: Int
    let message: OperatorMessage
  }

  private let change: MailboxChange
  private let plan: PlannedMailboxes
  private let domain: String?
  private let reader: ExportTime
  private let discovered: Date
  private let now: Date

  private(set) var faults: [Fault] = []
  /// The newest time of each affected mailbox, in the order of the file.
  var times: [MailboxTime] { order.map { MailboxTime(mailbox: $0, at: newest[$0] ?? nil) } }
  private var newest: [String: Date?] = [:]
  private var order: [String] = []
  /// Affected mailboxes that were changed too early, and not later.
  var early: Set<String> { tooEarly.subtracting(order) }
  private var tooEarly: Set<String> = []
  private(set) var untimed = 0
  private(set) var unaffected: Set<String> = []
  private(set) var unknown: [(line: Int, mailbox: String)] = []
  private var seenUnknown: Set<String> = []
  /// No row is about a mailbox of the plan.
  var namesNobody: Bool { order.isEmpty && tooEarly.isEmpty && unaffected.isEmpty && untimed == 0 }
  private(set) var usesZone = false
  private(set) var days = 0

  init(
    change: MailboxChange, plan: PlannedMailboxes, domain: String?, times: ExportTime, discovered: Date, now: Date
  ) {
    (self.change, self.plan, self.domain) = (change, plan, domain)
    (reader, self.discovered, self.now) = (times, discovered, now)
  }

  mutating func add(_ entry: MailboxExport.Entry) {
    if let broken = entry.fault { return refuse(entry, "\(broken).") }
    guard !entry.login.isEmpty else { return refuse(entry, "the mailbox is missing.") }
    let hasDomain = entry.login.contains("@")
    guard hasDomain || domain != nil else {
      return refuse(entry, "the mailbox has no domain; --domain completes names without one.")
    }
    let text = hasDomain ? entry.login : "\(entry.login)@\(domain ?? "")"
    guard let mailbox = try? EmailAddress(text) else { return refuse(entry, "the mailbox is no e-mail address.") }
    var at: Date?
    if let time = entry.time {
      guard let reading = reader.reading(time) else {
        return refuse(entry, "this is no time that is understood; docs/changed-passwords.md lists those that are.")
      }
      guard reading.date <= now else {
        let zone: OperatorMessage = reading.usesZone ? ": it names no zone, --time-zone says of which it is." : "."
        return refuse(entry, "the time is in the future" + zone)
      }
      if reading.usesZone { usesZone = true }
      if reading.isDay { days += 1 }
      at = Milliseconds(reading.date).date
    } else if change == .changed {
      untimed += 1
      return
    }
    take(mailbox, at, entry.line)
  }

  private mutating func refuse(_ entry: MailboxExport.Entry, _ message: OperatorMessage) {
    faults.append(Fault(line: entry.line, message: message))
  }

  private mutating func take(_ mailbox: EmailAddress, _ at: Date?, _ line: Int) {
    let key = mailbox.key
    guard plan.affectedKeys.contains(key) else {
      if plan.others.contains(key) {
        unaffected.insert(key)
      } else if seenUnknown.insert(key).inserted {
        unknown.append((line, mailbox.displayText))
      }
      return
    }
    if change == .changed, let at, at < discovered {
      tooEarly.insert(key)
      return
    }
    if let known = newest[key] {
      newest[key] = .some([known, at].compactMap(\.self).max())
    } else {
      newest[key] = .some(at)
      order.append(key)
    }
  }
}
