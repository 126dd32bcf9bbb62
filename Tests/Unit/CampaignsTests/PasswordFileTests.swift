import Campaigns
import Foundation
import TestSupport
import Testing

@Suite struct PasswordFileTests {
  let folder: TemporaryFolder
  let file: URL
  var path: String { file.path(percentEncoded: false) }

  init() throws {
    folder = try TemporaryFolder()
    file = folder.url.appending(path: "relay-password")
  }

  func read(credentials: URL? = nil) throws -> String {
    try PasswordFile.read(file, folder: folder.url, credentials: credentials)
  }

  func message(credentials: URL? = nil) throws -> String {
    do {
      _ = try read(credentials: credentials)
      return "no error"
    } catch let error as SecretFileError {
      return error.description
    }
  }

  @Test(arguments: [
    ("geheim", "geheim"), ("geheim\n", "geheim"), ("geheim\r\n", "geheim"), ("ge heim  ü", "ge heim  ü"),
  ])
  func isOneLine(contents: String, expected: String) throws {
    try folder.write(contents.utf8, to: "relay-password")
    #expect(try read() == expected)
  }

  /// What nobody types is not part of a password, and it is said.
  @Test(
    arguments: [
      ("geheim", nil), ("geheim\n", nil), ("ge heim\n", nil),
      ("\u{FEFF}geheim\n", "a byte-order mark at its beginning"),
      ("geheim\r\n", "a CR (line end of Windows) at its end"),
      ("geheim \n", "blanks at its end"), (" \tgeheim", "blanks at its beginning"),
      ("geheim\n\n", "empty lines at its end"), ("\ngeheim\n", "empty lines at its beginning"),
      ("geheim\u{200B}\n", "invisible characters at its end"), ("geheim\u{A0}", "blanks at its end"),
      (
        "\u{FEFF} geheim \r\n",
        "a byte-order mark at its beginning, blanks at its beginning, blanks at its end and a CR (line end of Windows) at "
          + "its end"
      ),
    ] as [(String, String?)])
  func edgesAreLeftOut(contents: String, found: String?) throws {
    try folder.write(contents.utf8, to: "relay-password")
    let secret = try PasswordFile.secret(file, folder: folder.url, credentials: nil)
    #expect(secret.text == (contents.contains("ge heim") ? "ge heim" : "geheim"))
    let expected = found.map {
      "\(path): this password file has \($0), not taken as part of the password; write the file again without"
    }
    #expect(secret.warning?.description == expected)
    #expect(try read() == secret.text)
  }

  @Test(
    arguments: [
      ([0xFF, 0xFE, 0x67, 0, 0x65, 0, 0x0D, 0, 0x0A, 0], "UTF-16"), ([0xFE, 0xFF, 0, 0x67, 0, 0x65], "UTF-16"),
      ([0x67, 0, 0x65, 0, 0x0A, 0], "UTF-16"), ([0, 0x67, 0, 0x65], "UTF-16"),
      ([0xFF, 0xFE, 0, 0, 0x67, 0, 0, 0], "UTF-32"),
    ] as [([UInt8], String)])
  func otherEncodingsOfWindowsAreNamed(bytes: [UInt8], encoding: String) throws {
    try folder.write(bytes, to: "relay-password")
    #expect(
      try message() == "\(path): this password file is \(encoding) text; save it as UTF-8, without a byte-order mark")
  }

  @Test(arguments: [(0o644, "0644"), (0o640, "0640"), (0o604, "0604"), (0o610, "0610"), (0o602, "0602")])
  func othersMustNotReadIt(mode: Int, shown: String) throws {
    try folder.write("hunter2\n".utf8, to: "relay-password", mode: mode)
    #expect(try message() == "\(path): others can read this password file (mode \(shown)); run \"chmod 600 \(path)\"")
  }

  @Test(arguments: [0o600, 0o400]) func itsOwnerMay(mode: Int) throws {
    try folder.write("hunter2\n".utf8, to: "relay-password", mode: mode)
    #expect(try read() == "hunter2")
  }

  @Test func isMissing() throws {
    #expect(
      try message() == "\(path): there is no such file; write the password into it and run \"chmod 600 \(path)\"")
  }

  @Test(arguments: ["", "\n", "\r\n", "\u{FEFF}", " \t\r\n\n"]) func isEmpty(contents: String) throws {
    try folder.write(contents.utf8, to: "relay-password")
    #expect(try message() == "\(path): this password file is empty; write the password into it")
  }

  @Test(arguments: ["a\nb\n", "a\u{0}b", "a\n\nb"]) func hasMoreThanAPassword(contents: String) throws {
    try folder.write(contents.utf8, to: "relay-password")
    #expect(
      try message() == "\(path): this password file must hold one line of UTF-8 text, the password, and nothing else")
  }

  @Test func isNoRegularFile() throws {
    try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
    #expect(try message() == "\(path): this is not a regular file")
  }

  @Test func aNamedPipeDoesNotBlock() throws {
    #expect(mkfifo(path, 0o600) == 0)
    #expect(try message() == "\(path): this is not a regular file")
  }

  @Test func systemdsCredentialsComeSecond() throws {
    let credentials = try TemporaryFolder()
    // As systemd makes it for a service that runs as another user: readable through an ACL's mask.
    try credentials.write("von systemd\n".utf8, to: "relay-password", mode: 0o440)
    #expect(try read(credentials: credentials.url) == "von systemd")
    try folder.write("eigenes\n".utf8, to: "relay-password")
    #expect(try read(credentials: credentials.url) == "eigenes")
  }

  @Test func credentialsThatAllCanReadAreRefused() throws {
    let credentials = try TemporaryFolder()
    let other = try credentials.write("hunter2\n".utf8, to: "relay-password", mode: 0o444).path(percentEncoded: false)
    #expect(
      try message(credentials: credentials.url)
        == "\(other): others can read this password file (mode 0444); run \"chmod 600 \(other)\"")
  }

  @Test func missingInBothPlaces() throws {
    let credentials = try TemporaryFolder()
    let other = credentials.url.appending(path: "relay-password").path(percentEncoded: false)
    #expect(
      try message(credentials: credentials.url)
        == "\(path): there is no such file, nor \(other); write the password into it and run \"chmod 600 \(path)\"")
  }
}
