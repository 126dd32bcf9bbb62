import CCurl
public import Campaigns
public import Delivery
import Dispatch
import Foundation
import Synchronization

/// Sends through real relays: every session is one libcurl connection on a thread of its own.
///
/// Owns the secrets and the time limits; makes sessions, which fail with ``RelayUnavailable`` and never throw.
/// Making the first transport sets libcurl up and ignores SIGPIPE for the whole process: do it before other threads
/// use libcurl.
public struct CurlTransport: Transport {
  private let secrets: RelaySecrets
  private let clientName: String
  private let timeouts: Timeouts
  private let uptime: Uptime
  private let gates = OpeningGates()
  private let pipelining = PipeliningFaults()

  /// - Parameters:
  ///   - secrets: by the relay's name; needed for every relay that has a user name.
  ///   - clientName: our name in EHLO for relays that have no ``Relay/helo``: this machine's full host name, or an address
  ///     literal (RFC 5321 §4.1.1.1).
  ///   - clock: measures the time limits; the waiting itself is poll(2)'s.
  public init(
    secrets: RelaySecrets, clientName: String, timeouts: Timeouts = Timeouts(), clock: some Clock<Duration>
  ) {
    self.secrets = secrets
    self.clientName = clientName
    self.timeouts = timeouts
    let start = clock.now
    uptime = { start.duration(to: clock.now) }
    CurlLibrary.setUp()
  }

  /// For relays that take passwords.
  public init(
    passwords: [String: Password], clientName: String, timeouts: Timeouts = Timeouts(), clock: some Clock<Duration>
  ) {
    self.init(secrets: RelaySecrets(passwords: passwords), clientName: clientName, timeouts: timeouts, clock: clock)
  }

  private func settings(_ relay: Relay) -> ConnectionSettings {
    ConnectionSettings(
      relay: relay, password: secrets.passwords[relay.name], tokens: secrets.tokens[relay.name],
      clientName: relay.helo ?? clientName, timeouts: timeouts)
  }

  /// A closed session with its thread; the thread ends when the session is released.
  public func makeSession(relay: Relay, control: SessionControl) -> any Session {
    CurlSession(
      settings: settings(relay), control: control, uptime: uptime, pipelining: pipelining,
      gate: gates.gate(of: relay.name))
  }

  /// File descriptors of an open connection.
  public static let descriptorsKept = CurlConnection.descriptorsKept

  /// The file descriptors that sessions of all these relays need at once: each its own, and some more while it is opened.
  public static func descriptors(for relays: [Relay]) -> Int {
    relays.reduce(0) { sum, relay in
      sum + relay.connections * descriptorsKept
        + min(relay.connections, OpeningGates.atOnce) * CurlConnection.descriptorsToOpen
    }
  }

  /// Opens a connection as a session does, inspects it, and closes it: nothing is sent. A relay whose secret is
  /// missing is inspected without logging in.
  public func inspect(_ relay: Relay, control: SessionControl = SessionControl()) async -> RelayInspection {
    var settings = settings(relay)
    if settings.password == nil, settings.tokens == nil { settings.relay.username = nil }
    return await CurlSession(
      settings: settings, control: control, uptime: uptime, gate: gates.gate(of: relay.name)
    ).inspect()
  }
}

/// Lets few sessions of one relay open their connections at the same time: opening needs more descriptors than an open
/// connection does, and a relay that is asked by all at once refuses some.
final class OpeningGates: Sendable {
  static let atOnce = 4
  private let gates = Mutex<[String: DispatchSemaphore]>([:])

  func gate(of relay: String) -> DispatchSemaphore {
    gates.withLock { gates in
      if let gate = gates[relay] { return gate }
      let gate = DispatchSemaphore(value: Self.atOnce)
      gates[relay] = gate
      return gate
    }
  }
}

/// The relays that have swallowed commands that came together: they are spoken to one command at a time (RFC 2920 §3.1
/// promises otherwise, and some relays and firewalls before them do not keep it).
final class PipeliningFaults: Sendable {
  private let relays = Mutex<Set<String>>([])

  func contains(_ relay: String) -> Bool { relays.withLock { $0.contains(relay) } }

  /// False when it is known already.
  func insert(_ relay: String) -> Bool { relays.withLock { $0.insert(relay).inserted } }
}

/// Time since some fixed moment; it never goes back.
typealias Uptime = @Sendable () -> Duration

/// libcurl as a whole: what has to happen once in a process, before anything else of it is used.
enum CurlLibrary {
  /// Initialises libcurl and ignores SIGPIPE: a write to a connection that the relay has closed is an error to read,
  /// not the end of the process. Safe to call again.
  static func setUp() {
    precondition(status == CURLE_OK, "libcurl cannot be initialised; the installed library is broken")
  }

  private static let status: CURLcode = {
    signal(SIGPIPE, SIG_IGN)
    // libcurl would write the keys of every TLS connection to the file that it names.
    unsetenv("SSLKEYLOGFILE")
    return curl_global_init(Int(CURL_GLOBAL_DEFAULT))
  }()
}
