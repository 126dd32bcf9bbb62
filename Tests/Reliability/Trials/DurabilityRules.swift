/// What POSIX promises after a power cut, held against the calls of commands that ended well: data is on disk when its
/// file was synced after it was written, and a name when its folder was synced after it was made.
///
/// It needs no disk and knows no mercy: ext4 makes a new file's name durable with the file's first fsync, and every name
/// with any fsync after it; other file systems need not. What a fsync that lied leaves behind is not durable.
public struct DurabilityRules: Sendable {
  /// Written and not synced since: files by path.
  private var unsynced: Set<String> = []
  /// Names made and not synced since, by folder.
  private var unnamed: [String: Set<String>] = [:]
  /// Logs of databases that are there.
  private var logs: Set<String> = []
  /// What was broken on the way.
  private var broken: [String] = []

  /// Promises broken by a command that has told its operator how the campaign stands; none when `log` keeps all rules.
  public static func brokenPromises(of log: StorageLog) -> [String] {
    var rules = DurabilityRules()
    for call in log.calls where call.number > 0 { rules.take(call) }
    return rules.broken + rules.atTheEnd
  }

  private init() {}

  /// Locks are free after a restart, and may say then that their holders died; shared memory and a rollback journal are
  /// made anew; a file whose name was taken away ends with its process; figures for monitoring begin anew.
  private static func isPassing(_ path: String) -> Bool {
    path.hasPrefix("metrics.")
      || [".lock", " (deleted)", "-shm", "-journal"].contains { path.hasSuffix($0) }
  }

  private mutating func take(_ call: StorageLog.Call) {
    guard call.isDone, !Self.isPassing(call.path) else { return }
    if Self.database(ofLog: call.path) != nil { logs.insert(call.path) }
    switch call.name {
    case "fsync", "fdatasync":
      unsynced.remove(call.path)
      unnamed[call.path] = nil
    case "open", "mkdir", "link":
      name(call.path)
    case "unlink":
      if Self.database(ofLog: call.path).map(unsynced.contains) == true {
        broken.append("\(call.path) is removed before its database is synced")
      }
      unsynced.remove(call.path)
      logs.remove(call.path)
      unnamed[Self.folder(of: call.path)]?.remove(call.path)
    case "rename": rename(from: call.origin ?? "", to: call.path)
    default: unsynced.insert(call.path)
    }
  }

  private mutating func rename(from: String, to: String) {
    if unsynced.contains(from) { broken.append("\(to) takes its name before its data is synced") }
    let folder = Self.folder(of: to)
    // A checkpoint and its signature: only one of the two steps may be in doubt.
    let others = (unnamed[folder] ?? []).filter { $0 != from && $0.hasPrefix(folder + "/checkpoint.") }
    if to.hasPrefix(folder + "/checkpoint."), !others.isEmpty {
      broken.append("\(to) takes its name while those of \(others.sorted().joined(separator: ", ")) are not synced")
    }
    unnamed[folder]?.remove(from)
    unsynced.remove(from)
    name(to)
  }

  private mutating func name(_ path: String) { unnamed[Self.folder(of: path), default: []].insert(path) }

  /// `queue.sqlite` for `queue.sqlite-wal`. As long as the log is there, what SQLite has moved from it into the database
  /// needs no sync: it is moved again. While somebody still reads an older state, not all of it is moved, and SQLite does
  /// not sync.
  private static func database(ofLog path: String) -> String? {
    path.hasSuffix("-wal") ? String(path.dropLast("-wal".count)) : nil
  }

  private var atTheEnd: [String] {
    let files = unsynced.filter { !logs.contains($0 + "-wal") }.sorted().map { "\($0) is not synced" }
    let names = unnamed.sorted { $0.key < $1.key }.filter { !$0.value.isEmpty }
      .map { "\($0.key) is not synced after \($0.value.sorted().joined(separator: ", "))" }
    return files + names
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return String(path[..<slash])
  }
}
