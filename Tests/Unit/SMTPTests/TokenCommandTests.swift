import Campaigns
import Foundation
import TestSupport
import Testing

@testable import SMTP

/// What a token command may do, and what is told of it.
@Suite struct TokenCommandTests {
  private static let start = ContinuousClock.now
  private static let uptime: Uptime = { start.duration(to: .now) }
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ words: [String], limit: Duration = .seconds(300)) throws -> String {
    try TokenCommand(words: words, folder: folder.url, limit: limit, uptime: Self.uptime).run()
  }

  private func run(_ script: String, limit: Duration = .seconds(300)) throws -> String {
    try run(["/bin/sh", "-c", script], limit: limit)
  }

  private func trouble(_ words: [String], limit: Duration = .seconds(300)) -> String {
    do {
      return "token: \(try run(words, limit: limit))"
    } catch let trouble as TokenTrouble {
      guard case .command(let sentence, let mayPass) = trouble else { return "\(trouble)" }
      return sentence + (mayPass ? " (may pass)" : "")
    } catch {
      return "\(error)"
    }
  }

  private func trouble(_ script: String, limit: Duration = .seconds(300)) -> String {
    trouble(["/bin/sh", "-c", script], limit: limit)
  }

  @Test(arguments: [
    "printf abc.def", "echo abc.def", "printf '\\n abc.def \\r\\n\\n'", "printf '\\357\\273\\277abc.def\\n'",
    "echo noise >&2; echo abc.def", "echo abc.def; sleep 300 &",
  ])
  func itsOutputIsTheToken(_ script: String) throws {
    #expect(try run(script) == "abc.def")
  }

  @Test func noShellReadsTheArguments() throws {
    let echo = try #require(["/bin/echo", "/usr/bin/echo"].first { FileManager.default.isExecutableFile(atPath: $0) })
    #expect(try run([echo, "$HOME;`id`*"]) == "$HOME;`id`*")
    #expect(try run(["echo", "from-path"]) == "from-path")
  }

  @Test func itRunsInTheCampaignsFolderWithoutOurFiles() throws {
    try folder.write("#!/bin/sh\ncat token\n".utf8, to: "get-token", mode: 0o700)
    try folder.write("abc.def\n".utf8, to: "token")
    #expect(try run(["./get-token"]) == "abc.def")
    // Descriptors 0, 1 and 2, and the one that reads the folder.
    #expect(try run("ls /proc/self/fd | wc -l") == "4")
    // SIGPIPE is ignored in this process once libcurl is set up, and not in the program.
    CurlLibrary.setUp()
    #expect(trouble("kill -PIPE $$; echo abc") == "token_command (/bin/sh) was ended by signal 13 (may pass)")
  }

  @Test func whatIsNoTokenIsSaid() {
    #expect(trouble("true") == "token_command (/bin/sh) prints nothing")
    #expect(
      trouble("echo '{\"access_token\": \"abc\"}'")
        == "token_command (/bin/sh) prints JSON; it has to print the access token alone")
    #expect(
      trouble("echo a; echo b") == "token_command (/bin/sh) prints 2 lines; it has to print the access token alone")
    #expect(trouble("echo a b") == "token_command (/bin/sh) prints something that is no access token")
    #expect(trouble("printf '\\377'") == "token_command (/bin/sh) prints bytes that are no text")
    #expect(trouble("yes") == "token_command (/bin/sh) prints more than a token")
  }

  @Test func howItEndedIsSaid() {
    #expect(trouble("exit 3") == "token_command (/bin/sh) ended with exit status 3 (may pass)")
    #expect(trouble("echo abc; exit 3") == "token_command (/bin/sh) ended with exit status 3 (may pass)")
    #expect(
      trouble("echo started >&2; sleep 300", limit: .milliseconds(700))
        == "token_command (/bin/sh) has not ended within 0.7 seconds; it says: “started” (may pass)")
    #expect(trouble(["/nowhere/token"]) == "token_command (/nowhere/token) is not there, or may not be run")
    #expect(trouble([folder.url.path]) == "token_command (\(folder.url.path)) is not there, or may not be run")
  }

  /// A program that is stopped leaves nothing behind.
  @Test func itsChildrenEndWithIt() throws {
    _ = trouble("sleep 4242 & echo $! > child; wait", limit: .milliseconds(700))
    let child = try String(contentsOf: folder.url.appending(path: "child"), encoding: .utf8)
      .trimmingCharacters(in: .newlines)
    func isRunning() -> Bool {
      let state = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)
      return state.map { !$0.contains(" Z ") } ?? false
    }
    // A signal is delivered when the kernel gets to it.
    for _ in 0..<1000 where isRunning() { usleep(10_000) }
    #expect(!isRunning())
  }

  @Test(
    arguments: [
      ("invalid_grant: AADSTS700082: The refresh token has expired", nil),
      ("cannot reach login.microsoftonline.example", nil),
      ("Authorization: Bearer abc", "abc"), ("client_secret=short7 is wrong", "short7"),
      ("{\"refresh_token\": \"1//0gAbC\"}", "1//0gAbC"), ("sent ya29.a0AfH6SMBx-Q_z7vR5tYwE3pLkJ", "ya29.a0AfH6SMBx"),
      ("password: 'hunter 2'", "hunter 2"), ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl=", "eyJ"),
    ] as [(String, String?)])
  func secretsInItsWordsAreHidden(said: String, secret: String?) {
    let shown = SecretWords.hidden(in: said)
    if let secret {
      #expect(shown.contains("(hidden)") && !shown.contains(secret), "\(shown)")
    } else {
      #expect(shown == said)
    }
  }

  /// Even a short one, when the program says on standard error what it has printed.
  @Test func whatItPrintedIsHiddenInItsWords() {
    #expect(
      trouble("echo abcd; echo got abcd >&2; exit 1")
        == "token_command (/bin/sh) ended with exit status 1; it says: “got (hidden)” (may pass)")
  }

  @Test func itsWordsAreCutAtWords() {
    let text = trouble("printf 'x%.0s' $(seq 1 5000) >&2; echo ' the end' >&2; exit 1")
    #expect(text == "token_command (/bin/sh) ended with exit status 1; it says: “the end” (may pass)")
    #expect(SecretWords.hidden(in: "a\u{1B}[2J\nb\u{2028}c") == "a [2J b c")
  }

  @Test func aMissingProgramIsFoundBeforehand() throws {
    let source = TokenSource(.command(["no-such-program"]), folder: folder.url, credentials: nil)
    do throws(SecretFileError) {
      _ = try source.inspect()
      Issue.record("found")
    } catch {
      #expect(
        error.description
          == "no-such-program: there is no such program to run as token_command; write its path, or install it in a "
          + "folder of PATH")
    }
    try folder.write("#!/bin/sh\ntouch ran\n".utf8, to: "get-token", mode: 0o700)
    #expect(try TokenSource(.command(["./get-token"]), folder: folder.url, credentials: nil).inspect() == nil)
    // A check runs nothing.
    #expect(!FileManager.default.fileExists(atPath: folder.url.appending(path: "ran").path))
  }

  @Test(arguments: [
    ("abc.def\n", 0o644, "others can read this token file (mode 0644); run \"chmod 600 PATH\""),
    ("{\"access_token\": 1}", 0o600, "this token file holds JSON; write the access token into it, and nothing else"),
    ("abc def", 0o600, "this token file must hold an access token, which is one word in ASCII"),
    ("\n", 0o600, "this token file is empty; write the token into it"),
  ])
  func aTokenFileIsJudgedAsAPasswordFile(contents: String, mode: Int, expected: String) throws {
    let file = try folder.write(contents.utf8, to: "token", mode: mode)
    do throws(SecretFileError) {
      _ = try TokenSource(.file(file), folder: folder.url, credentials: nil).inspect()
      Issue.record("taken")
    } catch {
      #expect(error.message.replacing(file.path, with: "PATH") == expected)
    }
  }

  @Test func nothingOfItIsPrinted() throws {
    let source = TokenSource(.command(["/bin/echo", "abcdef"]), folder: folder.url, credentials: nil)
    _ = try source.current(Self.uptime)
    var dumped = ""
    dump(RelaySecrets(tokens: ["main": source]), to: &dumped)
    dump(try source.current(Self.uptime), to: &dumped)
    #expect(!dumped.replacing("\"abcdef\"", with: "").contains("abcdef"))
  }
}
