public import Foundation

/// An ext4 file system on a loop device that a test fills and then mounts read-only. It needs root.
///
/// Unmounted when the test is through, when it throws, and also when the test process dies: a keeper process waits for the
/// end of a pipe that only the test process holds.
public struct ReadOnlyDisk: Sendable {
  public let folder: URL

  public static func with<Value>(_ body: (ReadOnlyDisk) async throws -> Value) async throws -> Value {
    let records = try TemporaryFolder.make(permissions: 0o755)
    let folder = records.appendingPathComponent("disk", isDirectory: true)
    let keeper = try ChildProcess(
      "/bin/sh",
      ["-c", "cat >/dev/null; umount -l \(folder.path) 2>/dev/null; rm -rf --one-file-system \(records.path)"],
      input: .heldOpen)
    let result: Result<Value, any Error>
    do {
      let image = records.appendingPathComponent("image").path
      try Data().write(to: URL(fileURLWithPath: image))
      guard truncate(image, 24 << 20) == 0 else { throw HarnessError("no room for \(image)") }
      try await ChildProcess.tool("mkfs.ext4", ["-q", "-F", image])
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try await ChildProcess.tool("mount", ["-o", "loop", image, folder.path])
      rmdir(folder.path + "/lost+found")
      result = .success(try await body(ReadOnlyDisk(folder: folder)))
    } catch {
      result = .failure(error)
    }
    keeper.closeInput()
    _ = await keeper.outcome()
    return try result.get()
  }

  public func makeReadOnly() async throws { try await ChildProcess.tool("mount", ["-o", "remount,ro", folder.path]) }
}
