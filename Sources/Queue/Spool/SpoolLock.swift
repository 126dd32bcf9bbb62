import FaultPoints
import Files
public import Foundation
import Mail
import Receipts

/// One delivering process per spool: `deliver.lock`, locked with flock(2) for as long as the value lives; and the locks
/// beside it that a worker needs (``Part``).
///
/// The kernel releases the lock when the process dies, however it dies. The file says who holds it; its content counts
/// only while the lock is held. When the file is removed, another process can take a new one: a process that writes to
/// the spool calls ``check()`` first. Fails with ``SpoolLockError``.
public final class SpoolLock: Sendable {
  private let descriptor: Int32
  private let file: URL
  /// The campaign it was taken for; empty for a worker's, which is for all.
  public let campaign: String
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
    /// One campaign: a worker that delivers it, or a guest that changes it beside the worker.
    case campaign(String)
    /// Changing one campaign while a worker delivers others (``StoreAccess/guest``). No process delivers alone, and none
    /// moves the log's pages, while somebody has it.
    case guest
    /// Being the worker of the spool, for as long as it runs.
    case worker
  }

  private init(descriptor: Int32, file: URL, campaign: String, status: stat) {
    self.descriptor = descriptor
    self.file = file
    self.campaign = campaign
    identity = Identity(status)
  }

  deinit { close(descriptor) }

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
    let lock = SpoolLock(descriptor: descriptor, file: file, campaign: campaign, status: status)
    // Removed between open and flock.
    guard lock.isOurs else { throw .held(Holder(file: file)) }
    let holder = Holder(pid: getpid(), host: hostName(), since: now, campaign: campaign)
    guard fchmod(descriptor, 0o600) == 0, ftruncate(descriptor, 0) == 0 else {
      throw .cannotWrite(.cannotWrite(path: path, errno: errno))
    }
    FaultPoint.lockTaken.reached()
    do throws(FileError) {
      try DurableFile.writeAll(holder.json, to: descriptor, path: path)
    } catch {
      throw .cannotWrite(StoreError(error))
    }
    return lock
  }

  /// Whether `deliver.lock` is still the file that was locked.
  public var isOurs: Bool { (try? isInPlace()) == true }

  /// Throws when this cannot be determined, as on a disk that fails.
  private func isInPlace() throws(StoreError) -> Bool {
    var status = stat()
    if stat(file.path, &status) == 0 { return Identity(status) == identity }
    guard errno == ENOENT || errno == ENOTDIR else { throw .cannotWrite(path: file.path, errno: errno) }
    return false
  }

  /// Fails with ``StoreError/overtaken(path:reason:)`` when `deliver.lock` was removed or replaced: another process may
  /// have become the one that writes. Fails with `cannotWrite` when that cannot be determined. Costs one look at the
  /// file's entry.
  public func check() throws(StoreError) {
    if try isInPlace() { return }
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
      self.init(pid: 0, host: "", since: nil, campaign: "")
      guard let bytes = try? DurableFile.read(file), var fields = try? StrictJSONReader(bytes),
        let pid = try? fields.take("pid").number(), let host = try? fields.take("host").text(),
        let since = try? fields.take("since").text(), let campaign = try? fields.take("campaign").text()
      else { return }
      self.init(
        pid: Int32(truncatingIfNeeded: pid), host: host, since: RFC3339.parse(since)?.date, campaign: campaign)
    }

    var json: [UInt8] {
      var json = StrictJSONWriter()
      json.begin()
      json.field("pid", Int64(pid))
      json.field("host", host)
      if let since { json.field("since", at: Milliseconds(since)) } else { json.field("since", "") }
      json.field("campaign", campaign)
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
