import Foundation
import Mail

/// Finds the letters that the relay accepted in its log: each by its own Message-ID or number, never by likelihood alone.
///
/// Mail of others may have the Message-ID of a letter they received, or its envelope. So a letter is found by the number
/// that its reply names. Where the replies demonstrably name the numbers of a log, nothing else counts there. Where they do
/// not (another server's reply, a proxy's), a Message-ID counts that nothing contradicts, and an envelope that is the only
/// one in minutes.
struct Witnesses {
  struct Witness {
    /// The place in `accepted`.
    var letter: Int
    var source: [UInt8]
    var time: Date
    /// The log's time minus ours.
    var offset: TimeInterval
    /// The reply names the number that the log has.
    var byReply: Bool
    /// The session's place in the ledger; nil where the log has Message-IDs.
    var session: Int?
  }

  /// By the letter's place in `accepted`; letters that are not found are missing.
  private(set) var found: [Int: Witness] = [:]
  /// The envelope's sender as the relays' logs show it for our letters: some relays rewrite it.
  private(set) var senders: Set<String>
  /// Sources that show the sender, and the recipient, of messages that are found: what they do not show of another message
  /// they do not show yet, or no longer.
  private(set) var showingSender: Set<[UInt8]> = []
  private(set) var showingRecipient: Set<[UInt8]> = []
  /// Messages of OpenSMTPD that are known letters of ours: source and number.
  private(set) var claimed: Set<LogLedger.QueueKey> = []

  /// A letter without a number in its reply is found by its envelope only this near, by both clocks.
  private static let near: TimeInterval = 120

  /// - Parameter first: The first accepted letter's place among the ledger's letters.
  init(_ accepted: [AcceptedLetter], first: Int, senders: Set<String>, in ledger: LogLedger) {
    self.senders = senders
    for (index, letter) in accepted.enumerated() {
      guard
        let passage = ledger.passages[first + index]?.first(where: { $0.proof != nil && letter.names($0.key.id) })
      else { continue }
      insert(index, letter, passage, byReply: true)
      if let sender = passage.sender { self.senders.insert(sender) }
    }
    let named = Set(found.values.map(\.source))
    for (index, letter) in accepted.enumerated() where found[index] == nil {
      let passage = ledger.passages[first + index]?.first {
        $0.proof != nil && !named.contains($0.key.source) && contradiction($0, recipient: letter.recipient) == nil
      }
      if let passage { insert(index, letter, passage, byReply: false) }
    }
    findByEnvelope(accepted, ledger)
  }

  /// Whether the log shows as much of the passage's envelope as of others', and sender or recipient at least.
  func isConfirmed(_ passage: LogLedger.Passage) -> Bool {
    let (hasSender, hasRecipient) = (passage.sender != nil, !passage.recipients.isEmpty)
    return (hasSender || hasRecipient) && (hasSender || !showingSender.contains(passage.key.source))
      && (hasRecipient || !showingRecipient.contains(passage.key.source))
  }

  /// Nil when the log states nothing of the passage's envelope that differs.
  func contradiction(_ passage: LogLedger.Passage, recipient: EmailAddress) -> LogGap? {
    if let sender = passage.sender, !senders.contains(sender) { return .otherSender(passage.mention) }
    if !passage.recipients.isEmpty, !passage.recipients.contains(recipient.key) {
      return .otherRecipient(passage.mention)
    }
    return nil
  }

  private mutating func insert(_ index: Int, _ letter: AcceptedLetter, _ passage: LogLedger.Passage, byReply: Bool) {
    if passage.sender != nil { showingSender.insert(passage.key.source) }
    if !passage.recipients.isEmpty { showingRecipient.insert(passage.key.source) }
    found[index] = Witness(
      letter: index, source: passage.key.source, time: passage.mention.time,
      offset: passage.mention.time.timeIntervalSince(letter.at), byReply: byReply)
  }

  // MARK: Logs without Message-IDs

  private mutating func findByEnvelope(_ accepted: [AcceptedLetter], _ ledger: LogLedger) {
    var lines: [String: [(session: Int, taken: RelaySession.Taken)]] = [:]
    for (session, one) in ledger.sessions.enumerated() {
      for taken in one.taken { lines[taken.recipient, default: []].append((session, taken)) }
    }
    guard !lines.isEmpty else { return }
    var isNamed = false
    for (index, letter) in accepted.enumerated() where found[index] == nil {
      guard let line = lines[letter.recipient.key]?.first(where: { letter.names($0.taken.message) }) else { continue }
      isNamed = true
      insert(index, letter, line.session, line.taken, ledger, byReply: true)
    }
    guard !isNamed else { return }
    for (index, letter) in accepted.enumerated()
    where found[index] == nil && !RelayReply.isOpenSMTPD(letter.reply) {
      let near = lines[letter.recipient.key, default: []].filter {
        abs($0.taken.line.time.timeIntervalSince(letter.at)) <= Self.near
      }
      guard near.count == 1, senders.contains(near[0].taken.sender) else { continue }
      insert(index, letter, near[0].session, near[0].taken, ledger, byReply: false)
    }
  }

  private mutating func insert(
    _ index: Int, _ letter: AcceptedLetter, _ session: Int, _ taken: RelaySession.Taken, _ ledger: LogLedger,
    byReply: Bool
  ) {
    let source = ledger.sessions[session].key.source
    found[index] = Witness(
      letter: index, source: source, time: taken.line.time, offset: taken.line.time.timeIntervalSince(letter.at),
      byReply: byReply, session: session)
    if byReply { claimed.insert(LogLedger.QueueKey(source: source, id: taken.message)) }
  }
}
