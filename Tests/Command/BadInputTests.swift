import Foundation
import TestSupport
import Testing

/// What is wrong with the files of a campaign is told before anything is sent: what, where, and what to do.
@Suite struct BadInputTests {
  @Test func notACampaign() async throws {
    try await RefusedLaunch.with { bad in
      let good = try bad.campaign.yaml()
      try FileManager.default.removeItem(at: bad.campaign.campaignFile)
      try await bad.expectRefusal(
        78,
        """
        the campaign file is wrong:
        \(bad.campaign.folder.path)/: not a campaign: there is no campaign.yaml here; "eilbrief init" makes one
        """)
      try bad.campaign.write(yaml: good)
      try await bad.expectLaunch()
    }
  }

  @Test func keyWithATypo() async throws {
    try await RefusedLaunch.with { bad in
      try await bad.expect(
        78,
        """
        the campaign file is wrong:
        campaign.yaml:25:1: unknown key "relay", did you mean "relays"?
        """, replacing: "\nrelays:", with: "\nrelay:", in: bad.campaign.campaignFile)
    }
  }

  @Test func yamlWithATypo() async throws {
    try await RefusedLaunch.with { bad in
      try await bad.expect(
        78,
        """
        the campaign file is wrong:
        campaign.yaml:21:8: the bracket that opens here is not closed before line 22; close it, or put a text that holds \
        [, ], { or } in quotes
        """, replacing: "verschlüsselt}", with: "verschlüsselt", in: bad.campaign.campaignFile)
    }
  }

  @Test func unknownTemplateVariable() async throws {
    try await RefusedLaunch.with { bad in
      let template = try await templates(of: bad).appendingPathComponent("de.txt.mustache")
      try await bad.expect(
        65,
        """
        the templates are wrong:
        \(template.path):1:1: there is no variable {{compny}}; did you mean {{company}}?
        """, replacing: "{{", with: "{{compny}} {{", in: template)
    }
  }

  @Test func templateVariableThatIsEmptyForACustomer() async throws {
    try await RefusedLaunch.with { bad in
      let template = try await templates(of: bad).appendingPathComponent("de.txt.mustache")
      try await bad.expect(
        65,
        """
        1 error in the letters:
        \(template.path):1:1: {{title}} is needed here and empty; fill it in, or write {{#title}} … \
        {{/title}} around the text that needs it (customer 101)
        """, replacing: "{{", with: "{{title}} {{", in: template)
    }
  }

  /// The campaign's own copy of the letters, unchanged.
  private func templates(of bad: RefusedLaunch) async throws -> URL {
    let queue = bad.campaign.queue
    let outcome = try await EilbriefProcess.run("init", "muster", queue: queue)
    try #require(outcome.status == 0, "\(outcome.errors)")
    let target = bad.campaign.folder.appendingPathComponent("templates", isDirectory: true)
    try FileManager.default.moveItem(at: queue.appendingPathComponent("muster/templates"), to: target)
    return target.appendingPathComponent("password-change", isDirectory: true)
  }

  @Test func rowWithAColumnTooMany() async throws {
    try await expect(
      row: "kunden.csv:4: the row has 12 columns, the header has 11, and column 12 holds \"pop3\"; put a value "
        + "that holds \";\" in quotes",
      replacing: "Kanzlei Groß", with: "Kanzlei Groß; Notare")
  }

  @Test func rowWithAColumnTooFew() async throws {
    try await expect(
      row: "kunden.csv:4: the row has 10 columns, the header has 11; every row needs all columns, empty ones too",
      replacing: ";pop3", with: "")
  }

  @Test func uncertainEncoding() async throws {
    try await RefusedLaunch.with { bad in
      // In code page 850, as a Windows console writes it, ü is 81.
      let lines = try Data(contentsOf: bad.campaign.customerFile).split(separator: 0x0A)
      var bytes = lines[0] + [0x0A]
      bytes +=
        Array("100;Kanzlei M".utf8) + [0x81] + Array("ller;;;;;;a@mueller.example;;b@mueller.example;imap\n".utf8)
      try await bad.expect(
        65,
        """
        the customer file is wrong:
        kunden.csv: the encoding is not certain from 1 word with letters beyond ASCII. Below are the same cells in the \
        encodings that are likely; write the right one under "customers" in campaign.yaml, such as "encoding: cp850", or \
        save the file as "CSV UTF-8"
        kunden.csv:2: cp850 "Kanzlei Müller", MacRoman "Kanzlei MÅller"
        """, spoiling: bad.campaign.customerFile, with: bytes)
    }
  }

  @Test func addressWithALineBreak() async throws {
    try await expect(
      row: """
        kunden.csv:4: customer “101”: the contact address "kontakt@gross.example\\r\\nBcc: a@b.example" holds 2 \
        addresses, and a letter goes to one: leave one of them in the cell, or write “contact: first” below “customers:” in \
        campaign.yaml, which takes the first of every cell; whoever is to have a letter too needs a row with an id of their own
        """, replacing: "kontakt@gross.example", with: "\"kontakt@gross.example\r\nBcc: a@b.example\"")
  }

  @Test func addressWithASpace() async throws {
    try await expect(
      row:
        #"kunden.csv:4: customer “101”: the contact address "kon takt@gross.example" has a space at character 4: something is beside "takt@gross.example"; leave in the cell only the address that is meant"#,
      replacing: "kontakt@gross.example", with: "kon takt@gross.example")
  }

  @Test func addressWithADoubleDot() async throws {
    try await expect(
      row:
        #"kunden.csv:4: customer “101”: the mailbox address "post@gross..example" has two dots in a row; correct the address"#,
      replacing: "post@gross.example", with: "post@gross..example")
  }

  private func expect(
    row message: String, replacing old: String, with new: String, at location: SourceLocation = #_sourceLocation
  ) async throws {
    try await RefusedLaunch.with { bad in
      try await bad.expect(
        65,
        """
        1 of 3 rows rejected; their customers would get no letter:
          \(message)
        Correct them (`eilbrief check sommer --rejected FILE` writes them with their reasons), or launch with \
        --without-rejected: that puts this customer on the call list.
        """, replacing: old, with: new, in: bad.campaign.customerFile, at: location)
    }
  }

  @Test func unknownAccess() async throws {
    try await RefusedLaunch.with { bad in
      try await bad.expect(
        65,
        """
        the customer file is wrong:
        kunden.csv:4: unknown access value "exchange"; known values are "central-inbox", "e2e", "imap", "mx", "pop3", \
        "website"
        """, replacing: ";pop3", with: ";exchange", in: bad.campaign.customerFile)
    }
  }

  @Test func emptyCustomerFile() async throws {
    try await RefusedLaunch.with { bad in
      try await bad.expect(
        65,
        """
        the customer file is wrong:
        kunden.csv: the file is empty; it needs a header and one row per mailbox
        """, spoiling: bad.campaign.customerFile, with: Data())
    }
  }

  @Test func customerFileWithoutRows() async throws {
    try await RefusedLaunch.with { bad in
      let header = try Data(contentsOf: bad.campaign.customerFile).prefix { $0 != 0x0A } + [0x0A]
      try await bad.expect(
        65,
        """
        the customer file is wrong:
        kunden.csv: the file has a header but no rows; it needs one row per mailbox
        """, spoiling: bad.campaign.customerFile, with: header)
    }
  }
}
