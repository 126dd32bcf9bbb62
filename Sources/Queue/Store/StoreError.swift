import Files
public import Receipts

/// The reason the store could not do its job.
///
/// Says what, where and what to do; holds no password, no body and no address. `cannotWrite`, `storageFailed` and `databaseFailed`
/// mean that the process must stop (exit 73): nothing after them is durable. `overtaken` means that it must stop because
/// another one continues (exit 75). `invalidPlan` and `campaignExists` are for the operator to fix; `invariant` and
/// `notPermitted` are faults of this program.
public enum StoreError: Error, Sendable, Hashable, CustomStringConvertible {
  /// There is no spool here yet.
  case noSpool(path: String)
  /// Written by a newer version of the program.
  case newerVersion(path: String, found: Int, known: Int)
  /// Written by an older version; the next delivery brings it up to date.
  case olderVersion(path: String, found: Int, known: Int)
  /// Not a spool: another application's database, or no database at all.
  case notASpool(path: String, reason: String)
  /// A database that cannot be the queue as it is: why, and what to do.
  case unusable(path: String, reason: String)
  /// The server of the database, or the way to it, failed while something was written, or before: what reached its disk is
  /// unknown, so this process writes no more.
  case databaseFailed(path: String, cause: String)
  /// A process of another machine delivers from the database.
  case held(path: String, host: String, process: Int64)
  /// The data read contradicts itself: the file is damaged, or the disk does not return what was written to it.
  case damaged(path: String)
  case cannotRead(path: String, cause: String)
  /// Disk full, no permission, read-only or an I/O error.
  case cannotWrite(path: String, cause: String)
  /// An earlier write failed; what reached the disk is unknown, so this process writes no more.
  case storageFailed(path: String, cause: String)
  /// This process has as many files open as it may; nothing is wrong with the disk.
  case noDescriptors(path: String)
  /// Another process kept the file locked for too long.
  case busy(path: String)
  /// The spool belongs to another process by now, or may; this one must stop, and writes no more.
  case overtaken(path: String, reason: String)
  case campaignExists(String)
  case noSuchCampaign(Int64)
  /// The frozen plan contradicts itself.
  case invalidPlan(String)
  case invalidCampaignChange(campaign: String, from: CampaignState, to: CampaignState, reason: String)
  /// The reason the campaign's personal data cannot be removed now: not over, not begun or done before.
  case cannotPurge(campaign: String, reason: String)
  /// Its customers, messages and key are removed, or being removed: nothing else can be done with the campaign.
  case purged(campaign: String)
  /// The receipts file and the database tell different stories: changed by hand, or from another spool.
  case receiptsDisagree(path: String, seq: Int64, reason: String)
  /// The store was opened for less than what was asked of it.
  case notPermitted(String)
  /// A rule of the schema refused a change; nothing was changed.
  case invariant(String)

  public var description: String {
    switch self {
    case .noSpool(let path):
      "\(path): there is no queue here; `launch` makes one, or name another folder with --queue"
    case .newerVersion(let path, let found, let known):
      "\(path): written by a newer version of eilbrief (format \(found), this one knows \(known)); install that version"
    case .olderVersion(let path, let found, let known):
      "\(path): written by an older version of eilbrief (format \(found), this one wants \(known)); `resume` converts it"
    case .damaged(let path):
      """
      \(path): the database is damaged, or the disk is failing. See to the disk, then run the command again. If it stays \
      damaged, keep the whole folder as it is: an older copy does not know what was sent since, and would send it again; \
      the receipts do know
      """
    case .unusable(let path, let reason): "\(path): \(reason)"
    case .databaseFailed(let path, let cause):
      "\(path): \(cause); run `resume` once the database can be reached and written to"
    case .held(let path, let host, let process):
      """
      \(path): process \(process) on \(host) delivers from this database; wait for it or stop it there. Once it is gone, or \
      cannot be reached by the database for half a minute, another one may
      """
    case .notASpool(let path, let reason):
      "\(path): this is not a queue folder of eilbrief: \(reason); name another folder with --queue"
    case .cannotRead(let path, let cause): FileError(.read, path, .other(cause)).description
    case .cannotWrite(let path, let cause): FileError(.write, path, .other(cause)).description
    case .storageFailed(let path, let cause):
      "\(path): an earlier write failed (\(cause)); run `resume` once the disk is in order"
    case .noDescriptors(let path): FileError.outOfDescriptors(path).description
    case .busy(let path): FileError(.lock, path, .locked).description
    case .overtaken(let path, let reason):
      """
      \(path): \(reason). This process may no longer be the one that writes to the queue folder, so it has ended and wrote nothing \
      more. `eilbrief status` says who delivers; when nobody does, `eilbrief resume` continues. Letters this process had on \
      the wire may be uncertain.
      """
    case .campaignExists(let name): "the campaign “\(name)” is already in the queue; `resume` continues it"
    case .noSuchCampaign(let id): "the queue has no campaign with number \(id)"
    case .invalidPlan(let reason): "the plan cannot be frozen: \(reason)"
    case .invalidCampaignChange(let campaign, let from, let to, let reason):
      "the campaign “\(campaign)” is \(from.rawValue) and cannot become \(to.rawValue): \(reason)"
    case .cannotPurge(let campaign, let reason): "the campaign “\(campaign)” cannot be purged: \(reason)"
    case .purged(let campaign): "the campaign “\(campaign)” was purged: its customers and letters are gone"
    case .receiptsDisagree(let path, let seq, let reason):
      "\(path): receipt \(seq) is not what the database has: \(reason); keep both as evidence and run `receipts verify`"
    case .notPermitted(let what): "the queue was not opened for that: \(what)"
    case .invariant(let rule): "a rule of the queue refused the change, nothing was changed: \(rule)"
    }
  }

  /// The operator's disk or permissions are to blame: exit 73.
  public var isStorageFailure: Bool {
    switch self {
    case .cannotWrite, .storageFailed, .databaseFailed: true
    default: false
    }
  }
}

extension StoreError {
  /// The one place where a failure of the spool's files becomes the store's.
  init(_ error: FileError) {
    self =
      switch error.attempt {
      case _ where error.isOutOfDescriptors: .noDescriptors(path: error.path)
      case .read: .cannotRead(path: error.path, cause: error.reason)
      case .write: .cannotWrite(path: error.path, cause: error.reason)
      case .lock: .busy(path: error.path)
      }
  }

  /// Runs `body`; its ``FileError`` is thrown as a ``StoreError``.
  static func mapping<T>(_ body: () throws(FileError) -> T) throws(StoreError) -> T {
    do throws(FileError) {
      return try body()
    } catch {
      throw StoreError(error)
    }
  }

  static func cannotWrite(path: String, errno code: Int32) -> StoreError {
    StoreError(FileError(.write, path, .system(code)))
  }

  static func cannotRead(path: String, errno code: Int32) -> StoreError {
    StoreError(FileError(.read, path, .system(code)))
  }
}
