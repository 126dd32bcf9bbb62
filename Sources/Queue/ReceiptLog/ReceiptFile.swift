import Dispatch
import FaultPoints
import Files
public import Foundation
public import Mail
public import Receipts

/// The receipts of one campaign on disk: `receipts/receipts.jsonl`, filled from the store's outbox.
///
/// Owns the file while the campaign is delivered. Promises: every line is byte for byte the store's, in order; what
/// ``flush()`` returned for is fsynced; a crash at any moment leaves a file that ``complete(in:campaign:from:)`` makes
/// whole again. Fails with ``StoreError``: after a failed write or fsync the file is closed for good, since a second
/// fsync of the same descriptor could succeed without the data; only `complete` opens it again. The file is locked
/// while it is changed; when it ends elsewhere than it was left, or the spool's lock is another's, nothing is written
/// (``StoreError/overtaken(path:reason:)``).
public actor ReceiptFile {
  public nonisolated let file: URL
  private let campaign: CampaignRecord
  private let store: any MessageStore
  private let lock: SpoolLock?
  /// Seconds to wait for another process that uses the file.
  private let patience: Double
  /// Blocking calls run here, not on the threads that tasks share.
  private let queue = DispatchQueue(label: "eilbrief.receipts")
  private var descriptor: Int32
  private var size: Int64
  /// Lines in the file, which is the `seq` of the last one.
  public private(set) var count: Int64
  private var lastLine: [UInt8]
  private var failure: StoreError?
  private var isFlushing = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  /// Lines fetched at once, and bytes written at most between two fsyncs: together they bound what a power cut can
  /// leave unwritten, which must fit into ``tailBytes``.
  private static let page = 512
  private static let syncBytes = 1 << 20
  /// How much of the file's end is compared with the store when it is opened.
  private static let tailBytes: Int64 = 8 << 20

  /// Opens the file of a campaign, or makes it: cuts off a line a crash cut short, compares the end of the file with
  /// the store, appends what is missing. Only the holder of the spool's lock may call it.
  ///
  /// Throws ``StoreError/receiptsDisagree(path:seq:reason:)`` when the file has lines the store does not have, and
  /// ``StoreError/busy(path:)`` while another process uses it. `lock` is nil when nobody else can come, as in a test.
  public static func complete(
    in spool: Spool, campaign: CampaignRecord, from store: any MessageStore, lock: SpoolLock? = nil
  ) async throws -> ReceiptFile {
    try await complete(in: spool, campaign: campaign, from: store, lock: lock, patience: FileLock.patience)
  }

  static func complete(
    in spool: Spool, campaign: CampaignRecord, from store: any MessageStore, lock: SpoolLock?, patience: Double
  ) async throws -> ReceiptFile {
    let step = StepProgress.begin(.writingReceipts)
    defer { step.end() }
    let folder = spool.receipts(of: campaign.plan.name)
    try Spool.makePrivateFolder(spool.campaign(campaign.plan.name))
    try Spool.makePrivateFolder(folder)
    let file = folder.appendingPathComponent(ReceiptReader.fileName)
    let descriptor = Foundation.open(file.path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw StoreError.cannotWrite(path: file.path, errno: errno) }
    // The file that is returned has a copy of its own.
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw StoreError.cannotWrite(path: file.path, errno: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw StoreError(FileError(.write, file.path, .notRegular)) }
    guard fchmod(descriptor, 0o600) == 0 else { throw StoreError.cannotWrite(path: file.path, errno: errno) }
    // Its name is durable when a checkpoint speaks of it; until then the store can give it again.
    FaultPoint.receiptsFileMade.reached()
    try StoreError.mapping { () throws(FileError) in try FileLock.take(descriptor, path: file.path, patience: patience)
    }
    let end: End
    do {
      // Released before the first line is added, which takes it again.
      defer { FileLock.release(descriptor) }
      try lock?.check()
      end = try await wholeEnd(of: descriptor, path: file.path, campaign: campaign.id, store)
    }
    let result = ReceiptFile(file, campaign, store, lock, descriptor, end, patience)
    try await result.flush()
    return result
  }

  private struct End {
    var size: Int64 = 0
    var count: Int64 = 0
    var lastLine: [UInt8] = []
    /// The bytes that were cut off are gone for good with the next fsync.
    var isCut = false
  }

  private init(
    _ file: URL, _ campaign: CampaignRecord, _ store: any MessageStore, _ lock: SpoolLock?, _ descriptor: Int32,
    _ end: End, _ patience: Double
  ) {
    self.file = file
    self.campaign = campaign
    self.store = store
    self.lock = lock
    self.patience = patience
    self.descriptor = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    size = end.size
    count = end.count
    lastLine = end.lastLine
    isChanged = end.isCut
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Appends every receipt that the store has and the file does not, with one fsync (one per megabyte when there is
  /// much). Returns their number. Cheap when there is nothing new; may be called by many tasks at once.
  @discardableResult
  public func flush() async throws -> Int {
    try await oneAtATime { try await appendNew() }
  }

  /// Flushes, then signs how far the file reaches. The key is asked for while the file is locked.
  @discardableResult
  public func writeCheckpoint(
    at now: Date, signedWith key: @autoclosure @escaping @Sendable () throws -> Ed25519PrivateKey
  ) async throws -> Checkpoint {
    try await oneAtATime {
      try await appendNew()
      let checkpoint = Checkpoint(
        campaign: campaign.plan.name, plan: campaign.plan.planHash.labelled, count: count,
        head: SHA256.digest(of: lastLine), at: now)
      let folder = file.deletingLastPathComponent()
      try await alone { try checkpoint.write(to: folder, signedWith: try key()) }
      return checkpoint
    }
  }

  // MARK: -

  /// Bytes appended since the last fsync, and whether there is anything to sync.
  private var unsynced = 0
  private var isChanged: Bool

  private func oneAtATime<T>(_ body: () async throws -> T) async throws -> T {
    while isFlushing { await withCheckedContinuation { waiting.append($0) } }
    if let failure { throw failure }
    isFlushing = true
    defer {
      isFlushing = false
      for waiter in waiting { waiter.resume() }
      waiting.removeAll()
    }
    return try await body()
  }

  @discardableResult
  private func appendNew() async throws -> Int {
    do {
      // Also when there is nothing to append: a process that only waits finds out that another has taken over.
      try lock?.check()
    } catch {
      fail(error)
      throw error
    }
    let before = count
    while true {
      let lines = try await store.receipts(of: campaign.id, after: count, limit: Self.page)
      if lines.isEmpty { break }
      try await append(lines)
      if lines.count < Self.page { break }
    }
    do {
      try await sync()
    } catch let error as StoreError {
      fail(error)
      throw error
    }
    return Int(count - before)
  }

  private func append(_ lines: [ReceiptLine]) async throws {
    var bytes: [UInt8] = []
    for line in lines {
      guard line.seq == count + 1 else {
        throw StoreError.receiptsDisagree(path: file.path, seq: count + 1, reason: "the database lacks it")
      }
      bytes += line.bytes
      bytes.append(UInt8(ascii: "\n"))
      count = line.seq
    }
    lastLine = lines.last?.bytes ?? lastLine
    let (descriptor, path, written) = (descriptor, file.path, bytes)
    do {
      try await alone { try Self.write(written, to: descriptor, path: path) }
      size += Int64(bytes.count)
      unsynced += bytes.count
      isChanged = true
      if unsynced >= Self.syncBytes { try await sync() }
    } catch let error as StoreError {
      fail(error)
      throw error
    }
  }

  private func sync() async throws {
    guard isChanged else { return }
    let (descriptor, path) = (descriptor, file.path)
    try await onQueue {
      guard fsync(descriptor) == 0 else { throw StoreError.cannotWrite(path: path, errno: errno) }
      FaultPoint.receiptsSynced.reached()
    }
    unsynced = 0
    isChanged = false
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(FileError) {
    guard FaultPoint.receiptsHalfAppended.isNext else {
      FaultPoint.receiptsHalfAppended.reached()
      try DurableFile.writeAll(bytes, to: descriptor, path: path)
      return FaultPoint.receiptsAppended.reached()
    }
    // Lines may be equally long: the first half ends within one, not behind it.
    let half = bytes.prefix(bytes.count / 2).last == UInt8(ascii: "\n") ? bytes.count / 2 - 1 : bytes.count / 2
    try DurableFile.writeAll(Array(bytes.prefix(half)), to: descriptor, path: path)
    FaultPoint.receiptsHalfAppended.reached()
    try DurableFile.writeAll(Array(bytes.dropFirst(half)), to: descriptor, path: path)
    FaultPoint.receiptsAppended.reached()
  }

  /// Runs `body` while no other process may change the file, and only when it ends where we left it and the spool is
  /// ours: this process may have been stopped at any time, and another may have continued.
  private func alone(_ body: @escaping @Sendable () throws -> Void) async throws {
    let (descriptor, path, expected, lock, patience) = (descriptor, file.path, size, lock, patience)
    try await onQueue {
      FaultPoint.receiptsBefore.reached()
      try FileLock.holding(descriptor, path: path, patience: patience) {
        try lock?.check()
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw StoreError.cannotWrite(path: path, errno: errno) }
        guard status.st_size == expected else {
          throw StoreError.overtaken(path: path, reason: "something else has changed it meanwhile")
        }
        try body()
      }
    }
  }

  private func fail(_ error: StoreError) {
    failure = error
    close(descriptor)
    descriptor = -1
  }

  /// Runs `body` outside of the actor; a ``FileError`` of it is thrown as a ``StoreError``.
  private func onQueue<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      queue.async {
        do {
          continuation.resume(returning: try body())
        } catch let error as FileError {
          continuation.resume(throwing: StoreError(error))
        } catch {
          continuation.resume(throwing: error)
        }
      }
    }
  }

  /// The place where the file, cut where it must be, agrees with the store.
  private static func wholeEnd(
    of descriptor: Int32, path: String, campaign: Int64, _ store: any MessageStore
  ) async throws -> End {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw StoreError.cannotRead(path: path, errno: errno) }
    let size = Int64(status.st_size)
    let start = max(0, size - tailBytes)
    guard lseek(descriptor, off_t(start), SEEK_SET) >= 0 else { throw StoreError.cannotRead(path: path, errno: errno) }
    var tail: [UInt8] = []
    while let piece = try StoreError.mapping({ () throws(FileError) in
      try DurableFile.readPiece(descriptor, 1 << 20, path: path)
    }) {
      tail += piece
    }
    var end = End()
    // Where the line under comparison begins in `tail`; the first one may have begun before it.
    var place = start == 0 ? 0 : (tail.firstIndex(of: UInt8(ascii: "\n")) ?? tail.count) + 1
    end.size = start + Int64(place)
    var known: ArraySlice<ReceiptLine> = []
    var seq: Int64 = start == 0 ? 1 : 0
    while place < tail.count, let feed = tail[place...].firstIndex(of: UInt8(ascii: "\n")) {
      let line = Array(tail[place..<feed])
      // A power cut leaves zeros where data of a longer file never arrived: no more than a line cut short.
      if line.contains(0), seq > 0 { break }
      if seq == 0 {
        do {
          seq = try Receipt(line: line).seq
        } catch {
          throw StoreError.receiptsDisagree(path: path, seq: 0, reason: "near its end a line is no receipt: \(error)")
        }
      }
      if known.isEmpty { known = try await store.receipts(of: campaign, after: seq - 1, limit: page)[...] }
      guard let expected = known.popFirst(), expected.seq == seq else {
        throw StoreError.receiptsDisagree(
          path: path, seq: seq, reason: "the database does not know it; is it older, or from another spool?")
      }
      guard expected.bytes == line else {
        throw StoreError.receiptsDisagree(path: path, seq: seq, reason: "the line was changed")
      }
      place = feed + 1
      end = End(size: start + Int64(place), count: seq, lastLine: line)
      seq += 1
    }
    if end.size < size {
      guard ftruncate(descriptor, off_t(end.size)) == 0 else {
        throw StoreError.cannotWrite(path: path, errno: errno)
      }
      end.isCut = true
      FaultPoint.receiptsCut.reached()
    }
    return end
  }
}
