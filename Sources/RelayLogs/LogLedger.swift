import Foundation
import Mail

/// The logs' statements about the letters looked for, gathered line by line in two readings: the first finds the queue IDs
/// and sessions that matter, the second all lines of them. ``close()`` makes passages and sessions of the lines.
///
/// The order the files are given in makes no difference, nor does a line that is in two of them. Keeps a bounded number of
/// lines per letter, whatever the logs hold: a mail loop has more, and such letters are ``crowded``.
struct LogLedger {
  /// A queue ID is unique at one time in one relay; later it may be another message's.
  struct QueueKey: Hashable {
    var source: [UInt8]
    var id: [UInt8]
  }

  /// A message's way through one relay's queue.
  struct Passage: Sendable {
    var key: QueueKey
    /// The line that names the Message-ID.
    var mention: LogLine
    /// The first line that shows that the relay took it.
    var proof: LogLine?
    /// The envelope as far as the log states it: addresses as ``LogLedger/key(_:)``.
    var sender: String?
    var recipients: Set<String> = []
    var refused: LogLine?
    var setAside: LogLine?
  }

  /// Queue IDs and lines kept per letter, and lines per queue ID or session.
  static let limit = 64
  static let lineLimit = 4096

  private let byID: [[UInt8]: [Int]]
  private let byRecipient: [[UInt8]: [Int]]
  private var queues: [QueueKey: [QueueEvent]] = [:]
  private var queueCount: [Int: Int] = [:]
  private var sessionEvents: [QueueKey: [SessionEvent]] = [:]
  private var fullKeys: Set<QueueKey> = []
  /// Letters with more lines than are kept: nothing may be concluded from a line that is not there.
  private(set) var crowded: Set<Int> = []
  /// Lines that put something for the recipient aside.
  private(set) var setAsides: [Int: [LogLine]] = [:]
  /// The sources whose lines matter: the relays that saw a letter.
  private(set) var sources: Set<[UInt8]> = []
  private(set) var losses: [Date] = []
  var spans: [[UInt8]: [Coverage.Span]] = [:]
  /// The places of the files in time, by path; see ``RelayLogSearch``.
  var ranks: [String: Int] = [:]

  private(set) var passages: [Int: [Passage]] = [:]
  private(set) var sessions: [RelaySession] = []

  /// Letters are known by their place in `letters`.
  init(letters: [(MessageID, EmailAddress)]) {
    var byID: [[UInt8]: [Int]] = [:]
    var byRecipient: [[UInt8]: [Int]] = [:]
    for (index, letter) in letters.enumerated() {
      byID[Array(letter.0.description.utf8.dropFirst().dropLast()), default: []].append(index)
      byRecipient[Array(letter.1.key.utf8), default: []].append(index)
    }
    self.byID = byID
    self.byRecipient = byRecipient
  }

  // MARK: The first reading

  mutating func note(_ entry: LogEntry, _ line: () -> LogLine) {
    switch entry.event {
    case .mention(let queueID, let messageID), .taken(let queueID, let messageID, _, _):
      guard let letters = byID[Array(messageID)] else { return }
      let key = QueueKey(source: entry.source, id: Array(queueID))
      sources.insert(entry.source)
      guard queues[key] == nil else { return }
      var isWanted = false
      for letter in letters {
        queueCount[letter, default: 0] += 1
        if queueCount[letter, default: 0] > Self.limit { crowded.insert(letter) } else { isWanted = true }
      }
      if isWanted { queues[key] = [] }
    case .accepted(let session, _, let envelope):
      guard byRecipient[Array(Self.key(envelope.recipient).utf8)] != nil else { return }
      sources.insert(entry.source)
      sessionEvents[QueueKey(source: entry.source, id: Array(session))] = []
    case .setAside(_, let recipients):
      for recipient in Set(recipients.map(Self.key)) {
        guard let letters = byRecipient[Array(recipient.utf8)] else { continue }
        let line = line()
        for letter in letters {
          guard setAsides[letter, default: []].count < Self.limit else {
            crowded.insert(letter)
            continue
          }
          setAsides[letter, default: []].append(line)
        }
      }
    case .linesLost:
      if losses.count < 100_000 { losses.append(entry.time) }
    case .begun, .queued, .handled, .removed, .refused, .connected, .disconnected, .other: return
    }
  }

  // MARK: The second reading

  mutating func follow(_ entry: LogEntry, _ line: () -> LogLine) {
    guard sources.contains(entry.source) else { return }
    switch entry.event {
    case .begun(let queueID): follow(queueID, entry, line) { .begun }
    case .mention(let queueID, let messageID): follow(queueID, entry, line) { .mention(Array(messageID)) }
    case .queued(let queueID, let sender): follow(queueID, entry, line) { .queued(Self.key(sender)) }
    case .handled(let queueID, let recipients): follow(queueID, entry, line) { .handled(recipients.map(Self.key)) }
    case .removed(let queueID): follow(queueID, entry, line) { .removed }
    case .refused(let queueID, let envelope):
      follow(queueID, entry, line) { .refused(envelope.map { (Self.key($0.sender), Self.key($0.recipient)) }) }
    case .setAside(let queueID?, _): follow(queueID, entry, line) { .setAside }
    case .taken(let queueID, let messageID, let sender, let recipients):
      follow(queueID, entry, line) { .taken(Array(messageID), sender.map(Self.key), recipients.map(Self.key)) }
    case .connected(let session, let address):
      follow(session, .connected(String(decoding: address, as: UTF8.self)), entry, line)
    case .disconnected(let session): follow(session, .disconnected, entry, line)
    case .accepted(let session, let message, let envelope):
      let recipient = Self.key(envelope.recipient)
      guard byRecipient[Array(recipient.utf8)] != nil else { return }
      follow(session, .accepted(Array(message), Self.key(envelope.sender), recipient), entry, line)
    case .setAside, .other, .linesLost: return
    }
  }

  private mutating func follow(
    _ id: ArraySlice<UInt8>, _ entry: LogEntry, _ line: () -> LogLine, _ kind: () -> QueueEvent.Kind
  ) {
    let key = QueueKey(source: entry.source, id: Array(id))
    guard let count = queues[key]?.count else { return }
    guard count < Self.lineLimit else {
      fullKeys.insert(key)
      return
    }
    queues[key]?.append(QueueEvent(kind: kind(), line: line()))
  }

  private mutating func follow(
    _ session: ArraySlice<UInt8>, _ kind: SessionEvent.Kind, _ entry: LogEntry, _ line: () -> LogLine
  ) {
    let key = QueueKey(source: entry.source, id: Array(session))
    guard let count = sessionEvents[key]?.count else { return }
    guard count < Self.lineLimit else {
      fullKeys.insert(key)
      return
    }
    sessionEvents[key]?.append(SessionEvent(kind: kind, line: line()))
  }

  // MARK: What came of it

  /// Makes passages and sessions. Call this after the second reading.
  mutating func close() {
    let precedes = order
    for (key, events) in queues {
      for (messageID, passage) in QueueEvent.passages(of: key, Self.inOrder(events, \.line, precedes)) {
        for letter in byID[messageID] ?? [] {
          passages[letter, default: []].append(passage)
          if fullKeys.contains(key) { crowded.insert(letter) }
        }
      }
    }
    for letter in passages.keys { passages[letter]?.sort { precedes($0.mention, $1.mention) } }
    for (key, events) in sessionEvents {
      sessions += RelaySession.sessions(key, Self.inOrder(events, \.line, precedes))
      guard fullKeys.contains(key) else { continue }
      for case .accepted(_, _, let recipient) in events.map(\.kind) {
        crowded.formUnion(byRecipient[Array(recipient.utf8)] ?? [])
      }
    }
    sessions.sort { left, right in
      let (one, other) = (left.key.source + [0] + left.key.id, right.key.source + [0] + right.key.id)
      return one == other ? left.order < right.order : one.lexicographicallyPrecedes(other)
    }
    for letter in setAsides.keys { setAsides[letter]?.sort(by: precedes) }
    queues = [:]
    sessionEvents = [:]
  }

  /// As they were written; a line that two files have, once.
  private static func inOrder<Event>(
    _ events: [Event], _ line: (Event) -> LogLine, _ precedes: (LogLine, LogLine) -> Bool
  ) -> [Event] {
    var seen: Set<LogLine.Content> = []
    return events.sorted { precedes(line($0), line($1)) }.filter { seen.insert(line($0).content).inserted }
  }

  /// Whether one line was written before another: by their times, and within one second by the files' times and numbers.
  private var order: (LogLine, LogLine) -> Bool {
    let ranks = ranks
    return { left, right in
      (left.time, ranks[left.path] ?? 0, left.path, left.number)
        < (right.time, ranks[right.path] ?? 0, right.path, right.number)
    }
  }

  /// The address as ``EmailAddress/key`` where it is one, else the text as it is, in lower case.
  static func key(_ address: ArraySlice<UInt8>) -> String {
    let text = String(decoding: address, as: UTF8.self)
    return (try? EmailAddress(text))?.key ?? text.lowercased()
  }
}

/// A line about a queue ID.
struct QueueEvent {
  enum Kind {
    case begun
    case mention([UInt8])
    case queued(String)
    case handled([String])
    case removed
    case refused((sender: String, recipient: String)?)
    case setAside
    case taken([UInt8], String?, [String])
  }

  var kind: Kind
  var line: LogLine

  /// A queue ID's lines cut into the messages that had it one after the other, those that are named alone. A message ends
  /// where another begins, has another Message-ID, or after it was removed.
  static func passages(
    of key: LogLedger.QueueKey, _ events: [QueueEvent]
  ) -> [(messageID: [UInt8], passage: LogLedger.Passage)] {
    var found: [(messageID: [UInt8], passage: LogLedger.Passage)] = []
    var messageID: [UInt8]?
    var passage: LogLedger.Passage?
    // Lines before the one that names the message, which another daemon may have written first.
    var early: [QueueEvent] = []
    func finish() {
      if let messageID, let passage { found.append((messageID, passage)) }
      (messageID, passage, early) = (nil, nil, [])
    }
    for event in events {
      switch event.kind {
      case .begun: finish()
      case .mention(let id):
        if let known = messageID, known != id { finish() }
        guard passage == nil else { continue }
        messageID = id
        passage = LogLedger.Passage(key: key, mention: event.line)
        for event in early { passage?.take(event) }
      case .taken(let id, let sender, let recipients):
        finish()
        messageID = id
        passage = LogLedger.Passage(
          key: key, mention: event.line, proof: event.line, sender: sender, recipients: Set(recipients))
      case .removed:
        if passage == nil { early.append(event) } else { passage?.take(event) }
        finish()
      case .queued, .handled, .refused, .setAside:
        if passage == nil { early.append(event) } else { passage?.take(event) }
      }
    }
    finish()
    return found
  }
}

extension LogLedger.Passage {
  fileprivate mutating func take(_ event: QueueEvent) {
    switch event.kind {
    case .queued(let address):
      proof = proof ?? event.line
      sender = sender ?? address
    case .handled(let addresses):
      proof = proof ?? event.line
      recipients.formUnion(addresses)
    case .removed: proof = proof ?? event.line
    case .refused(let envelope):
      guard refused == nil else { return }
      refused = event.line
      if let envelope {
        sender = sender ?? envelope.sender
        recipients.insert(envelope.recipient)
      }
    case .setAside: setAside = setAside ?? event.line
    case .begun, .mention, .taken: return
    }
  }
}
