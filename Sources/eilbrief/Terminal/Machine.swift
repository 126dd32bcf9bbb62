import Delivery
import Files
import Foundation
import Operations
import PostgresQueue
import Preflight
import SMTP

/// The dependencies of operations on this machine: SQLite or PostgreSQL, libcurl, the system's resolver, clocks and random numbers.
enum Machine {
  /// Opening a relay may take as long as a person waits for a check, not as long as a launch would.
  private static let checkTimeouts = Timeouts(connect: .seconds(20), greeting: .seconds(60))

  /// - Parameters:
  ///   - time: The clock: the machine's, except in a rehearsal.
  ///   - format: The form of the log's lines.
  static func dependencies(
    time: any DeliveryClock = SystemClock(), log format: LogFormat = .text
  ) throws -> Dependencies {
    let credentials = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"].map {
      URL(fileURLWithPath: $0, isDirectory: true)
    }
    return Dependencies(
      stores: QueueFolderOpener(process: getpid(), credentials: credentials),
      transport: { CurlTransport(secrets: $0, clientName: ClientName.ofThisMachine, clock: ContinuousClock()) },
      inspect: { relay, secrets, control in
        await CurlTransport(
          secrets: secrets, clientName: ClientName.ofThisMachine, timeouts: checkTimeouts, clock: ContinuousClock()
        ).inspect(relay, control: control)
      },
      dns: { DNSResolver(server: $0, clock: ContinuousClock()) }, time: time, randomBytes: randomBytes,
      jitter: { Double.random(in: 0..<1) },
      credentials: credentials, timeZone: .current, log: try CommandLog.logger(format))
  }

  /// Ends the process where it may have so few files open that the Swift runtime itself could not have its timers. Before
  /// anything else.
  static func requireDescriptors() {
    let needed = Descriptors.open + 64
    let limit = Descriptors.raiseLimit(to: max(needed, 256))
    guard limit < needed else { return }
    Console.error(
      "eilbrief: this process may have only \(limit) files open, and needs \(needed): raise its limit (`ulimit -n`).")
    Foundation.exit(ExitStatus.stopped.rawValue)
  }

  private static func randomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }

  /// Whether a process of this machine is stopped (SIGSTOP, or Ctrl-Z in its terminal). Looks into /proc; where there
  /// is none, no process is.
  static func isStopped(_ process: Int32) -> Bool {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      // The state follows the name, which is in brackets and may contain brackets.
      let end = text.lastIndex(of: ")")
    else { return false }
    return text[end...].dropFirst(2).first == "T"
  }
}
