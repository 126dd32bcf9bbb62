import Foundation

/// Debian's NSD as a name server on loopback, with zones written by a test, its own folder and a port of its own.
///
/// It knows the zone `example` and nothing else. It ends with the test, and also when the test process dies: the shell
/// around it waits for the end of a pipe that only the test process holds.
public struct TestNameServer: Sendable {
  public let port: UInt16
  public var address: String { "127.0.0.1:\(port)" }

  /// - Parameter records: Lines of the zone file below `example`, names as `firm.example.` or `firm`.
  public static func with<Value>(
    _ records: [String], _ body: (TestNameServer) async throws -> Value
  ) async throws -> Value {
    try await TemporaryFolder.with { folder in
      for _ in 0..<5 {
        let port = try freePort()
        try configuration(folder, port).write(
          to: folder.appendingPathComponent("nsd.conf"), atomically: false, encoding: .utf8)
        try zone(records).write(
          to: folder.appendingPathComponent("example.zone"), atomically: false, encoding: .utf8)
        let log = folder.appendingPathComponent("log")
        try? FileManager.default.removeItem(at: log)
        let keeper = try ChildProcess(
          "/bin/sh",
          ["-c", "/usr/sbin/nsd -d -c \(folder.path)/nsd.conf & pid=$!; cat >/dev/null; kill $pid; wait $pid"],
          input: .heldOpen)
        var isUp = false
        try await eventually("the name server starts or fails") {
          let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
          isUp = text.contains("nsd started")
          return isUp || text.contains("error: ")
        }
        let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
        guard isUp, !text.contains("error: ") else {
          keeper.closeInput()
          _ = await keeper.outcome()
          // Another process took the port meanwhile.
          if text.contains("Address already in use") { continue }
          throw HarnessError("the name server does not start:\n\(text)")
        }
        let result: Result<Value, any Error>
        do {
          result = .success(try await body(TestNameServer(port: port)))
        } catch {
          result = .failure(error)
        }
        keeper.closeInput()
        _ = await keeper.outcome()
        return try result.get()
      }
      throw HarnessError("no port for a name server")
    }
  }

  private static func configuration(_ folder: URL, _ port: UInt16) -> String {
    """
    server:
      ip-address: 127.0.0.1@\(port)
      username: ""
      chroot: ""
      zonesdir: "\(folder.path)"
      database: ""
      pidfile: ""
      xfrdfile: ""
      zonelistfile: "\(folder.path)/zone.list"
      logfile: "\(folder.path)/log"
      server-count: 1
    remote-control:
      control-enable: no
    zone:
      name: "example"
      zonefile: "example.zone"

    """
  }

  private static func zone(_ records: [String]) -> String {
    """
    $ORIGIN example.
    $TTL 300
    @ IN SOA ns hostmaster 1 3600 600 86400 300
    @ IN NS ns
    ns IN A 192.0.2.53
    delegated IN NS ns.delegated
    ns.delegated IN A 192.0.2.54
    \(records.joined(separator: "\n"))

    """
  }

  /// Free for UDP at least.
  public static func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isBound else { throw HarnessError("no free port: \(String(cString: strerror(errno)))") }
    return UInt16(bigEndian: address.sin_port)
  }
}
