import Foundation
import TestSupport
import Testing

@testable import Campaigns

/// Exports of a mail server: what is a mailbox in them, and what a time.
@Suite struct MailboxExportTests {
  private struct Sample: Sendable {
    let name: String
    let form: MailboxExport.Form
    let text: String
  }

  /// Each has anna@firm.example with a time, and bernd with one or without a domain.
  private static let samples: [Sample] = [
    Sample(
      name: "csv", form: .table, text: "Postfach;Passwort geändert am\nanna@firm.example;22.11.2026 10:15\nbernd;\n"),
    Sample(
      name: "titles above", form: .table,
      text: "Export vom 23.11.2026\n\nid,user,password_changed\n1,anna@firm.example,22.11.2026 10:15\n2,bernd,NULL\n"),
    Sample(
      name: "mysql --batch", form: .table,
      text:
        "username\tpassword\tlast_password_change\nanna@firm.example\t{SHA}geheim\t22.11.2026 10:15\nbernd\tx\tNULL\n"),
    Sample(
      name: "doveadm", form: .table, text: "username\tchanged\nanna@firm.example\t22.11.2026 10:15\nbernd\t\n"),
    Sample(
      name: "LDIF", form: .ldif,
      text: """
        # extended LDIF
        version: 1

        dn: uid=anna,ou=people,dc=firm,dc=example
        uid: anna
        mail: anna@firm.ex
         ample
        userPassword:: e1NTSEF9Z2VoZWlt
        pwdChangedTime: 22.11.2026 10:15

        dn: uid=bernd,dc=firm,dc=example
        mail:: YmVybmQ=

        # search result
        search: 2
        result: 0 Success

        """),
    Sample(
      name: "passwd-file", form: .passwdFile,
      text: """
        # users
        anna@firm.example:{SHA512-CRYPT}$6$geheim:1000:1000::/home/anna::userdb_mail=maildir:~/M changed=22.11.2026 10:15
        bernd:{PLAIN}geheim:1000:1000::/home/bernd::

        """),
    Sample(
      name: "pairs", form: .pairs, text: "user=anna@firm.example changed=22.11.2026 10:15\nuser=bernd\tquota=5\n"),
    Sample(
      name: "COPY", form: .copy,
      text: """
        --
        -- PostgreSQL database dump
        --
        COPY public.domain (name, changed) FROM stdin;
        firm.example\t2026-01-01
        \\.
        COPY public.mailbox ("username", password, password_changed) FROM stdin;
        anna@firm.example\tgeheim\t22.11.2026 10:15
        bernd\tgeheim\t\\N
        \\.

        """),
  ]

  private static func export(
    _ bytes: some Sequence<UInt8>, mailbox: String? = nil, time: String? = nil, locks: Bool = false
  ) throws -> MailboxExport {
    let folder = try TemporaryFolder()
    let file = folder.url.appendingPathComponent("export")
    try Data(bytes).write(to: file)
    return try MailboxExport(file, .init(mailbox: mailbox, time: time, isOfLocks: locks))
  }

  @Test(arguments: samples.indices) func isRead(index: Int) throws {
    let sample = Self.samples[index]
    for text in [sample.text, sample.text.replacing("\n", with: "\r\n"), "\u{FEFF}" + sample.text] {
      let export = try Self.export(text.utf8)
      #expect(export.form == sample.form, "\(sample.name)")
      #expect(export.entries.map(\.login) == ["anna@firm.example", "bernd"], "\(sample.name)")
      #expect(export.entries.map(\.time) == ["22.11.2026 10:15", nil], "\(sample.name)")
      #expect(export.entries.allSatisfy { $0.fault == nil }, "\(sample.name)")
    }
  }

  /// As a spreadsheet program of Windows writes it.
  @Test func otherEncodings() throws {
    let text = "Postfach\tGeändert\nanna@firm.example\t22.11.2026 10:15\n"
    for encoding in [String.Encoding.windowsCP1252, .utf16LittleEndian] {
      let mark: [UInt8] = encoding == .utf16LittleEndian ? [0xFF, 0xFE] : []
      let export = try Self.export(mark + Array(try #require(text.data(using: encoding))))
      #expect(export.entries.map(\.login) == ["anna@firm.example"] && export.timeTitle == "Geändert")
    }
  }

  @Test func columnsAreNamed() throws {
    let table = "a;b;mailbox\nanna@firm.example;1795342500;x\n"
    #expect(try Self.export(table.utf8, mailbox: "a", time: "b").entries.map(\.time) == ["1795342500"])
    let ldif = "dn: uid=a\nuid: anna\nmail: a@firm.example\nkennwort: 1795342500\n"
    let named = try Self.export(ldif.utf8, mailbox: "uid", time: "kennwort").entries
    #expect(named.map(\.login) == ["anna"] && named.map(\.time) == ["1795342500"])
    #expect(throws: CustomerFileError.self) { try Self.export("x;y\n1;2\n".utf8) }
    #expect(throws: CustomerFileError.self) { try Self.export("dn: uid=a\nfax: 1\n".utf8) }
  }

  @Test func anEntryMayHaveSeveralAddressesAndTimes() throws {
    let entries = try Self.export(
      "dn: uid=a\nmail: a@firm.example\nmail: b@firm.example\npwdChangedTime: 20261122101500Z\n".utf8
    ).entries
    #expect(entries.map(\.login) == ["a@firm.example", "b@firm.example"])
    #expect(entries.allSatisfy { $0.time == "20261122101500Z" && $0.line == 1 })
    #expect(
      try Self.export("dn: a\nmail: a@firm.example\npwdAccountLockedTime: 000001010000Z\n".utf8, locks: true).entries
        .map(\.time) == [nil])
  }

  /// Faults have their line, and no word of what is there.
  @Test func whatCannotBeRead() throws {
    let broken: [(String, String)] = [
      ("user=anna@firm.example\nhunter2\nuser=b@firm.example\n", "no key of the line"),
      ("a@firm.example:{PLAIN}x:1:1::/h::\nhunter2\n", "none of a passwd-file"),
      ("COPY m (username, changed) FROM stdin;\na@firm.example\t1795342500\nhunter2\n\\.\n", "2 columns"),
      ("dn: a\nmail: a@firm.example\n\ndn: b\nmail:: hunter2!\n", "base64"),
    ]
    for (text, words) in broken {
      let export = try Self.export(text.utf8)
      let faults = export.entries.filter { $0.fault != nil }
      #expect(faults.count == 1 && faults[0].fault?.contains(words) == true, "\(export.entries)")
      #expect(!faults.contains { $0.fault?.contains("hunter2") == true })
    }
    let latin = Array("user=a@firm.example\nuser=".utf8) + [0xE4, 0x0A]
    #expect(try Self.export(latin).entries.last?.fault == "the line is not UTF-8")
  }

  @Test func hostileFiles() throws {
    // A value without an end, a line without one, nothing, zeros, only comments.
    #expect(throws: CustomerFileError.self) {
      try Self.export(("dn: a\nmail: a" + String(repeating: "\n bbbbbbb", count: 160_000)).utf8)
    }
    #expect(throws: CustomerFileError.self) {
      try Self.export(("dn: a\n" + String(repeating: "x", count: 2 << 20)).utf8)
    }
    for bytes in [[], Array("# x\n".utf8), [UInt8](repeating: 0, count: 5000), Array("dn:\n".utf8)] {
      #expect(throws: CustomerFileError.self) { try Self.export(bytes) }
    }
    var random = SystemRandomNumberGenerator()
    for start in ["dn: a\nmail:", "user=a x=", "a:{b}c\n", "COPY m (mail, time) FROM stdin;\n", "mail;time\n"] {
      for _ in 0..<40 {
        let noise = (0..<200).map { _ in UInt8.random(in: 0...255, using: &random) }
        _ = try? Self.export(Array(start.utf8) + noise)
      }
    }
    #expect(throws: CustomerFileError.self) {
      try MailboxExport(URL(fileURLWithPath: "/dev/zero"), .init(mailbox: nil, time: nil, isOfLocks: false))
    }
    #expect(throws: CustomerFileError.self) {
      try MailboxExport(URL(fileURLWithPath: "/"), .init(mailbox: nil, time: nil, isOfLocks: false))
    }
  }
}
