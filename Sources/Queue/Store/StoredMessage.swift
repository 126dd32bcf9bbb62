import Campaigns
import Foundation
package import Mail
import Receipts

/// How messages, and customers with theirs, are read from the columns of a store.
package enum StoredMessage {
  /// Of the message `m` and its customer `c`, for ``due(_:_:)``.
  package static let dueColumns = """
    m.id, m.fence, m.attempts, m.priority, m.due_at, m.recipient, m.message_id, m.relay, m.first_attempt_at, c.ref,
    c.payload, m.letter, m.give_up_from, m.phase, m.code, substr(m.reply, 1, 2000),
    m.changed_at, m.rank
    """

  package static func due(_ row: some StoredRow, _ list: DueRange.List) throws(StoreError) -> DueMessage {
    let message = row.integer(0)
    let turn: DueTurn =
      switch list {
      case .untried: .untried(priority: Int(row.integer(3)), rank: Int(row.integer(17)))
      case .again: .again
      case .deferred: .deferred(until: Milliseconds(row.integer(4)).date)
      }
    let answer: LastAnswer? =
      if case .deferred = list, let phase = row.text(13), !row.isNull(14) {
        LastAnswer(
          phase: phase, code: Int(row.integer(14)), text: row.text(15) ?? "", at: Milliseconds(row.integer(16)).date)
      } else {
        nil
      }
    return DueMessage(
      message: message, fence: row.integer(1), attempts: Int(row.integer(2)), turn: turn,
      recipient: try address(row.text(5), of: message), messageID: try messageID(row.text(6), of: message),
      relay: row.text(7), lastAnswer: answer, firstAttemptAt: row.milliseconds(8)?.date,
      giveUpFrom: row.milliseconds(12)?.date, customer: row.text(9) ?? "", letter: row.text(11) ?? "",
      payload: row.data(10))
  }

  /// Of the message `m`, which may be missing, its bounce `b` and its customer `c`, for ``customer(_:)`` and ``record(_:)``. One row per
  /// message, those of a customer one after another.
  package static let customerColumns = """
    c.ref, c.kind, c.reasons, c.calls, c.payload, m.id, m.state, m.attempts, m.recipient, m.message_id,
      m.relay, m.first_attempt_at, m.last_attempt_at, m.due_at, m.changed_at, m.phase, m.code, m.enhanced, m.reply,
      m.sha256, m.resent, m.letter, c.id, m.exclusion, m.exclusion_detail, m.id, b.recorded_at, b.report, b.cause, b.permanent,
      b.status, b.reply
    """

  /// The customer's number.
  package static func customerNumber(_ row: some StoredRow) -> Int64 { row.integer(22) }

  /// The customer without its messages.
  package static func customer(_ row: some StoredRow) throws(StoreError) -> CustomerRecord {
    guard let kind = row.text(1).flatMap(Outcome.Kind.init) else {
      throw StoreError.invariant("a customer has no outcome")
    }
    return CustomerRecord(
      id: row.text(0) ?? "", kind: kind, reasons: try StoredReasons.read(row.text(2), of: customerNumber(row)),
      calls: try StoredReasons.read(row.text(3), of: customerNumber(row)), payload: row.data(4), messages: [])
  }

  /// Nil for a customer without a message.
  package static func record(_ row: some StoredRow) throws(StoreError) -> MessageRecord? {
    guard !row.isNull(5) else { return nil }
    let message = row.integer(5)
    guard let state = row.text(6).flatMap(MessageState.init) else {
      throw StoreError.invariant("message \(message) has no state")
    }
    return MessageRecord(
      message: message, letter: row.text(21) ?? "", state: state, attempts: Int(row.integer(7)),
      recipient: try address(row.text(8), of: message),
      messageID: try messageID(row.text(9), of: message), relay: row.text(10),
      firstAttemptAt: row.milliseconds(11)?.date, lastAttemptAt: row.milliseconds(12)?.date,
      dueAt: row.milliseconds(13)?.date, changedAt: Milliseconds(row.integer(14)).date,
      phase: row.text(15), code: row.isNull(16) ? nil : Int(row.integer(16)), enhanced: row.text(17),
      reply: row.text(18), sha256: SHA256Digest(bytes: row.blob(19)), resent: row.integer(20) == 1,
      exclusion: row.text(23).flatMap { ExclusionReason(kind: $0, detail: row.text(24)) },
      bounce: row.isNull(26) ? nil : try bounce(row, from: 25))
  }

  /// Of a row of `bounces`, for ``bounce(_:from:)``.
  package static let bounceColumns = "message, recorded_at, report, cause, permanent, status, reply FROM bounces"

  /// - Parameter first: The column with the message's number.
  package static func bounce(_ row: some StoredRow, from first: Int32 = 0) throws(StoreError) -> BounceRecord {
    guard let report = SHA256Digest(bytes: row.blob(first + 2)) else {
      throw StoreError.invariant("a bounce has no report")
    }
    return BounceRecord(
      message: row.integer(first), report: report, cause: row.text(first + 3) ?? "",
      isPermanent: row.integer(first + 4) == 1, status: row.text(first + 5), reply: row.text(first + 6),
      at: Milliseconds(row.integer(first + 1)).date)
  }

  /// A superset of the call list among the customers of campaign `parameter`: who is on it ``MessageState`` and time
  /// decide, not SQL.
  ///
  /// - Parameter late: With customers whose letter waits.
  package static func selectToCall(late: Bool, in parameter: String) -> String {
    """
    SELECT \(customerColumns)
    FROM customers AS c LEFT JOIN messages AS m ON m.customer = c.id LEFT JOIN bounces AS b ON b.message = m.id
    WHERE c.id IN (
      SELECT id FROM customers WHERE campaign = \(parameter) AND (kind = 'phone' OR calls <> '[]')
      UNION SELECT customer FROM messages
        WHERE campaign = \(parameter) AND state IN ('refused', 'expired', 'excluded', 'uncertain', 'cancelled')
      UNION SELECT messages.customer FROM bounces JOIN messages ON messages.id = bounces.message
        WHERE bounces.campaign = \(parameter)
    """
      + (late
        ? """
         UNION SELECT customer FROM messages
          WHERE campaign = \(parameter) AND state IN ('queued', 'sending', 'deferred')
        """ : "")
      + ") ORDER BY c.id, m.id"
  }

  /// Of the message `m` and its customer `c`, for ``uncertain(_:)``.
  package static let uncertainColumns = """
    m.id, m.fence, c.ref, m.recipient, m.message_id, m.relay, m.attempts, m.last_attempt_at, m.changed_at, m.letter
    """

  package static func uncertain(_ row: some StoredRow) throws(StoreError) -> UncertainMessage {
    let message = row.integer(0)
    return UncertainMessage(
      message: message, fence: row.integer(1), customer: row.text(2) ?? "", letter: row.text(9) ?? "",
      recipient: try address(row.text(3), of: message), messageID: try messageID(row.text(4), of: message),
      relay: row.text(5) ?? "", attempts: Int(row.integer(6)), attemptedAt: Milliseconds(row.integer(7)).date,
      changedAt: Milliseconds(row.integer(8)).date)
  }

  /// Of the message `m`, for ``unaccepted(_:)``; the id of its customer comes before them.
  package static let unacceptedColumns = """
    m.state, m.recipient, m.relay, m.phase, m.code, m.enhanced, substr(m.reply, 1, 2000), m.exclusion,
      m.exclusion_detail
    """

  package static func unaccepted(_ row: some StoredRow) throws(StoreError) -> UnacceptedMessage {
    guard let state = row.text(1).flatMap(MessageState.init) else {
      throw StoreError.invariant("a message has no state")
    }
    return UnacceptedMessage(
      customer: row.text(0) ?? "", state: state, recipient: row.text(2) ?? "", relay: row.text(3),
      phase: row.text(4), code: row.isNull(5) ? nil : Int(row.integer(5)), enhanced: row.text(6),
      reply: row.text(7), exclusion: row.text(8).flatMap { ExclusionReason(kind: $0, detail: row.text(9)) })
  }

  /// Of the message `m` and its customer `c`, for ``canaryLetter(_:)``.
  package static let canaryColumns = """
    c.ref, m.state, m.recipient, m.attempts, m.relay, m.phase, m.code, substr(m.reply, 1, 2000), m.exclusion,
      m.exclusion_detail
    """

  package static func canaryLetter(_ row: some StoredRow) throws(StoreError) -> CanaryLetter {
    guard let state = row.text(1).flatMap(MessageState.init) else {
      throw StoreError.invariant("a message has no state")
    }
    return CanaryLetter(
      customer: row.text(0) ?? "", state: state, recipient: row.text(2) ?? "", attempts: Int(row.integer(3)),
      relay: row.text(4), phase: row.text(5), code: row.isNull(6) ? nil : Int(row.integer(6)), reply: row.text(7),
      exclusion: row.text(8).flatMap { ExclusionReason(kind: $0, detail: row.text(9)) })
  }

  package static func address(_ text: String?, of message: Int64) throws(StoreError) -> EmailAddress {
    do {
      return try EmailAddress(text ?? "")
    } catch {
      throw StoreError.invariant("the address of message \(message) \(error)")
    }
  }

  package static func messageID(_ text: String?, of message: Int64) throws(StoreError) -> MessageID {
    do {
      return try MessageID(parsing: text ?? "")
    } catch {
      throw StoreError.invariant("the Message-ID of message \(message) \(error)")
    }
  }

  /// The text in place of a reply when a process was lost.
  package static let lostWords = "the process ended before it had recorded an outcome"

  /// The evidence of a message that the policy sends again.
  package static let policyWords = "policy uncertain: resend"

  /// A relay's reply as it is kept: its beginning, in bytes.
  static let replyLimit = 65536

  package static func cut(_ reply: String) -> String {
    guard reply.utf8.count > replyLimit else { return reply }
    var end = reply.utf8.index(reply.startIndex, offsetBy: replyLimit)
    // Not in the middle of a character.
    while reply.utf8[end] & 0xC0 == 0x80 { end = reply.utf8.index(before: end) }
    return String(decoding: reply.utf8[..<end], as: UTF8.self)
  }
}

extension RelayCondition {
  /// The columns that ``init(row:)`` reads.
  package static let columns = """
    relay, state, since, until, trouble, phase, code, enhanced, words, class, scope, words_since, words_at
    """

  package init(row: some StoredRow) throws(StoreError) {
    guard let relay = row.text(0), let state = row.text(1).flatMap(State.init) else {
      throw StoreError.invariant("the condition of a relay cannot be read")
    }
    self.init(
      relay: relay, state: state, since: row.milliseconds(2)?.date, until: row.milliseconds(3)?.date,
      trouble: row.text(4))
    if let phase = row.text(5), let text = row.text(8) {
      words = Words(
        phase: phase, code: row.isNull(6) ? nil : Int(row.integer(6)), enhanced: row.text(7), text: text,
        class: row.text(9), scope: row.text(10), since: Milliseconds(row.integer(11)).date,
        at: Milliseconds(row.integer(12)).date)
    }
  }
}

extension CanaryRecord {
  /// The columns that ``init(row:of:)`` reads.
  package static let columns = "letters, state, answered_at, wait_until"

  package init(row: some StoredRow, of campaign: Int64) throws(StoreError) {
    guard let state = row.text(1).flatMap(State.init) else {
      throw StoreError.invariant("the canary of campaign \(campaign) cannot be read")
    }
    self.init(
      letters: Int(row.integer(0)), state: state, answeredAt: row.milliseconds(2)?.date,
      waitUntil: row.milliseconds(3)?.date)
  }
}
