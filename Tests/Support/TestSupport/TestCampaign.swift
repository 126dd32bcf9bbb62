public import Foundation

/// A campaign folder in a queue folder, ready to launch: campaign file, customer file, password file. A test changes what
/// it wants to be wrong in ``yaml()`` and writes it again.
public struct TestCampaign: Sendable {
  public let name: String
  public let queue: URL
  public let customers: [GeneratedCustomer]

  public var folder: URL { queue.appendingPathComponent(name, isDirectory: true) }
  public var campaignFile: URL { folder.appendingPathComponent("campaign.yaml") }
  public var customerFile: URL { folder.appendingPathComponent("kunden.csv") }
  public var passwordFile: URL { folder.appendingPathComponent("relay-password") }

  public init(
    _ name: String = "sommer", in queue: URL, customers: [GeneratedCustomer],
    encoding: CustomerFileText.Encoding = .cp1252, relay: [String], password: String? = nil
  ) throws {
    self.name = name
    self.queue = queue
    self.customers = customers
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    try CustomerFileText(customers: customers, encoding: encoding).bytes().write(to: customerFile)
    chmod(customerFile.path, 0o600)
    if let password {
      try Data((password + "\n").utf8).write(to: passwordFile)
      chmod(passwordFile.path, 0o600)
    }
    try write(yaml: Self.yaml(relay: relay))
  }

  public func write(yaml: String) throws { try Data(yaml.utf8).write(to: campaignFile) }

  public func yaml() throws -> String { try String(contentsOf: campaignFile, encoding: .utf8) }

  private static func yaml(relay: [String]) -> String {
    """
    incident:
      what: Unbefugter Zugriff auf Kundendaten beim Hosting-Lieferanten
      happened: 2026-11-20
      discovered: 2026-11-22
      data: [Zugangsdaten zu POP3- und IMAP-Postfächern]
      consequences: Wer die Zugangsdaten hat, kann Ihre Nachrichten lesen und in Ihrem Namen senden.
      measures: Der Zugang des Angreifers ist gesperrt. Wir prüfen, was abgerufen wurde.
      authority: {name: BayLDA, filed: 2026-11-22T17:40:00+01:00, reference: LDA-1085.4-1}
    sender:
      from: Kanzlei-IT Beispiel <support@kanzlei-it.example>
      reply_to: support@kanzlei-it.example
      contact: {name: Support-Team, phone: 09999 555-0, email: support@kanzlei-it.example}
      notice_url: https://www.kanzlei-it.example/sicherheit
    customers:
      file: kunden.csv
      columns: {id: Kundennummer, company: Firma, salutation: Anrede, title: Titel, first_name: Vorname,
                last_name: Nachname, language: Sprache, contact: E-Mail, phone: Telefon, mailbox: Postfach, access: Zugang}
    segments:
      imap: {letter: password-change, incoming: imap.kanzlei-it.example:993, outgoing: smtp.kanzlei-it.example:465}
      pop3: {letter: password-change, incoming: pop3.kanzlei-it.example:995, outgoing: smtp.kanzlei-it.example:465}
      e2e: {none: Ende-zu-Ende-verschlüsselt}
      mx: {none: eigener Mail-Server}
      website: {none: Zugänge werden von uns geändert}
      central-inbox: {phone: Anpassung des zentralen Posteingangs}
    relays:
      - {\(relay.joined(separator: ", "))}
    retry: {schedule: 30m 1h*3 4h*6, give_up_after: 4d}
    deadline: 2099-11-23T16:00:00+01:00
    uncertain: hold

    """
  }
}
