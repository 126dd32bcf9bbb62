import Campaigns
import Files
import Foundation
import Mail
import Queue
import Receipts

/// What the operator was told of a campaign, and is to be told: a small file in the queue folder.
///
/// Promises: a notice is durable before anybody is told; each is told once on each channel, also when processes end
/// meanwhile, unless one ends between telling and writing that down. Several processes may use it at once: each change is
/// made under a lock. Fails with ``FileError``.
struct NoticeBook: Sendable {
  struct Entry: Sendable, Hashable, Codable {
    var number: Int
    var notice: Notice
    /// False until the campaign's state says the same: a process that ended before has changed nothing.
    var isConfirmed: Bool
    /// What makes two notices the same for as long as it stays.
    var mark: String?
    var tellings: [String: Telling] = [:]
  }

  /// One channel's part.
  struct Telling: Sendable, Hashable, Codable {
    var attempts = 0
    var told: Date?
    /// Not tried before: somebody is at it, or it failed.
    var notBefore: Date?
    var isOver: Bool { told != nil || attempts >= NoticeBook.attempts && notBefore == nil }
  }

  /// How often a channel is tried, and the seconds between.
  static let attempts = 4
  static let pauses: [TimeInterval] = [2, 10, 60]
  /// Longer than any attempt takes: a process that ended in the middle is followed by another one then.
  static let claim: TimeInterval = 120
  private static let kept = 200

  private struct Document: Codable {
    var schema = 1
    var entries: [Entry] = []
  }

  private let file: URL
  private let lock: URL

  init(_ location: CampaignLocation) {
    file = location.queue.appendingPathComponent("notices.\(location.name).json")
    lock = location.queue.appendingPathComponent("notices.\(location.name).lock")
  }

  /// When it was changed last; nil while there is none.
  var changedAt: TimeInterval? {
    var status = stat()
    guard stat(file.path, &status) == 0 else { return nil }
    return TimeInterval(status.st_mtim.tv_sec) + TimeInterval(status.st_mtim.tv_nsec) / 1e9
  }

  var entries: [Entry] {
    get throws {
      guard let bytes = try DurableFile.read(file) else { return [] }
      // A file that is none of ours: nobody is told again of what it may have said.
      return try Self.decoder.decode(Document.self, from: Data(bytes)).entries
    }
  }

  private func change<T>(_ body: (inout [Entry]) -> T) throws -> T {
    let descriptor = open(lock.path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw FileError(.write, lock.path, .system(errno)) }
    defer { close(descriptor) }
    return try FileLock.holding(descriptor, path: lock.path, patience: FileLock.patience) {
      let before = try entries
      var entries = before
      let result = body(&entries)
      if entries != before {
        let document = Document(entries: entries.suffix(Self.kept))
        try DurableFile.replace(file, with: [UInt8](try Self.encoder.encode(document)))
      }
      return result
    }
  }

  /// Adds a notice, unless one with the same mark is there.
  func add(_ notices: [Notice], isConfirmed: Bool, mark: String? = nil) throws {
    try change { entries in
      if let mark, entries.contains(where: { $0.mark == mark }) { return }
      for notice in notices {
        let number = (entries.last?.number ?? 0) + 1
        entries.append(Entry(number: number, notice: notice, isConfirmed: isConfirmed, mark: mark))
      }
    }
  }

  /// Notices with this mark are over: the next one is a new one.
  func forget(mark: String) throws {
    guard try entries.contains(where: { $0.mark?.hasPrefix(mark) == true }) else { return }
    try change { entries in
      for index in entries.indices where entries[index].mark?.hasPrefix(mark) == true { entries[index].mark = nil }
    }
  }

  /// Keeps what was expected and is so, and takes back what is not.
  func settle(_ state: CampaignState) throws {
    guard try entries.contains(where: { !$0.isConfirmed }) else { return }
    try change { entries in
      entries.removeAll { !$0.isConfirmed && $0.notice.state != state }
      for index in entries.indices { entries[index].isConfirmed = true }
    }
  }

  /// The next channel to be told of something, claimed for this process; nil when nothing is due.
  func claimNext(_ channels: [NoticeChannel], at now: Date) throws -> (entry: Entry, channel: NoticeChannel)? {
    guard try due(channels, at: now) != nil else { return nil }
    return try change { entries in
      guard let (index, channel) = Self.next(in: entries, channels, at: now) else { return nil }
      var telling = entries[index].tellings[channel.key] ?? Telling()
      telling.attempts += 1
      telling.notBefore = now.addingTimeInterval(Self.claim)
      entries[index].tellings[channel.key] = telling
      return (entries[index], channel)
    }
  }

  /// Notes what came of an attempt. Returns when it is tried again; nil when it is not.
  func note(_ number: Int, _ channel: NoticeChannel, isTold: Bool, at now: Date) throws -> Date? {
    try change { entries in
      guard let index = entries.firstIndex(where: { $0.number == number }) else { return nil }
      var telling = entries[index].tellings[channel.key] ?? Telling()
      telling.told = isTold ? now : nil
      let isLast = telling.attempts >= Self.attempts
      telling.notBefore =
        isTold || isLast ? nil : now.addingTimeInterval(Self.pauses[min(telling.attempts, Self.pauses.count) - 1])
      entries[index].tellings[channel.key] = telling
      return telling.notBefore
    }
  }

  /// When something is to be told next: `now` or earlier for at once; nil when everything was.
  func nextAttempt(_ channels: [NoticeChannel], at now: Date) throws -> Date? {
    var first: Date?
    for entry in try entries where entry.isConfirmed {
      for channel in channels {
        let telling = entry.tellings[channel.key] ?? Telling()
        guard !telling.isOver else { continue }
        first = min(first ?? .distantFuture, telling.notBefore ?? now)
      }
    }
    return first
  }

  private func due(_ channels: [NoticeChannel], at now: Date) throws -> Int? {
    Self.next(in: try entries, channels, at: now)?.0
  }

  private static func next(
    in entries: [Entry], _ channels: [NoticeChannel], at now: Date
  ) -> (Int, NoticeChannel)? {
    for (index, entry) in entries.enumerated() where entry.isConfirmed {
      for channel in channels {
        let telling = entry.tellings[channel.key] ?? Telling()
        if !telling.isOver, telling.notBefore.map({ $0 <= now }) ?? true { return (index, channel) }
      }
    }
    return nil
  }

  private static let encoder: JSONEncoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    encoder.dateEncodingStrategy = .millisecondsSince1970
    return encoder
  }()
  private static let decoder: JSONDecoder = {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .millisecondsSince1970
    return decoder
  }()
}

extension NoticeChannel {
  /// What a channel is known by in the file: the same for as long as it says the same, and no address.
  var key: String {
    let words: [String] =
      switch self {
      case .command(let words): ["command"] + words
      case .mail(let to, let relay): ["mail", to.description, relay.name, relay.host, String(relay.port)]
      }
    return String(SHA256.digest(of: [UInt8](words.joined(separator: "\0").utf8)).hex.prefix(16))
  }
}
