import FaultPoints
import Files
public import Foundation
import Mail
import Receipts

/// One delivering process per spool: `deliver.lock`, locked with flock(2) for as long as the value lives; and the locks
/// beside it that a worker needs (``Part``).
///
/// The kernel releases the lock when the process dies, however it dies. The file says who holds it, and afterwards whether
/// that process let go of it or died with it (``lastEnd(of:_:)``). When the file is removed, another process can take a new
/// one: a process that writes to the spool calls ``check()`` first. Fails with ``SpoolLockError``.
public final class SpoolLock: Sendable {
  private let descriptor: Int32
  private let file: URL
  /// The campaign it was taken for; empty for a worker's, which is for all.
  public let campaign: String
  /// What the file says when it is let go.
  private let released: [UInt8]
  /// Not given to another file while the descriptor is open.
  private let identity: Identity

  private struct Identity: Equatable {
    var device: dev_t
    var inode: ino_t

    init(_ status: stat) {
      device = status.st_dev
      inode = status.st_ino
    }
  }

  /// What a lock is for.
  public enum Part: Sendable, Hashable {
    /// Delivering from the spool. A worker takes it for all its campaigns together.
    case delivery
    /// One campaign: a process that delivers it, alone or as a worker, or hands it over; or a guest that changes it beside
    /// the worker.
    case campaign(String)
    /// Changing one campaign while a worker delivers others (``StoreAccess/guest``). No process delivers alone, and none
    /// moves the log's pages, while somebody has it.
    case guest
    /// Being the worker of the spool, for as long as it runs.
    case worker
  }

  private init(descriptor: Int32, file: URL, identity: Identity, _ holder: Holder) {
    self.descriptor = descriptor
    self.file = file
    self.identity = identity
    campaign = holder.campaign
    released = holder.json(hasEnded: true)
  }

  /// One write over what is there, of the same length: it needs no room, and whoever looks meanwhile sees the holder. Where
  /// it fails, the process counts as one that died.
  deinit {
    _ = released.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    close(descriptor)
  }

  /// Takes a lock that belongs to whoever has the spool's: who holds it still was overtaken, and is left with a file that
  /// has no name any more.
  public static func takeOver(
    _ spool: Spool, _ part: Part, campaign: String, at now: Date
  ) throws(SpoolLockError) -> SpoolLock {
    do {
      return try take(spool, part, campaign: campaign, at: now)
    } catch {
      guard case .held = error else { throw error }
      unlink(spool.file(of: part).path)
      return try take(spool, part, campaign: campaign, at: now)
    }
  }

  /// Takes the lock, or reports its holder.
  public static func take(
    _ spool: Spool, _ part: Part = .delivery, campaign: String, at now: Date
  ) throws(SpoolLockError) -> SpoolLock {
    let file = spool.file(of: part)
    do {
      try Spool.makePrivateFolder(spool.folder)
    } catch {
      throw .cannotWrite(error)
    }
    let path = file.path
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .cannotWrite(.cannotWrite(path: path, errno: errno)) }
    var attempts = 5
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let reason = errno
      attempts -= 1
      if reason == EWOULDBLOCK || reason == EINTR, attempts > 0 {
        // A reader that asks for the holder takes the lock for an instant.
        usleep(20_000)
        continue
      }
      let holder = Holder(file: file)
      close(descriptor)
      throw reason == EWOULDBLOCK ? .held(holder) : .cannotWrite(.cannotWrite(path: path, errno: reason))
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let reason = errno
      close(descriptor)
      throw .cannotWrite(.cannotWrite(path: path, errno: reason))
    }
    let (identity, holder) = (
      Identity(status), Holder(pid: getpid(), host: hostName(), since: now, campaign: campaign)
    )
    do throws(SpoolLockError) {
      // Removed between open and flock.
      guard (try? isInPlace(file, identity)) == true else { throw .held(Holder(file: file)) }
      try write(holder, to: descriptor, path: path)
    } catch {
      close(descriptor)
      throw error
    }
    return SpoolLock(descriptor: descriptor, file: file, identity: identity, holder)
  }

  /// Durable, so that after a power cut the file does not say that the holder before has let go.
  private static func write(_ holder: Holder, to descriptor: Int32, path: String) throws(SpoolLockError) {
    guard fchmod(descriptor, 0o600) == 0, ftruncate(descriptor, 0) == 0 else {
      throw .cannotWrite(.cannotWrite(path: path, errno: errno))
    }
    FaultPoint.lockTaken.reached()
    do throws(FileError) {
      try DurableFile.writeAll(holder.json(hasEnded: false), to: descriptor, path: path)
    } catch {
      throw .cannotWrite(StoreError(error))
    }
    guard fsync(descriptor) == 0 else { throw .cannotWrite(.cannotWrite(path: path, errno: errno)) }
  }

  /// Whether `deliver.lock` is still the file that was locked.
  public var isOurs: Bool { (try? Self.isInPlace(file, identity)) == true }

  /// Throws when this cannot be determined, as on a disk that fails.
  private static func isInPlace(_ file: URL, _ identity: Identity) throws(StoreError) -> Bool {
    var status = stat()
    if stat(file.path, &status) == 0 { return Identity(status) == identity }
    guard errno == ENOENT || errno == ENOTDIR else { throw .cannotWrite(path: file.path, errno: errno) }
    return false
  }

  /// Fails with ``StoreError/overtaken(path:reason:)`` when `deliver.lock` was removed or replaced: another process may
  /// have become the one that writes. Fails with `cannotWrite` when that cannot be determined. Costs one look at the
  /// file's entry.
  public func check() throws(StoreError) {
    if try Self.isInPlace(file, identity) { return }
    if let holder = Self.holder(file: file), holder.pid > 0 {
      throw .overtaken(path: file.path, reason: "process \(holder.pid) on \(holder.host) has taken over meanwhile")
    }
    throw .overtaken(path: file.path, reason: "it was removed or replaced meanwhile")
  }

  /// The process that delivers from the spool at this moment, or has another lock of it; nil when there is none. What is
  /// unknown about a holder is left empty.
  public static func holder(of spool: Spool, _ part: Part = .delivery) -> Holder? {
    holder(file: spool.file(of: part))
  }

  /// The process that delivers the campaign at this moment, alone or as a worker; nil when none does.
  public static func deliverer(of campaign: String, in spool: Spool) -> Holder? {
    guard let holder = holder(of: spool) else { return nil }
    if holder.isWorker { return self.holder(of: spool, .campaign(campaign)) }
    return holder.campaign == campaign ? holder : nil
  }

  private static func holder(file: URL) -> Holder? {
    let descriptor = open(file.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK else { return nil }
    return Holder(file: file)
  }

  /// How the last process that had a lock ended; nil while one has it, when none had, and when the file does not say: it is
  /// one of an earlier version, or its holder died in the instant of taking it.
  public static func lastEnd(of spool: Spool, _ part: Part) -> End? {
    let file = spool.file(of: part)
    let descriptor = open(file.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    // Held until it was read: nobody takes it meanwhile.
    guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return nil }
    guard let (holder, hasEnded) = Holder.read(file), let hasEnded else { return nil }
    return hasEnded ? .released(holder) : .died(holder)
  }

  /// How a process that had a lock ended.
  public enum End: Sendable, Hashable {
    /// It let go of the lock, whatever came of its work.
    case released(Holder)
    /// It was killed or its machine went down; or its disk took no more.
    case died(Holder)
  }

  /// The name of this machine.
  package static func hostName() -> String {
    var name = [UInt8](repeating: 0, count: 256)
    let result = name.withUnsafeMutableBytes {
      $0.withMemoryRebound(to: CChar.self) { gethostname($0.baseAddress!, 255) }  // 256 bytes have a base address.
    }
    return result == 0 ? String(decoding: name.prefix { $0 != 0 }, as: UTF8.self) : ""
  }

  public struct Holder: Sendable, Hashable {
    public var pid: Int32
    public var host: String
    public var since: Date?
    /// Empty for a worker, which is there for all campaigns.
    public var campaign: String

    public var isWorker: Bool { pid > 0 && campaign.isEmpty }

    public init(pid: Int32, host: String, since: Date?, campaign: String) {
      self.pid = pid
      self.host = host
      self.since = since
      self.campaign = campaign
    }

    /// The file's content; unknown where it says nothing yet.
    init(file: URL) {
      self = Self.read(file)?.holder ?? Holder(pid: 0, host: "", since: nil, campaign: "")
    }

    /// Also whether it has let go; nil in a file of an earlier version.
    static func read(_ file: URL) -> (holder: Holder, hasEnded: Bool?)? {
      guard let bytes = try? DurableFile.read(file), var fields = try? StrictJSONReader(bytes),
        let pid = try? fields.take("pid").number(), let host = try? fields.take("host").text(),
        let since = try? fields.take("since").text(), let campaign = try? fields.take("campaign").text()
      else { return nil }
      let holder = Holder(
        pid: Int32(truncatingIfNeeded: pid), host: host, since: RFC3339.parse(since)?.date, campaign: campaign)
      return (holder, (try? fields.takeIfThere("ended")?.number()).map { $0 == 1 })
    }

    /// Of the same length whether it has ended or not.
    func json(hasEnded: Bool) -> [UInt8] {
      var json = StrictJSONWriter()
      json.begin()
      json.field("pid", Int64(pid))
      json.field("host", host)
      if let since { json.field("since", at: Milliseconds(since)) } else { json.field("since", "") }
      json.field("campaign", campaign)
      json.field("ended", hasEnded ? 1 : 0)
      json.end()
      return json.bytes
    }
  }
}

/// The reason the spool's lock was not taken.
public enum SpoolLockError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Another process delivers from this spool, or is about to.
  case held(SpoolLock.Holder)
  case cannotWrite(StoreError)

  public var description: String {
    switch self {
    case .held(let holder):
      if holder.isWorker {
        """
        process \(holder.pid) on \(holder.host), a worker, delivers from this queue folder: hand the campaign over to it \
        (`launch` or `resume` with --detach), or stop the worker first
        """
      } else if let since = holder.since {
        """
        the spool is in use by process \(holder.pid) on \(holder.host), which has been at work on \
        “\(holder.campaign)” since \(RFC3339.string(since)); wait for it, or stop it: \
        `eilbrief pause \(holder.campaign)` while it delivers, Ctrl-C in its terminal while it asks
        """
      } else {
        "the spool is in use by another process, which has just begun; try again"
      }
    case .cannotWrite(let error): error.description
    }
  }
}
