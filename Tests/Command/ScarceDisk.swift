import Foundation
import TestSupport

/// A folder in which a test lets the space run out, and frees it again.
///
/// It is a tmpfs of its own. Where nothing can be mounted, a limit on the size of files stands in: it fails the same
/// writes, with the words for an I/O error. Unmounted when the test is through, when it throws, and also when the test
/// process dies: a keeper process waits for the end of a pipe that only the test process holds.
final class ScarceDisk {
  let folder: URL
  let isMounted: Bool
  /// Bytes a file may have; nil while there is room.
  private var limit: Int?

  /// What the store says of a write that has failed.
  var cause: String {
    isMounted ? "no space left on the disk (SQLite 13)" : "input/output error (SQLite 778)"
  }

  static func with<Value>(_ body: (ScarceDisk) async throws -> Value) async throws -> Value {
    let folder = try TemporaryFolder.make(permissions: 0o700)
    let keeper = try ChildProcess(
      "/bin/sh",
      ["-c", "cat >/dev/null; \(sudo) umount -l \(folder.path) 2>/dev/null; rm -rf \(folder.path)"], input: .heldOpen)
    let result: Result<Value, any Error>
    do {
      let words =
        sudo.split(separator: " ").map(String.init) + [
          "mount", "-t", "tmpfs", "-o", "size=48m,mode=700,uid=\(getuid()),gid=\(getgid())", "tmpfs", folder.path,
        ]
      let mount = try await ChildProcess.run(words[0], Array(words.dropFirst()))
      result = .success(try await body(ScarceDisk(folder: folder, isMounted: mount.status == 0)))
    } catch {
      result = .failure(error)
    }
    keeper.closeInput()
    _ = await keeper.outcome()
    return try result.get()
  }

  private init(folder: URL, isMounted: Bool) {
    self.folder = folder
    self.isMounted = isMounted
  }

  private static let sudo = getuid() == 0 ? "" : "sudo -n"
  private var filler: URL { folder.appendingPathComponent("filler") }

  /// Leaves `bytes` of room; `process` is one that runs already.
  func fill(leaving bytes: Int, process: EilbriefProcess? = nil) async throws {
    guard isMounted else {
      let log = try? FileManager.default.attributesOfItem(atPath: folder.path + "/queue.sqlite-wal")
      limit = ((log?[.size] as? Int) ?? 0) + bytes
      if let process {
        try await ChildProcess.tool(
          "prlimit", ["--pid", "\(process.child.identifier)", "--fsize=\(limit ?? 0)"])
      }
      return
    }
    try Data().write(to: filler)
    let file = try FileHandle(forWritingTo: filler)
    defer { try? file.close() }
    let page = Data(count: 4096)
    var count = 0
    // Ends with the error that there is no space.
    while (try? file.write(contentsOf: page)) != nil { count += 1 }
    try file.truncate(atOffset: UInt64(max(0, count * 4096 - bytes)))
  }

  func free() throws {
    limit = nil
    if isMounted { try FileManager.default.removeItem(at: filler) }
  }

  /// Runs `eilbrief` on this disk as it is now.
  func run(_ arguments: String...) async throws -> ChildProcess.Outcome {
    var environment = ChildProcess.plainEnvironment
    environment["EILBRIEF_QUEUE"] = folder.path
    let words = (limit.map { ["prlimit", "--fsize=\($0)"] } ?? ["env"]) + [try EilbriefProcess.executable().path]
    return try await ChildProcess.run(words[0], Array(words.dropFirst()) + arguments, environment: environment)
  }
}
