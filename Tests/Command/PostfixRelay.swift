import Foundation
import TestSupport

/// Debian's Postfix as a relay on loopback, with its own configuration, queue, log, ports and certificate authority.
///
/// It demands a login before it relays, offers AUTH after TLS only, and delivers whatever it takes into ``maildir``.
/// Any number may run at once. It is stopped and its folder removed when the test is through, when it throws, and also
/// when the test process dies: a keeper process waits for the end of a pipe that only the test process holds.
///
/// Postfix needs root; without it, `sudo` must work without asking.
struct PostfixRelay: Sendable {
  struct Login: Sendable {
    var user = "support@\(PostfixRelay.hostName)"
    var password = "wasser kocht über"
    var mechanisms = "PLAIN LOGIN CRAM-MD5"
  }

  struct Options: Sendable {
    /// Names in the certificate, as `DNS:localhost`; nil: no TLS, and AUTH is offered in clear.
    var certificateNames: [String]? = ["DNS:localhost", "IP:127.0.0.1"]
    /// Needed before anything is relayed; nil: everybody may send.
    var login: Login? = Login()
    /// EHLO keywords the relay keeps to itself, as `pipelining` or `8bitmime`.
    var hiddenKeywords: [String] = []
    /// Whether it offers SMTPUTF8.
    var smtpUTF8 = true
    /// Connections served at the same time on each port; nil is Postfix's default, 100.
    var processLimit: Int?
    /// Bytes; the relay refuses larger messages.
    var messageSizeLimit = 10_240_000
    /// What comes back after it was taken, by address: an enhanced status and words, as `5.1.1 unknown user`.
    var returned: [String: String] = [:]

    static let standard = Options()
    static let withoutTLS = Options(certificateNames: nil)
    static let wrongHost = Options(certificateNames: ["DNS:somewhere-else.example"])
    static let withoutPipelining = Options(hiddenKeywords: ["pipelining"])
  }

  static let hostName = "relay.example"

  let options: Options
  /// SMTP, with STARTTLS unless the options say otherwise.
  let port: Int
  /// SMTP with TLS from the start; nothing listens there without TLS.
  let tlsPort: Int
  /// PEM file with the authority to trust; nil without TLS.
  let authority: URL?
  private let folder: URL

  /// Starts a relay, hands it over, and stops it.
  static func with<Value>(
    _ options: Options = .standard, _ body: (PostfixRelay) async throws -> Value
  ) async throws -> Value {
    // Postfix's own users have to pass through.
    let folder = try TemporaryFolder.make(permissions: 0o711)
    let keeper = try ChildProcess(
      "/bin/sh", ["-c", "cat >/dev/null; \(sudo) sh -c '\(stopCommand(folder)); rm -rf \(folder.path)' 2>/dev/null"],
      input: .heldOpen)
    do {
      let value = try await body(try await PostfixRelay(options, in: folder))
      keeper.closeInput()
      _ = await keeper.outcome()
      return value
    } catch {
      keeper.closeInput()
      _ = await keeper.outcome()
      throw error
    }
  }

  private init(_ options: Options, in folder: URL) async throws {
    self.options = options
    self.folder = folder
    (port, tlsPort) = try Self.freePorts()
    var certificates: TestCertificates?
    if let names = options.certificateNames { certificates = try await TestCertificates(in: folder, names: names) }
    authority = certificates?.authority
    let isRoot = getuid() == 0
    let settings = PostfixSettings(
      folder: folder, options: options, port: port, tlsPort: tlsPort, certificates: certificates,
      owner: isRoot ? (65_534, 65_534) : (getuid(), getgid()))
    try settings.write()
    if let login = options.login {
      let parts = login.user.split(separator: "@", maxSplits: 1).map(String.init)
      try await Self.privileged(
        "saslpasswd2 -f \(folder.path)/sasldb2 -c -p -u '\(parts.last ?? "")' '\(parts.first ?? "")'"
          + " && chown postfix \(folder.path)/sasldb2",
        input: .bytes(Array(login.password.utf8)))
    }
    if isRoot { try await Self.privileged("chown 65534:65534 \(folder.path)/mail") }
    try await Self.privileged("chown postfix \(folder.path)/data")
    try await start()
  }

  /// Starts it again after ``stop()``, on the same ports; its queue and its Maildir are as they were.
  func start() async throws {
    var outcome = try await Self.run("postfix -c \(folder.path)/etc start")
    // Somebody may have had the port for a moment.
    for _ in 0..<5 where outcome.status != 0 {
      try await Task.sleep(for: .seconds(1))
      outcome = try await Self.run("postfix -c \(folder.path)/etc start")
    }
    guard outcome.status == 0 else {
      throw HarnessError("Postfix does not start: \(outcome.ending)\n\(outcome.output)\(outcome.errors)\(log)")
    }
    // Its master may listen while its server cannot run.
    guard let greeting = BoundPort.greeting(of: port), greeting.hasPrefix("220 ") else {
      throw HarnessError("Postfix does not greet:\n\(log)")
    }
  }

  /// Stops listening and breaks every connection.
  func stop() async throws { try await Self.privileged(Self.stopCommand(folder)) }

  /// What it delivered; ``ReadLetter`` reads it.
  var maildir: URL { folder.appendingPathComponent("mail/Maildir", isDirectory: true) }

  var deliveredFiles: [URL] {
    (try? FileManager.default.contentsOfDirectory(
      at: maildir.appendingPathComponent("new"), includingPropertiesForKeys: nil)) ?? []
  }

  /// Messages it answered with 250 after the final dot, from its log: those in the queue and those delivered.
  var takenCount: Int { log.components(separatedBy: "nrcpt=").count - 1 }

  var log: String {
    (try? String(contentsOf: folder.appendingPathComponent("maillog"), encoding: .utf8)) ?? ""
  }

  /// Waits until it has dealt with everything that was sent to it: a client that was killed leaves bytes on the way, which
  /// may still become a letter.
  func untilNobodyIsConnected() async throws {
    try await eventually("every client is gone") {
      let lines = log.split(separator: "\n").filter { $0.contains("/smtpd[") }
      return lines.count { $0.contains("]: connect from ") } == lines.count { $0.contains("]: disconnect from ") }
    }
    try await untilQueueIsEmpty()
  }

  /// Waits until everything it has taken is delivered. Two looks: a message that moves from one queue to the next may
  /// escape one.
  func untilQueueIsEmpty() async throws {
    var emptyLooks = 0
    try await eventually("the relay's queue is empty") {
      let outcome = try await Self.run("postqueue -c \(folder.path)/etc -j")
      emptyLooks = outcome.status == 0 && outcome.output.isEmpty ? emptyLooks + 1 : 0
      return emptyLooks == 2
    }
  }

  // MARK: -

  private static let sudo = getuid() == 0 ? "" : "sudo -n"

  private static func stopCommand(_ folder: URL) -> String {
    "if postfix -c \(folder.path)/etc status 2>/dev/null; then postfix -c \(folder.path)/etc stop; fi"
  }

  /// As root.
  private static func run(_ command: String, input: ChildProcess.Input = .nothing) async throws -> ChildProcess.Outcome
  {
    let words = sudo.split(separator: " ").map(String.init) + ["sh", "-c", command]
    return try await ChildProcess.run(words[0], Array(words.dropFirst()), input: input)
  }

  private static func privileged(_ command: String, input: ChildProcess.Input = .nothing) async throws {
    let outcome = try await run(command, input: input)
    guard outcome.status == 0 else {
      let hint = getuid() == 0 ? "" : " (Postfix needs root: run as root, or with a sudo that does not ask)"
      throw HarnessError("\(command): \(outcome.ending)\(hint)\n\(outcome.output)\(outcome.errors)")
    }
  }

  /// Two ports nobody listens on, both held until both are known.
  static func freePorts() throws -> (Int, Int) {
    let first = try BoundPort()
    let second = try BoundPort()
    return (first.port, second.port)
  }
}
