public import Foundation
import PowerCut
import TestSupport

/// One or more ext4 file systems on loop devices, and the switch that takes their power.
///
/// Mounted for the length of a trial. Unmounted, and the loop devices given back, when the body ends, when it throws, and
/// also when this process dies: a keeper process waits for the end of a pipe that only this process holds.
public final class PowerCutDisk: Sendable {
  /// How unsynced data is lost. Both write back nothing by themselves within a trial.
  public enum Mode: String, Sendable, CaseIterable {
    /// As Debian mounts it, but without ext4's help for programs that forget an fsync before a rename: data that was not
    /// synced has no place on the disk yet and is gone.
    case ordered = "commit=300,noauto_da_alloc"
    /// Sizes and places are kept with the journal while data is not: files have zeros where data never arrived.
    case writeback = "commit=300,noauto_da_alloc,nodelalloc,data=writeback"
  }

  private struct Volume: Sendable {
    let image: String
    let folder: URL
  }

  public let folder: URL
  private let mode: Mode
  private let volumes: [Volume]

  /// Nil when trials can run here; else why not: they need root, loop devices and a kernel that takes the switch.
  public static func obstacle() async -> String? {
    guard geteuid() == 0 else { return "it needs root" }
    do {
      return try await with(.ordered) { disk in
        try disk.cut()
        try await disk.mountAgain()
        return nil
      }
    } catch {
      return "\(error)"
    }
  }

  /// `volumes`: folders below the disk's that are file systems of their own, in the order they are to be mounted.
  public static func with<Value: Sendable>(
    _ mode: Mode, volumes: [String] = [], _ body: (PowerCutDisk) async throws -> Value
  ) async throws -> Value {
    let records = try TemporaryFolder.make(permissions: 0o700)
    let folder = records.appendingPathComponent("disk", isDirectory: true)
    let keeper = try ChildProcess(
      "/bin/sh",
      ["-c", "cat >/dev/null; umount -R -l \(folder.path) 2>/dev/null; rm -rf --one-file-system \(records.path)"],
      input: .heldOpen)
    let result: Result<Value, any Error>
    do {
      let all = [folder] + volumes.map { folder.appendingPathComponent($0, isDirectory: true) }
      let disk = PowerCutDisk(
        folder: folder, mode: mode,
        volumes: all.enumerated().map { Volume(image: records.path + "/image-\($0.offset)", folder: $0.element) })
      try await disk.make()
      result = .success(try await body(disk))
    } catch {
      result = .failure(error)
    }
    keeper.closeInput()
    _ = await keeper.outcome()
    return try result.get()
  }

  private init(folder: URL, mode: Mode, volumes: [Volume]) {
    self.folder = folder
    self.mode = mode
    self.volumes = volumes
  }

  /// The folders of all file systems.
  public var disks: [URL] { volumes.map(\.folder) }

  /// Takes the power of all at once. Every write fails from now on.
  public func cut() throws {
    for disk in disks {
      let code = power_cut(disk.path)
      guard code == 0 else { throw HarnessError("no power cut of \(disk.path): \(String(cString: strerror(code)))") }
    }
  }

  /// Gives the power back: unmounts all, and mounts them again, which replays their journals.
  public func mountAgain() async throws {
    for volume in volumes.reversed() { try await ChildProcess.tool("umount", [volume.folder.path]) }
    for volume in volumes { try await mount(volume) }
  }

  private func make() async throws {
    for volume in volumes {
      try Data().write(to: URL(fileURLWithPath: volume.image))
      guard truncate(volume.image, 24 << 20) == 0 else { throw HarnessError("no room for \(volume.image)") }
      try await ChildProcess.tool("mkfs.ext4", ["-q", "-F", "-J", "size=4", volume.image])
      try FileManager.default.createDirectory(
        at: volume.folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try await mount(volume)
      rmdir(volume.folder.path + "/lost+found")
      chmod(volume.folder.path, 0o700)
    }
    try await settle()
  }

  /// Writes everything to the disks.
  public func settle() async throws {
    for disk in disks { try await ChildProcess.tool("sync", ["-f", disk.path]) }
  }

  private func mount(_ volume: Volume) async throws {
    try await ChildProcess.tool("mount", ["-o", "loop,\(mode.rawValue)", volume.image, volume.folder.path])
  }
}
