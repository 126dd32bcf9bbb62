import Campaigns
import Foundation
import Mail
import TestSupport
import Testing

@Suite struct InputDigestsTests {
  static func digests(
    _ rows: [String] = PlanTests.rows, templates: [String] = ["de.txt", "de.html"], signer: LetterSigner? = nil,
    change: (inout Campaign) -> Void = { _ in }
  ) throws -> InputDigests {
    let table = try CustomerTable(rows: rows)
    var campaign = try PlanTests.campaign(table.source)
    change(&campaign)
    return try InputDigests.read(
      campaign, templates: templates.map { ("password-change/" + $0.prefix(7), SHA256.digest(of: Array($0.utf8))) },
      signer: signer)
  }

  @Test func nothingChanged() throws {
    let earlier = try Self.digests()
    #expect(try Self.digests().changes(since: earlier).isEmpty)
    let relays = try Self.digests {
      $0.relays = []
      $0.retry = RetrySchedule(delays: [.seconds(9)], giveUpAfter: .seconds(1))
    }
    #expect(relays.changes(since: earlier).isEmpty)
  }

  /// The same bytes, read in another way: whether they still say the same has to be looked at.
  @Test func anotherWayOfReadingIsLookedAt() throws {
    let earlier = try Self.digests()
    let changes: [(inout Campaign) -> Void] = [
      { $0.customers.sheet = "Kunden 2" }, { $0.customers.encoding = .windows1252 },
      { $0.customers.takesFirstContact = true },
    ]
    for change in changes {
      let now = try Self.digests(change: change)
      #expect(now.changes(since: earlier).map(\.isOfCustomerFile) == [true])
    }
    #expect(try Self.digests { $0.customers.sheet = "Kunden 2" }.hasSameContactRule(as: earlier))
    #expect(try !Self.digests { $0.customers.takesFirstContact = true }.hasSameContactRule(as: earlier))
  }

  /// The order is no part of the plan: it may be changed, and that it is without effect can be said.
  @Test func theOrderOfLettersIsNoChange() throws {
    let earlier = try Self.digests()
    let now = try Self.digests { $0.order = SendingOrder(by: .file) }
    #expect(now.changes(since: earlier).isEmpty && now.isOrderChanged(since: earlier))
    #expect(try !Self.digests().isOrderChanged(since: earlier))
    #expect(try Self.digests { $0.order.affectedContacts = .last }.isOrderChanged(since: earlier))
    // Digests from before there was an order.
    var json = try #require(
      try JSONSerialization.jsonObject(with: try JSONEncoder().encode(earlier)) as? [String: Any])
    #expect(json.removeValue(forKey: "order") != nil)
    let old = try JSONDecoder().decode(InputDigests.self, from: try JSONSerialization.data(withJSONObject: json))
    #expect(!earlier.isOrderChanged(since: old) && now.isOrderChanged(since: old))
    #expect(earlier.changes(since: old).isEmpty)
  }

  /// The language of customers who name none is in their letters; a campaign in the usual one has the plan it always had.
  @Test func theDefaultLanguageIsASetting() throws {
    let german = try Self.digests()
    #expect(german.settings[.language] == nil)
    let english = try Self.digests { $0.customers.language = "en" }
    #expect(english.changes(since: german).map(\.text) == ["campaign.yaml: language was added"])
    #expect(german.changes(since: english).map(\.text) == ["campaign.yaml: language was removed"])
  }

  @Test func saysInPlainWordsWhatChanged() throws {
    let earlier = try Self.digests()
    let now = try Self.digests(PlanTests.rows + ["9"], templates: ["de.html2", "en.html"]) {
      $0.incident.what = "anders"
      $0.segments["e2e"] = nil
      $0.segments["neu"] = .phone(reason: "x")
      $0.deadline = LocalDateTime(date: $0.deadline.date + 60, offset: 3600)
      $0.customers.columns[.company] = nil
    }
    #expect(
      now.changes(since: earlier).map(\.text) == [
        "kunden.csv changed",
        "template password-change/de.html changed", "template password-change/de.txt was removed",
        "template password-change/en.html was added", "campaign.yaml: customers.columns changed",
        "campaign.yaml: deadline changed", "campaign.yaml: incident.what changed",
        "campaign.yaml: segments.e2e was removed",
        "campaign.yaml: segments.neu was added",
      ])
  }

  @Test func theKeysThatSignAreInput() throws {
    let keys = try [DKIMKey.make(.rsa), .make(.ed25519), .make(.ed25519)]
    func signer(_ domain: String = "kanzlei-it.example", _ selector: String = "a", _ key: Int = 1) throws
      -> LetterSigner?
    {
      let selectors = try ["r", selector].map { try #require(DKIMSelector($0)) }
      return LetterSigner(
        dkim: DKIMSigner(
          domain: try Domain(domain),
          keys: [.init(selector: selectors[0], key: keys[0]), .init(selector: selectors[1], key: keys[key])]))
    }
    let earlier = try Self.digests(signer: signer())
    #expect(try Self.digests(signer: signer()) == earlier)
    func changes(_ signer: LetterSigner?) throws -> [InputChange] {
      try Self.digests(signer: signer).changes(since: earlier)
    }
    #expect(try changes(signer("example.example")) == [.setting(.dkim(.domain), .changed)])
    #expect(try changes(signer("kanzlei-it.example", "b")) == [.setting(.dkim(.ed25519Selector), .changed)])
    #expect(try changes(signer("kanzlei-it.example", "a", 2)) == [.setting(.dkim(.ed25519KeyFile), .changed)])
    let unsigned = try changes(nil)
    #expect(
      unsigned.map(\.text) == [
        "campaign.yaml: dkim.domain was removed", "campaign.yaml: dkim.ed25519_key_file was removed",
        "campaign.yaml: dkim.ed25519_selector was removed", "campaign.yaml: dkim.rsa_key_file was removed",
        "campaign.yaml: dkim.selector was removed",
      ])
    #expect(unsigned.allSatisfy { $0.isForSigning })
  }

  @Test func theCertificateThatSignsIsInput() async throws {
    let folder = try TemporaryFolder()
    let authority = try await MailAuthority(in: folder.url)
    func signer(_ name: String) async throws -> LetterSigner? {
      let issued = try await authority.issue(name, names: ["email:support@kanzlei-it.example"])
      let identity = try SMIMEIdentity(
        certificates: Certificate.read(pem: Data(contentsOf: issued.chain)),
        keyPEM: Array(Data(contentsOf: issued.key)), passphrase: nil)
      return LetterSigner(smime: SMIMESigner(identity))
    }
    let earlier = try Self.digests(signer: await signer("first"))
    #expect(
      try Self.digests(signer: await signer("second")).changes(since: earlier) == [
        .setting(.smime(.certificateFile), .changed)
      ])
    #expect(
      try Self.digests().changes(since: earlier) == [.setting(.smime(.certificateFile), .removed)])
  }

  @Test func isKeptAsJSON() throws {
    let digests = try Self.digests()
    let json = try JSONEncoder().encode(digests)
    #expect(try JSONDecoder().decode(InputDigests.self, from: json) == digests)
    // Settings are an object of their names: spools and exports keep it.
    let object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    let settings = try #require(object["settings"] as? [String: String])
    #expect(Set(settings.keys) == Set(digests.settings.keys.map(\.name)))
    #expect(settings["segments.e2e"] != nil && settings["incident.what"] != nil)
  }

  @Test func aSettingIsKnownByItsName() {
    var keys: [SettingKey] = [
      .columns, .language, .segment("imap"), .segment("a.b"), .segment(""), .letter("notice"), .deadline,
    ]
    keys += SettingKey.Incident.allCases.map(SettingKey.incident) + SettingKey.Sender.allCases.map(SettingKey.sender)
    keys += SettingKey.DKIM.allCases.map(SettingKey.dkim) + SettingKey.SMIME.allCases.map(SettingKey.smime)
    for key in keys { #expect(SettingKey(name: key.name) == key) }
    for name in ["", "deadline.x", "language.x", "dkim", "dkim.new_key_file", "incident", "columns", "customers.file"] {
      #expect(SettingKey(name: name) == .other(name))
      #expect(SettingKey(name: name).name == name)
    }
    #expect(
      keys.filter(\.isKeyFile).map(\.name) == ["dkim.rsa_key_file", "dkim.ed25519_key_file", "smime.certificate_file"])
    #expect(keys.filter(\.isForSigning).count == SettingKey.DKIM.allCases.count + SettingKey.SMIME.allCases.count)
  }

  @Test func theBooksDigestIsTheFiles() throws {
    let table = try CustomerTable(rows: PlanTests.rows)
    let campaign = try PlanTests.campaign(table.source)
    let digests = InputDigests(campaign, customerFile: try table.book().file.digest, templates: [], signer: nil)
    #expect(try InputDigests.read(campaign, templates: [], signer: nil) == digests)
  }
}
