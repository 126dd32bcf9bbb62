import Foundation
import TestSupport

/// The calls that changed or synced the storage below a folder, in their order.
public struct StorageLog: Sendable {
  public struct Call: Sendable, Hashable {
    /// From 1; 0 for what is not counted.
    public var number: Int
    public var process: Int
    /// `write`, `fsync`, `rename`, …; also `close`, and `cut` when the power went.
    public var name: String
    public var descriptor: Int
    /// `ok`, `lied`, or the errno.
    public var outcome: String
    /// Relative to the folder, which is `.` itself.
    public var path: String
    /// Where a rename or link starts.
    public var origin: String?

    public init(
      number: Int, process: Int, name: String, descriptor: Int, outcome: String, path: String, origin: String? = nil
    ) {
      self.number = number
      self.process = process
      self.name = name
      self.descriptor = descriptor
      self.outcome = outcome
      self.path = path
      self.origin = origin
    }

    public var isDone: Bool { outcome == "ok" }
    public var isSync: Bool { name == "fsync" || name == "fdatasync" }
    public var isWrite: Bool { ["write", "pwrite", "writev", "pwritev", "ftruncate", "fallocate"].contains(name) }
  }

  public var calls: [Call]

  public init(calls: [Call]) { self.calls = calls }

  init(_ text: String, below folder: URL) throws {
    calls = []
    var origin: String?
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: false)
      guard parts.count == 6, let number = Int(parts[0]), let process = Int(parts[1]), let descriptor = Int(parts[3])
      else { throw HarnessError("no line of the storage's log: \(line)") }
      let path = Self.path(String(parts[5]), below: folder.path)
      if parts[2] == "from" {
        origin = path
        continue
      }
      calls.append(
        Call(
          number: number, process: process, name: String(parts[2]), descriptor: descriptor, outcome: String(parts[4]),
          path: path, origin: origin))
      origin = nil
    }
  }

  private static func path(_ path: String, below folder: String) -> String {
    let base = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    if path == base { return "." }
    return path.hasPrefix(base + "/") ? String(path.dropFirst(base.count + 1)) : path
  }

  /// Calls that count.
  public var count: Int { calls.count { $0.number > 0 } }
  public var syncs: Int { calls.count { $0.number > 0 && $0.isSync } }

  /// Calls on a descriptor whose fsync had failed, before it was closed: what reached the disk is unknown by then, and a
  /// second fsync may succeed without it.
  ///
  /// One is allowed: SQLite takes back the first page of a database that it could not make, and syncs the empty file.
  public var callsAfterFailedSync: [Call] {
    struct Descriptor: Hashable {
      var process: Int
      var number: Int
    }
    var failed: Set<Descriptor> = []
    var emptied: Set<Descriptor> = []
    var found: [Call] = []
    for call in calls {
      let descriptor = Descriptor(process: call.process, number: call.descriptor)
      if call.name == "close" || call.name == "open" {
        failed.remove(descriptor)
        emptied.remove(descriptor)
      } else if failed.contains(descriptor), call.isSync || call.isWrite {
        let takesBack = call.path == "queue.sqlite" && isBeingMade(call)
        if takesBack, call.name == "ftruncate" || emptied.contains(descriptor) {
          emptied.insert(descriptor)
        } else {
          found.append(call)
        }
      }
      if call.isSync, !call.isDone, call.outcome != "lied" { failed.insert(descriptor) }
    }
    return found
  }

  /// Nothing but its first page was ever written: the log does not exist yet.
  private func isBeingMade(_ call: Call) -> Bool {
    !calls.contains { $0.path == "queue.sqlite-wal" && $0.number > 0 && $0.number < call.number }
  }
}
