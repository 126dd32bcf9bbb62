import Foundation
import Mail

/// The logs' statements about the letters looked for, gathered line by line in two readings: the first finds the
/// letters, the second what became of their queue IDs.
///
/// Of several lines that say the same the earliest is kept, so that the order of the files makes no difference. Keeps
/// at most ``limit`` passages and lines per letter, whatever the logs hold: a mail loop has more.
struct LogLedger {
  /// A queue ID is unique at one time in one relay; later it may be another message's.
  struct QueueKey: Hashable {
    var source: [UInt8]
    var id: [UInt8]
  }

  /// A message's way through one relay's queue.
  struct Passage {
    var letter: Int
    var mention: LogLine
    var queued: (rank: Int, line: LogLine)?
    var refused: LogLine?
    var setAside: LogLine?
    /// When the queue ID became another message's.
    var end: Date?
  }

  struct Sighting {
    var source: [UInt8]
    var line: LogLine
  }

  static let limit = 64
  /// A daemon's line may be written before another's that it comes after.
  private static let disorder: TimeInterval = 5

  private let byID: [[UInt8]: [Int]]
  private let byRecipient: [[UInt8]: [Int]]
  private let senders: Set<String>
  private(set) var passages: [QueueKey: [Passage]] = [:]
  private var passageCount: [Int: Int] = [:]
  /// Lines that alone prove that a letter was taken.
  private(set) var taken: [Int: Sighting] = [:]
  /// Lines that name the envelope alone; by letter.
  private(set) var envelopes: [Int: [Sighting]] = [:]
  /// Lines that put something for the recipient aside.
  private(set) var setAsides: [Int: [LogLine]] = [:]
  /// The sources whose lines matter: the relays that saw a letter.
  private(set) var sources: Set<[UInt8]> = []
  private(set) var losses: [Date] = []
  var spans: [[UInt8]: [Coverage.Span]] = [:]

  /// Letters are known by their place in `letters`.
  init(letters: [(MessageID, EmailAddress)], senders: Set<String>) {
    var byID: [[UInt8]: [Int]] = [:]
    var byRecipient: [[UInt8]: [Int]] = [:]
    for (index, letter) in letters.enumerated() {
      byID[Array(letter.0.description.utf8.dropFirst().dropLast()), default: []].append(index)
      byRecipient[Array(letter.1.key.utf8), default: []].append(index)
    }
    self.byID = byID
    self.byRecipient = byRecipient
    self.senders = senders
  }

  // MARK: The first reading

  mutating func note(_ entry: LogEntry, _ line: () -> LogLine) {
    switch entry.event {
    case .mention(let queueID, let messageID):
      guard let letters = byID[Array(messageID)] else { return }
      sources.insert(entry.source)
      let line = line()
      for letter in letters { mention(letter, QueueKey(source: entry.source, id: Array(queueID)), line) }
    case .taken(let messageID):
      guard let letters = byID[Array(messageID)] else { return }
      sources.insert(entry.source)
      let line = line()
      for letter in letters {
        if let known = taken[letter], !line.comes(before: known.line) { continue }
        taken[letter] = Sighting(source: entry.source, line: line)
      }
    case .envelope(let sender, let recipient):
      guard senders.contains(Self.key(sender)), let letters = byRecipient[Array(Self.key(recipient).utf8)] else {
        return
      }
      sources.insert(entry.source)
      let line = line()
      for letter in letters {
        var all = envelopes[letter] ?? []
        all.append(Sighting(source: entry.source, line: line))
        if all.count > 2 * Self.limit {
          all.sort { $0.line.comes(before: $1.line) }
          all.removeLast(all.count - Self.limit)
        }
        envelopes[letter] = all
      }
    case .setAside(_, let recipient?):
      guard let letters = byRecipient[Array(Self.key(recipient).utf8)] else { return }
      let line = line()
      for letter in letters where setAsides[letter, default: []].count < Self.limit {
        setAsides[letter, default: []].append(line)
      }
    case .linesLost:
      if losses.count < 100_000 { losses.append(entry.time) }
    case .queued, .refused, .setAside, .other: return
    }
  }

  private mutating func mention(_ letter: Int, _ key: QueueKey, _ line: LogLine) {
    if let index = passages[key]?.firstIndex(where: { $0.letter == letter }) {
      if let known = passages[key]?[index].mention, line.comes(before: known) { passages[key]?[index].mention = line }
      return
    }
    guard passageCount[letter, default: 0] < Self.limit else { return }
    passageCount[letter, default: 0] += 1
    passages[key, default: []].append(Passage(letter: letter, mention: line))
  }

  // MARK: The second reading

  mutating func follow(_ entry: LogEntry, _ line: () -> LogLine) {
    let id: ArraySlice<UInt8>
    switch entry.event {
    case .mention(let queueID, _), .queued(let queueID, _), .refused(let queueID), .setAside(let queueID?, _):
      id = queueID
    case .setAside, .taken, .envelope, .other, .linesLost: return
    }
    guard sources.contains(entry.source) else { return }
    let key = QueueKey(source: entry.source, id: Array(id))
    guard let known = passages[key] else { return }
    for index in known.indices {
      let passage = known[index]
      if case .mention(_, let messageID) = entry.event {
        guard byID[Array(messageID)]?.contains(passage.letter) != true, entry.time > passage.mention.time else {
          continue
        }
        passages[key]?[index].end = min(passage.end ?? entry.time, entry.time)
        continue
      }
      guard entry.time >= passage.mention.time.addingTimeInterval(-Self.disorder) else { continue }
      passages[key]?[index].take(entry.event, line())
    }
  }

  // MARK: What came of it

  /// The first line that shows that the letter was taken, with the one that names it.
  func proof(of letter: Int) -> (sighting: Sighting, lines: [LogLine])? {
    var best = taken[letter].map { (sighting: $0, lines: [$0.line]) }
    for (key, passage) in passages(of: letter) {
      guard let queued = passage.queued?.line, passage.end.map({ queued.time < $0 }) ?? true else { continue }
      if let known = best, !passage.mention.comes(before: known.lines[0]) { continue }
      best = (Sighting(source: key.source, line: passage.mention), [passage.mention, queued])
    }
    return best
  }

  func passages(of letter: Int) -> [(key: QueueKey, passage: Passage)] {
    passagesByLetter[letter] ?? []
  }

  private var passagesByLetter: [Int: [(key: QueueKey, passage: Passage)]] = [:]

  /// Call this after the second reading.
  mutating func close() {
    for (key, all) in passages {
      for passage in all { passagesByLetter[passage.letter, default: []].append((key, passage)) }
    }
    for letter in passagesByLetter.keys {
      passagesByLetter[letter]?.sort { $0.passage.mention.comes(before: $1.passage.mention) }
    }
    for letter in envelopes.keys { envelopes[letter]?.sort { $0.line.comes(before: $1.line) } }
    for letter in setAsides.keys { setAsides[letter]?.sort { $0.comes(before: $1) } }
  }

  /// The address as ``EmailAddress/key`` where it is one, else the text as it is, in lower case.
  private static func key(_ address: ArraySlice<UInt8>) -> String {
    let text = String(decoding: address, as: UTF8.self)
    return (try? EmailAddress(text))?.key ?? text.lowercased()
  }
}

extension LogLedger.Passage {
  mutating func take(_ event: LogEvent, _ line: LogLine) {
    switch event {
    case .queued(_, let rank):
      if let known = queued, (known.line.time, known.rank) < (line.time, rank) { return }
      if let known = queued, (known.line.time, known.rank) == (line.time, rank), !line.comes(before: known.line) {
        return
      }
      queued = (rank, line)
    case .refused: refused = Self.earlier(refused, line)
    case .setAside: setAside = Self.earlier(setAside, line)
    case .mention, .taken, .envelope, .other, .linesLost: return
    }
  }

  private static func earlier(_ known: LogLine?, _ line: LogLine) -> LogLine {
    guard let known, !line.comes(before: known) else { return line }
    return known
  }
}
