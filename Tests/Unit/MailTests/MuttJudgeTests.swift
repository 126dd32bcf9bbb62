import Foundation
import Mail
import TestSupport
import Testing

/// mutt shows the headers as they were meant: a mail program that is not ours.
@Suite struct MuttJudgeTests {
  private static let settings = """
    set charset=utf-8
    set pipe_decode=yes
    set wait_key=no
    set quit=yes
    set header_cache=
    set folder=.
    set spoolfile=mail
    set record=
    ignore *
    unignore from: to: reply-to: subject:

    """

  @Test func nastyNamesAndSubjectsAreShownAsTheyWereMeant() async throws {
    for nasty in NastyHeaders.all {
      let message = try nasty.message()
      let shown = try await shown(try message.bytes(encoding: .quotedPrintable))
      #expect(shown["From"] == plain("\(nasty.name) <support@kanzlei-müller.example>"))
      #expect(shown["Reply-To"] == plain("\(nasty.name) <antwort@straße.example>"))
      #expect(shown["To"] == plain("\(nasty.name) <\(message.to.address.displayText)>"))
      #expect(shown["Subject"] == plain(nasty.subject))
    }
  }

  /// The fields by name. mutt runs on a terminal of its own, which `script` makes.
  private func shown(_ message: [UInt8]) async throws -> [String: String] {
    let folder = try TemporaryFolder()
    let mailbox = folder.url.appending(path: "mail", directoryHint: .isDirectory)
    for name in ["cur", "new", "tmp"] {
      try FileManager.default.createDirectory(
        at: mailbox.appending(path: name), withIntermediateDirectories: true)
    }
    try Data(message).write(to: mailbox.appending(path: "cur/1:2,S"))
    try folder.write(Self.settings.utf8, to: "muttrc")
    let command = #"mutt -n -R -F muttrc -f mail -e 'push "<pipe-message>cat >shown<enter><exit>"'"#
    var environment = ChildProcess.plainEnvironment
    environment["TERM"] = "xterm"
    environment["HOME"] = folder.url.path
    let outcome = try await ChildProcess.run(
      "timeout", ["60", "script", "-qec", command, "/dev/null"], environment: environment, folder: folder.url)
    guard let text = try? String(contentsOf: folder.url.appending(path: "shown"), encoding: .utf8) else {
      throw HarnessError("mutt: \(outcome.ending)\n\(outcome.output)\(outcome.errors)")
    }
    var fields: [String: String] = [:]
    var last = ""
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      if line.isEmpty { break }
      if line.first == " " || line.first == "\t" {
        fields[last]? += line
      } else if let colon = line.firstIndex(of: ":") {
        last = String(line[..<colon])
        fields[last] = String(line[line.index(after: colon)...])
      }
    }
    return fields.mapValues(plain)
  }

  /// Without blanks, at which mutt breaks lines, and without the quotes and backslashes it puts around names; without
  /// direction marks, which it does not show.
  private func plain(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.filter { !$0.properties.isWhitespace && !"\"\\\u{200F}".unicodeScalars.contains($0) }))
  }
}
