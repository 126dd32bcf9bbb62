import Foundation
import TestSupport
import Testing

/// How a relay is reached, greeted and logged in to, as the operator sees it.
@Suite struct RelayLoginTests {
  private func campaign(in queue: URL, _ relay: [String]) throws -> TestCampaign {
    try TestCampaign(in: queue, customers: GeneratedCustomer.customers(3, seed: 5), relay: ["name: main"] + relay)
  }

  private func run(_ verb: String, _ campaign: TestCampaign, _ more: String...) async throws
    -> ChildProcess.Outcome
  {
    try await ChildProcess.run(
      try EilbriefProcess.executable().path, [verb, campaign.name] + more + ["--queue", campaign.queue.path])
  }

  private func write(_ text: String, to file: URL) throws {
    try Data(text.utf8).write(to: file)
    chmod(file.path, 0o600)
  }

  @Test func aPortThatDoesNotFitIsAnErrorWithTheRightAddress() async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try campaign(in: queue, ["url: \"smtp://relay.firm.example:465\""])
      for verb in ["check", "launch"] {
        let refused = try await run(verb, campaign)
        #expect(refused.status == 78 && refused.output == "")
        #expect(refused.errors.contains("write smtps://relay.firm.example:465"), "\(refused.errors)")
      }
    }
  }

  @Test func checkShowsTheNameInEHLO() async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try campaign(in: queue, ["url: \"smtp://127.0.0.1:1\"", "helo: mail.müller.example"])
      let check = try await run("check", campaign)
      #expect(check.output.contains("\n  main: 127.0.0.1:1, no TLS, EHLO mail.xn--mller-kva.example, 4 connections"))
      let json = try await run("check", campaign, "--json")
      #expect(json.output.contains("\"helo\" : \"mail.xn--mller-kva.example\""), "\(json.output)")
    }
  }

  /// The first token expires after the first letter, and is refused in the way of Google.
  @Test func anExpiredTokenIsRenewedAndNobodyIsLost() async throws {
    try await TokenRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try campaign(
          in: queue,
          [
            "url: \"smtp://127.0.0.1:\(relay.port)\"", "username: anna@firm.example", "auth: xoauth2",
            "token_command: [./get-token]", "connections: 1",
          ])
        let script = "#!/bin/sh\nn=$(cat n 2>/dev/null || echo 0)\nn=$((n+1))\necho $n > n\necho secret-token-$n\n"
        let program = campaign.folder.appendingPathComponent("get-token")
        try Data(script.utf8).write(to: program)
        let missing = try await run("check", campaign)
        #expect(missing.output.contains("Not ready: `launch` will not begin"), "\(missing.output)")
        chmod(program.path, 0o700)
        let launch = try await run("launch", campaign, "--yes")
        #expect(launch.status == 0, "\(launch.errors)\(launch.output)")
        #expect(relay.taken() == 3)
        let count = try String(contentsOf: campaign.folder.appendingPathComponent("n"), encoding: .utf8)
        #expect(count == "2\n")
        // No token is in any file of the queue but the program's own.
        let files = try #require(FileManager.default.enumerator(at: queue, includingPropertiesForKeys: nil))
        for case let file as URL in files where file.lastPathComponent != "get-token" {
          guard let data = try? Data(contentsOf: file) else { continue }
          #expect(data.range(of: Data("secret-token".utf8)) == nil, "\(file.path)")
        }
        #expect(!"\(launch.output)\(launch.errors)".contains("secret-token"))
      }
    }
  }

  @Test func aTokenThatStaysRefusedStopsTheLaunchInPlainWords() async throws {
    try await TokenRelay.with(expired: true) { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try campaign(
          in: queue,
          [
            "url: \"smtp://127.0.0.1:\(relay.port)\"", "username: anna@firm.example", "auth: xoauth2",
            "token_file: relay.token",
          ])
        let file = campaign.folder.appendingPathComponent("relay.token")
        try write("\u{FEFF}secret-token-1\r\n", to: file)
        let check = try await run("check", campaign)
        let warning =
          "\(file.path): this token file has a byte-order mark at its beginning and a CR (line end of Windows) at its end, "
          + "not taken as part of the token; write the file again without"
        #expect(check.output.components(separatedBy: warning).count == 2, "\(check.output)")
        let launch = try await run("launch", campaign, "--yes")
        #expect(launch.status == 69 && relay.taken() == 0)
        #expect(launch.errors.components(separatedBy: "warning: \(warning)\n").count == 2, "\(launch.errors)")
        #expect(launch.errors.contains("the relay says that the token is not valid: it has expired"))
        #expect(launch.errors.contains("still has the same token"))
        #expect(!launch.errors.contains("secret-token"))
      }
    }
  }

  @Test func aPasswordFileFromWindowsIsReadAndTold() async throws {
    try await PostfixRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try TestCampaign(in: queue, customers: RefusedLaunch.customers, relay: relay)
        let password = try String(contentsOf: campaign.passwordFile, encoding: .utf8)
        try write("\u{FEFF}\(password.trimmingCharacters(in: .newlines)) \r\n\r\n", to: campaign.passwordFile)
        let launch = try await run("launch", campaign, "--yes")
        #expect(launch.status == 0, "\(launch.errors)")
        #expect(
          launch.errors.components(separatedBy: "warning: \(campaign.passwordFile.path): this password file has ").count
            == 2)
        try write("g", to: campaign.passwordFile)
        try Data([0xFF, 0xFE, 0x67, 0]).write(to: campaign.passwordFile)
        let wide = try await run("launch", campaign, "--yes")
        #expect(wide.status == 78)
        #expect(wide.errors.contains("this password file is UTF-16 text; save it as UTF-8"))
      }
    }
  }
}

/// A relay on loopback that offers `auth=xoauth2` alone. It takes `secret-token-2` always, and `secret-token-1` until it has
/// taken a letter, unless that token has expired already.
private struct TokenRelay {
  let port: Int
  private let folder: URL

  static func with<Value>(expired: Bool = false, _ body: (TokenRelay) async throws -> Value) async throws -> Value {
    try await TemporaryFolder.with { folder in
      let relay = try ChildProcess("python3", ["-c", script, folder.path, expired ? "expired" : ""], input: .heldOpen)
      return try await relay.running {
        try await eventually("the relay listens; its words: \(relay.errorsSoFar)") { relay.outputSoFar.hasSuffix("\n") }
        guard let port = Int(relay.outputSoFar.split(separator: "\n")[0]) else { throw HarnessError("no port") }
        return try await body(TokenRelay(port: port, folder: folder))
      }
    }
  }

  func taken() -> Int { ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).count }

  private static let script = #"""
    import base64, itertools, os, socket, sys, threading
    folder = sys.argv[1]
    server = socket.create_server(("127.0.0.1", 0))
    numbers = itertools.count()
    expired = [sys.argv[2]] if sys.argv[2] else []

    def serve(client):
        lines = client.makefile("rb")
        say = lambda text: client.sendall(text + b"\r\n")
        say(b"220 relay.example ESMTP")
        token = b""
        for line in lines:
            verb = line[:4].upper()
            if verb == b"EHLO": say(b"250-relay.example\r\n250 auth=xoauth2")
            elif verb == b"AUTH":
                say(b"334 ")
                token = base64.b64decode(next(lines)).split(b"Bearer ")[1].strip(b"\1")
                if token == b"secret-token-2" or token == b"secret-token-1" and not expired:
                    say(b"235 2.7.0 welcome")
                else:
                    say(b"334 " + base64.b64encode(b'{"status":"400","schemes":"Bearer"}'))
                    assert next(lines) == b"\r\n"
                    say(b"535 5.7.8 not accepted: " + token)
            elif verb == b"DATA":
                say(b"354 go on")
                for line in lines:
                    if line == b".\r\n": break
                open(os.path.join(folder, str(next(numbers))), "w").close()
                say(b"250 2.0.0 taken")
                if token == b"secret-token-1":
                    expired.append("now")
                    client.shutdown(socket.SHUT_RDWR)
                    return
            elif verb == b"QUIT":
                say(b"221 bye")
                client.close()
                return
            else: say(b"250 2.0.0 fine")

    def accept():
        while True:
            client, _ = server.accept()
            threading.Thread(target=serve, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    print(server.getsockname()[1], flush=True)
    sys.stdin.read()
    """#
}
