import Foundation
import Mail
import TestSupport
import Testing

@testable import Campaigns

@Suite struct CampaignFileTests {
  static let whole = """
    # A campaign with everything in it.
    incident:
      what: Unbefugter Zugriff
      happened: 2026-11-20
      discovered: 2026-11-22
      data: [Zugangsdaten, "Namen, Anschriften"]
      consequences: Fremde können E-Mails gelesen haben
      measures: Der Zugang wurde gesperrt
      authority: {name: BayLDA, filed: 2026-11-22T17:40:00+01:00, reference: LDA-1}
    sender:
      from: Kanzlei-IT Beispiel <support@kanzlei-it.example>
      reply_to: antwort@kanzlei-it.example
      contact: {name: Support, phone: 0891234567, email: hilfe@kanzlei-it.example}
      notice_url: https://www.kanzlei-it.example/sicherheit
    customers:
      file: daten/kunden.csv
      columns: {id: Kundennummer, company: Firma, salutation: Anrede, title: Titel, first_name: Vorname,
                last_name: Nachname, language: Sprache, contact: E-Mail, phone: Telefon, mailbox: Postfach, access: Zugang,
                program: Programm}
    segments:
      imap: {letter: password-change, incoming: imap.kanzlei-it.example:993, outgoing: smtp.kanzlei-it.example:587}
      no: {none: Ende-zu-Ende-verschlüsselt}
      0815: {phone: Anpassung des zentralen Posteingangs}
      odd:
        letter: odd
        incoming: {host: imap.müller.example, port: 10993, service: pop3, encryption: starttls}
        outgoing: {host: smtp.müller.example, port: 10465, service: smtp, encryption: tls}
    relays:
      - {name: main, url: "smtps://relay.kanzlei-it.example", username: eilbrief, password_file: secrets/relay,
         ca_file: /etc/ca.pem, auth: cram-md5, connections: 8, limits: [300/h, 250/10min]}
      - name: second
        url: smtp://[2001:DB8::1]:2525/
        tls: none
        pipelining: no
        helo: Mail.Müller.Example
      - {name: third, url: "smtp://relay.example:25", username: u, auth: xoauth2, token_command: [get-token, "a b", --x],
         helo: "[ipv6:2001:DB8::2]"}
      - {name: fourth, url: "smtps://relay.example:2465", username: u, auth: xoauth2, token_file: token, helo: "[192.0.2.1]"}
    retry: {schedule: 30m 1h*3, give_up_after: 2d}
    deadline: 2026-11-23T16:00:00+01:00
    uncertain: resend
    """

  static func read(_ text: String) throws -> Campaign {
    let folder = try TemporaryFolder()
    try folder.write(text.utf8, to: "campaign.yaml")
    return try CampaignFile.read(folder: folder.url)
  }

  @Test func readsEveryKey() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.whole.utf8, to: "campaign.yaml")
    let campaign = try CampaignFile.read(folder: folder.url)
    let path = campaign.folder.path(percentEncoded: false)
    #expect(campaign.name == folder.url.lastPathComponent)
    #expect(campaign.incident.data == ["Zugangsdaten", "Namen, Anschriften"])
    #expect(campaign.incident.happened.description == "2026-11-20")
    #expect(campaign.incident.authority?.filed.description == "2026-11-22T17:40:00+01:00")
    #expect(campaign.sender.from.displayName == "Kanzlei-IT Beispiel")
    #expect(campaign.sender.replyTo?.address.description == "antwort@kanzlei-it.example")
    #expect(campaign.sender.contact.phone == "0891234567")
    #expect(campaign.sender.noticeURL.absoluteString == "https://www.kanzlei-it.example/sicherheit")
    #expect(campaign.customers.file.path(percentEncoded: false) == path + "daten/kunden.csv")
    #expect(campaign.customers.columns.count == CustomerSource.Field.allCases.count)
    #expect(campaign.customers.columns[.firstName] == "Vorname")
    #expect(campaign.segments.keys.sorted() == ["0815", "imap", "no", "odd"])
    #expect(
      try campaign.segments["imap"]
        == .letter(
          template: "password-change",
          incoming: MailServer(host: Domain("imap.kanzlei-it.example"), port: 993, encryption: .tls, service: .imap),
          outgoing: MailServer(
            host: Domain("smtp.kanzlei-it.example"), port: 587, encryption: .startTLS, service: .submission)))
    #expect(campaign.segments["no"] == Segment.none(reason: "Ende-zu-Ende-verschlüsselt"))
    #expect(
      try campaign.segments["odd"]
        == .letter(
          template: "odd",
          incoming: MailServer(host: Domain("imap.müller.example"), port: 10993, encryption: .startTLS, service: .pop3),
          outgoing: MailServer(host: Domain("smtp.müller.example"), port: 10465, encryption: .tls, service: .submission)
        ))
    #expect(
      campaign.relays == [
        Relay(
          name: "main", host: "relay.kanzlei-it.example", port: 465, tls: .implicit,
          caFile: URL(filePath: "/etc/ca.pem"), username: "eilbrief",
          passwordFile: URL(filePath: path + "secrets/relay"), authentication: .cramMD5, connections: 8,
          limits: [RateLimit(count: 300, window: .seconds(3600)), RateLimit(count: 250, window: .seconds(600))]),
        Relay(
          name: "second", host: "2001:db8::1", port: 2525, tls: .none, helo: "mail.xn--mller-kva.example",
          pipelining: false),
        Relay(
          name: "third", host: "relay.example", port: 25, tls: .startTLS, username: "u",
          token: .command(["get-token", "a b", "--x"]), authentication: .xoauth2, helo: "[IPv6:2001:db8::2]"),
        Relay(
          name: "fourth", host: "relay.example", port: 2465, tls: .implicit, username: "u",
          token: .file(URL(filePath: path + "token")), authentication: .xoauth2, helo: "[192.0.2.1]"),
      ])
    #expect(
      campaign.retry
        == RetrySchedule(delays: [1800, 3600, 3600, 3600].map { .seconds($0) }, giveUpAfter: .seconds(172_800)))
    #expect(campaign.deadline == LocalDateTime(date: Date(timeIntervalSince1970: 1_795_446_000), offset: 3600))
    #expect(campaign.uncertain == .resend)
  }

  @Test func whatIsNotWrittenHasItsDefault() throws {
    let kept = Self.whole.split(separator: "\n").filter { line in
      !["  authority", "  reply_to", "retry", "uncertain"].contains { line.hasPrefix($0) }
    }
    let campaign = try Self.read(kept.joined(separator: "\n"))
    #expect(campaign.incident.authority == nil)
    #expect(campaign.sender.replyTo == nil)
    #expect(campaign.uncertain == .hold)
    #expect(campaign.retry == .standard)
    #expect(
      campaign.retry.delays.map { $0.components.seconds } == [1800] + [3600, 3600, 3600]
        + Array(repeating: 14_400, count: 6))
    #expect(campaign.retry.giveUpAfter == .seconds(345_600))
    #expect(campaign.relays[1].connections == 4)
    #expect(campaign.relays[1].limits.isEmpty)
    #expect(campaign.relays[1].authentication == .plain)
  }

  @Test(
    arguments: [
      ("smtps://relay.example.org", nil, "relay.example.org", 465, Relay.TLS.implicit),
      ("smtp://relay.example.org", nil, "relay.example.org", 587, .startTLS),
      ("smtp://relay.example.org:25", "none", "relay.example.org", 25, .none),
      ("smtp://127.0.0.1:2525", nil, "127.0.0.1", 2525, .none),
      ("smtp://127.8.9.1:2525", nil, "127.8.9.1", 2525, .none),
      ("smtp://localhost:2525", nil, "localhost", 2525, .none),
      ("smtp://[::1]:2525", nil, "::1", 2525, .none),
      ("smtp://localhost:2525", "starttls", "localhost", 2525, .startTLS),
      ("smtp://128.0.0.1", nil, "128.0.0.1", 587, .startTLS),
      ("smtp://[::2]", nil, "::2", 587, .startTLS),
      ("smtp://localhost.example.org", nil, "localhost.example.org", 587, .startTLS),
      ("smtp://relay", nil, "relay", 587, .startTLS),
      ("smtp://relay.example.org:25", nil, "relay.example.org", 25, .startTLS),
      ("smtps://relay.example.org:2465", nil, "relay.example.org", 2465, .implicit),
      ("smtp://127.0.0.1:1465", nil, "127.0.0.1", 1465, .none),
      ("smtps://[::1]", nil, "::1", 465, .implicit),
      ("SMTPS://Relay.Müller.Example", nil, "relay.xn--mller-kva.example", 465, .implicit),
    ] as [(String, String?, String, Int, Relay.TLS)])
  func onlyLoopbackIsPlainByItself(url: String, tls: String?, host: String, port: Int, expected: Relay.TLS) throws {
    let start = try #require(Self.whole.range(of: "relays:"))
    let end = try #require(Self.whole.range(of: "retry:"))
    var text = Self.whole
    text.replaceSubrange(
      start.lowerBound..<end.lowerBound,
      with: "relays: [{name: a, url: \"\(url)\"\(tls.map { ", tls: \($0)" } ?? "")}]\n")
    #expect(try Self.read(text).relays == [Relay(name: "a", host: host, port: port, tls: expected)])
  }

  @Test(arguments: [
    "smtp://", "smtp://:25", "smtp://a..example", "smtp://relay.example:0", "smtp://relay.example:70000",
    "smtp://relay.example:25/x", "smtp://[::1", "smtp://::1", "smtp://123", "smtp://relay.example?x",
    "relay.example:25",
    "smtp://-a", "smtp://[127.0.0.1]",
  ])
  func refusesWhatIsNoRelay(_ url: String) throws {
    let text = Self.whole.replacing("smtps://relay.kanzlei-it.example", with: url)
    #expect {
      try Self.read(text)
    } throws: {
      "\($0)".contains("\"relays.url\" is not a relay's address: \"\(url)\"")
    }
  }
}

@Suite struct SenderTimeZoneTests {
  private func campaign(_ zone: String?) throws(CampaignFileError) -> Campaign {
    let line = zone.map { "\n  time_zone: \($0)" } ?? ""
    let text = """
      incident: {what: x, happened: 2026-11-20, discovered: 2026-11-22, data: [x], consequences: x, measures: x,
        authority: {name: BayLDA, filed: "2026-07-22T17:40:00Z", reference: x}}
      sender:
        from: support@provider.example
        contact: {name: x, phone: "1", email: support@provider.example}
        notice_url: https://www.provider.example/x\(line)
      customers: {file: k.csv, columns: {id: a, contact: b, mailbox: c, access: d}}
      segments: {imap: {letter: password-change, incoming: "imap.provider.example:993", outgoing: "smtp.provider.example:465"}}
      relays: [{name: main, url: "smtps://relay.provider.example:465"}]
      deadline: 2026-11-23T16:00:00Z
      """
    return try CampaignFile.parse(Array(text.utf8), folder: URL(filePath: "/campaigns/summer/"))
  }

  @Test func timesAreShownInTheZoneThatIsNamed() throws {
    let campaign = try campaign("Europe/Berlin")
    #expect("\(campaign.deadline)" == "2026-11-23T17:00:00+01:00")
    // Its own offset at that moment, not that of the deadline.
    #expect("\(try #require(campaign.incident.authority).filed)" == "2026-07-22T19:40:00+02:00")
    #expect("\(campaign.localTime(Date(timeIntervalSince1970: 1_782_043_200)))" == "2026-06-21T14:00:00+02:00")
  }

  @Test func withoutAZoneTimesKeepTheirOffset() throws {
    let campaign = try campaign(nil)
    #expect("\(campaign.deadline)" == "2026-11-23T16:00:00Z" && campaign.sender.timeZone == nil)
    #expect("\(campaign.localTime(Date(timeIntervalSince1970: 1_782_043_200)))" == "2026-06-21T12:00:00Z")
  }

  @Test(arguments: [
    ("Europe/Berlni", "did you mean \"Europe/Berlin\"?"), ("CET", "is not a time zone"),
    ("+01:00", "is not a time zone"),
  ])
  func whatIsNoNameOfAZoneIsRefused(_ zone: String, _ message: String) throws {
    let error = #expect(throws: CampaignFileError.self) { _ = try campaign(zone) }
    #expect(try #require(error).description.contains(message))
  }
}
