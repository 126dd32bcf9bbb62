import Foundation

/// The loopback ports on which a process listens: a rehearsal tells nobody the port of its relay.
public enum ListeningPort {
  /// Ascending; empty when there is none, or no such process.
  public static func all(of process: Int32) throws -> [Int] {
    let folder = "/proc/\(process)/fd"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    // A descriptor may be closed while it is looked at.
    let sockets = Set(
      names.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }
        .filter { $0.hasPrefix("socket:[") }.map { $0.dropFirst(8).dropLast() })
    let lines = try String(contentsOfFile: "/proc/net/tcp", encoding: .utf8).split(separator: "\n").dropFirst()
    return lines.compactMap { line in
      let fields = line.split(separator: " ")
      // Local address, state (0A is LISTEN) and inode.
      guard fields.count > 9, fields[3] == "0A", fields[1].hasPrefix("0100007F:"), sockets.contains(fields[9]) else {
        return nil
      }
      return Int(fields[1].dropFirst(9), radix: 16)
    }.sorted()
  }
}
