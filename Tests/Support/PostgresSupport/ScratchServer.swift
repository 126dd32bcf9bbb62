public import Foundation
public import PostgresQueue
import Synchronization
import TestSupport

/// A PostgreSQL server in a folder of its own, reached by a Unix socket alone, with the durability of a real one.
///
/// It ends with the test process, however that ends, and its folder with it: a shell beside it waits for that. PostgreSQL
/// does not run as root; there it runs as the user `postgres`.
public final class ScratchServer: Sendable {
  public let folder: URL
  private let shell: ChildProcess
  private let queues = Mutex(0)

  /// The one that tests share; each of them has a queue of its own in it.
  public static func shared() async throws -> ScratchServer { try await started.value }

  // Unstructured: begun by the first test that needs it, for all.
  private static let started = Task { try await ScratchServer() }

  /// - Parameter settings: Of `postgresql.conf`.
  public init(_ settings: [String: String] = [:]) async throws {
    folder = try TemporaryFolder.make(permissions: 0o700)
    let options = settings.merging(Self.settings) { given, _ in given }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
    shell = try ChildProcess(
      "/bin/bash", ["-c", Self.script, "postgres", folder.path, try Self.programs()] + options, input: .heldOpen)
    try await start()
  }

  deinit { shell.closeInput() }

  /// Waits until it takes connections.
  private func start() async throws {
    for _ in 0..<600 {
      if shell.outputSoFar.contains("ready") { return }
      guard shell.isRunning else { break }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw HarnessError("no PostgreSQL: \(shell.outputSoFar)\(shell.errorsSoFar)")
  }

  /// The address of the database, and in it of a schema.
  ///
  /// - Parameter role: Beside `postgres` there are those that a test has made, with passwords.
  public func address(schema: String = "eilbrief", role: String = "postgres") throws -> PostgresAddress {
    try PostgresAddress("postgresql://\(role)@/eilbrief?host=\(folder.path)", schema: schema)
  }

  /// A queue that no other test has.
  public func newQueue() throws -> PostgresAddress {
    let number = queues.withLock { number in
      number += 1
      return number
    }
    let address = try address(schema: "queue_\(number)")
    _ = try PostgresQueue.initialize(address, password: nil, host: "here", process: getpid())
    return address
  }

  /// Runs statements as the superuser; what they print.
  @discardableResult
  public func psql(_ sql: String) async throws -> String {
    try await ChildProcess.tool(
      "\(Self.programs())/psql",
      [
        "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", folder.path, "-U", "postgres", "-d", "eilbrief", "-c",
        sql,
      ])
  }

  private static let settings = ["max_connections": "500", "shared_buffers": "64MB"]

  /// The folder of the newest server that is installed.
  private static func programs() throws -> String {
    let versions = try FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql").compactMap(Int.init)
    guard let newest = versions.max() else { throw HarnessError("PostgreSQL is not installed") }
    return "/usr/lib/postgresql/\(newest)/bin"
  }

  private static let script = #"""
    set -u
    folder=$1 programs=$2
    shift 2
    end() {
      if [ -f "$folder/data/postmaster.pid" ]; then kill -QUIT "$(head -1 "$folder/data/postmaster.pid")"; fi
      wait
      rm -rf "$folder"
    }
    trap end EXIT
    as=()
    if [ "$(id -u)" = 0 ]; then
      chown postgres "$folder"
      as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
    fi
    cd "$folder"
    "${as[@]}" "$programs/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >&2 || exit
    "${as[@]}" tee "$folder/data/pg_hba.conf" >/dev/null <<'HBA'
    local all postgres trust
    local all all scram-sha-256
    HBA
    "${as[@]}" "$programs/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= "$@" >&2 &
    until "$programs/psql" -X -q -h "$folder" -U postgres -d postgres -c 'CREATE DATABASE eilbrief' 2>/dev/null; do
      sleep 0.05
      kill -0 $! || exit
    done
    echo ready
    # Until the test process is gone.
    cat >/dev/null
    """#
}
