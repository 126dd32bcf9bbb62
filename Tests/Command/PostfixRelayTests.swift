import Foundation
import TestSupport
import Testing

/// The relay of these tests is itself tested, with Python's smtplib as client: a bench that takes everything would let
/// everything pass.
@Suite struct PostfixRelayTests {
  /// Says what it sees, a line each; stops at the first surprise.
  private static let client = """
    import smtplib, ssl, sys
    port, tls_port, authority, user, password = int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]
    context = ssl.create_default_context(cafile=authority)

    def send(server, recipient):
        server.sendmail("support@kanzlei-it.example", [recipient], f"To: {recipient}\\r\\nSubject: Grüße\\r\\n\\r\\nä\\r\\n".encode())

    with smtplib.SMTP("localhost", port) as server:
        server.ehlo()
        print("clear", "auth" in server.esmtp_features, "starttls" in server.esmtp_features)
        try:
            send(server, "nobody@kanzlei-1.example")
        except smtplib.SMTPRecipientsRefused as refusal:
            print("without login", *[code for code, _ in refusal.recipients.values()])
    for mechanism in ("PLAIN", "LOGIN", "CRAM-MD5"):
        with smtplib.SMTP("localhost", port) as server:
            server.starttls(context=context)
            server.ehlo()
            server.user, server.password = user, password
            code, _ = server.auth(mechanism, getattr(server, "auth_" + mechanism.lower().replace("-", "_")))
            send(server, f"{mechanism.lower()}@kanzlei-2.example")
            print(mechanism, code, "pipelining" in server.esmtp_features)
    with smtplib.SMTP_SSL("127.0.0.1", tls_port, context=context) as server:
        try:
            server.login(user, password + "x")
        except smtplib.SMTPAuthenticationError as error:
            print("wrong password", error.smtp_code)
        server.login(user, password)
        send(server, "smtps@kanzlei-3.example")
        print("smtps taken")
    """

  private func talk(to relay: PostfixRelay) async throws -> ChildProcess.Outcome {
    try await ChildProcess.run(
      "python3",
      [
        "-c", Self.client, "\(relay.port)", "\(relay.tlsPort)", relay.authority?.path ?? "",
        relay.options.login?.user ?? "", relay.options.login?.password ?? "",
      ])
  }

  @Test func takesMailAfterLoginOverTLSOnlyAndDeliversAllOfIt() async throws {
    let login = PostfixRelay.Login(password: "kein-Umlaut")  // smtplib logs in with ASCII only.
    try await PostfixRelay.with(PostfixRelay.Options(login: login)) { relay in
      let outcome = try await talk(to: relay)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(
        outcome.output.split(separator: "\n") == [
          "clear False True", "without login 554", "PLAIN 235 True", "LOGIN 235 True", "CRAM-MD5 235 True",
          "wrong password 535", "smtps taken",
        ])
      try await relay.untilQueueIsEmpty()
      let letters = try await ReadLetter.all(in: relay.maildir)
      #expect(relay.takenCount == 4)
      #expect(
        letters.flatMap(\.deliveredTo).sorted() == [
          "cram-md5@kanzlei-2.example", "login@kanzlei-2.example", "plain@kanzlei-2.example", "smtps@kanzlei-3.example",
        ])
      // Nothing is added to what came in.
      #expect(letters.allSatisfy { $0.date == nil && $0.messageId == nil && $0.received == 1 })
    }
  }

  @Test func withoutALoginEverybodyMaySend() async throws {
    try await PostfixRelay.with(PostfixRelay.Options(certificateNames: nil, login: nil, processLimit: 1)) { relay in
      let outcome = try await ChildProcess.run(
        "python3",
        [
          "-c",
          """
          import smtplib, sys
          with smtplib.SMTP("localhost", int(sys.argv[1])) as server:
              server.sendmail("a@kanzlei-it.example", ["b@kanzlei-1.example"], "Subject: x\\r\\n\\r\\nx\\r\\n")
          """, "\(relay.port)",
        ])
      #expect(outcome.status == 0, "\(outcome.errors)")
      try await relay.untilQueueIsEmpty()
      #expect(relay.deliveredFiles.count == 1)
    }
  }

  @Test func aWrongHostIsSeenAsSuch() async throws {
    try await PostfixRelay.with(.wrongHost) { relay in
      let outcome = try await talk(to: relay)
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("Hostname mismatch"))
    }
  }

  @Test func optionsShowInTheGreeting() async throws {
    var options = PostfixRelay.Options.withoutTLS
    options.hiddenKeywords = ["pipelining", "8bitmime"]
    options.smtpUTF8 = false
    try await PostfixRelay.with(options) { relay in
      let outcome = try await ChildProcess.run(
        "python3",
        [
          "-c",
          "import smtplib,sys; s=smtplib.SMTP('localhost',int(sys.argv[1])); s.ehlo(); print(*sorted(s.esmtp_features))",
          "\(relay.port)",
        ])
      let keywords = Set(outcome.output.split(whereSeparator: \.isWhitespace))
      #expect(keywords.isSuperset(of: ["auth", "size"]))
      #expect(keywords.isDisjoint(with: ["starttls", "pipelining", "8bitmime", "smtputf8"]))
    }
  }

  @Test func stopsAndComesBackAndIsGoneAfterwards() async throws {
    let (port, maildir) = try await PostfixRelay.with(.withoutTLS) { relay in
      #expect(Self.answers(relay.port))
      try await relay.stop()
      #expect(!Self.answers(relay.port))
      try await relay.start()
      #expect(Self.answers(relay.port))
      return (relay.port, relay.maildir)
    }
    #expect(!Self.answers(port))
    #expect(!FileManager.default.fileExists(atPath: maildir.deletingLastPathComponent().path))
  }

  @Test func isStoppedWhenTheTestFails() async throws {
    var port = 0
    await #expect(throws: HarnessError.self) {
      try await PostfixRelay.with(.withoutTLS) { relay in
        port = relay.port
        throw HarnessError("a test that fails")
      }
    }
    #expect(port > 0 && !Self.answers(port))
  }

  private static func answers(_ port: Int) -> Bool { BoundPort.greeting(of: port) != nil }
}
