import Foundation
import TestSupport

/// Postfix's `smtp-sink` on loopback: a relay that takes whatever comes, without TLS and login, and keeps what it took as
/// files. It starts at once and needs no configuration, so tests in which a relay only has to be there use it.
///
/// It is killed and its folder removed when the test is through, when it throws, and also when the test process dies: its
/// parent is a shell that waits for the end of a pipe that only the test process holds.
struct SinkRelay: Sendable {
  let port: Int
  private let messages: URL

  /// Starts a relay, hands it over, and stops it. `options` are smtp-sink's own, as `-w 600` to stall at DATA.
  static func with<Value>(options: [String] = [], _ body: (SinkRelay) async throws -> Value) async throws -> Value {
    // As root it becomes another user, who has to write here.
    let folder = try TemporaryFolder.make(permissions: 0o711)
    let messages = folder.appendingPathComponent("messages", isDirectory: true)
    try FileManager.default.createDirectory(at: messages, withIntermediateDirectories: false)
    chmod(messages.path, 0o777)
    let relay = SinkRelay(port: try PostfixRelay.freePorts().0, messages: messages)
    let user = getuid() == 0 ? ["-u", "nobody"] : []
    let keeper = try ChildProcess(
      "/bin/sh",
      ["-c", "smtp-sink \"$@\" & cat >/dev/null; kill -9 $!; rm -rf '\(folder.path)'", "sh"] + user
        + options + ["-d", messages.path + "/%H%M%S.", "127.0.0.1:\(relay.port)", "100"], input: .heldOpen)
    let result: Result<Value, any Error>
    do {
      try await eventually("smtp-sink greets; its words: \(keeper.errorsSoFar)") {
        BoundPort.greeting(of: relay.port)?.hasPrefix("220 ") ?? false
      }
      result = .success(try await body(relay))
    } catch {
      result = .failure(error)
    }
    keeper.closeInput()
    _ = await keeper.outcome()
    return try result.get()
  }

  /// The recipients of what it took, one a message, in no order.
  func recipients() throws -> [String] {
    try FileManager.default.contentsOfDirectory(at: messages, includingPropertiesForKeys: nil).flatMap { file in
      try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
        .prefix { !$0.hasPrefix("Received:") }.filter { $0.hasPrefix("X-Rcpt-Args: ") }
        .map { String($0.dropFirst("X-Rcpt-Args: ".count)) }
    }
  }
}
