import Campaigns
import Foundation
import Mail
import TestSupport
import Testing

/// `dkim:` of a campaign file, and the keys it names.
@Suite struct DKIMSettingsTests {
  private func dkim(_ text: String) throws -> DKIMPolicy? {
    try CampaignFileTests.read(CampaignFileTests.whole + "\n" + text).dkim
  }

  @Test func isReadInAllItsForms() throws {
    #expect(try dkim("") == nil)
    #expect(try dkim("dkim: relay") == .relay)
    guard
      case .here(let settings) = try dkim(
        """
        dkim: {domain: Kanzlei-IT.example, selector: Letters-26, rsa_key_file: keys/rsa.pem,
               ed25519_selector: letters.ed, ed25519_key_file: /etc/eilbrief/ed.pem}
        """)
    else {
      Issue.record("not signed here")
      return
    }
    #expect(settings.domain.ascii == "kanzlei-it.example")
    #expect(settings.rsa?.selector.text == "letters-26")
    #expect(settings.rsa?.file.path.hasSuffix("/keys/rsa.pem") == true)
    #expect(settings.ed25519?.selector.text == "letters.ed")
    #expect(settings.ed25519?.file.path == "/etc/eilbrief/ed.pem")
    guard
      case .here(let one) = try dkim("dkim: {domain: kanzlei-it.example, ed25519_selector: 0815, ed25519_key_file: a}")
    else {
      Issue.record("not signed here")
      return
    }
    #expect(one.rsa == nil && one.ed25519?.selector.text == "0815")
  }

  @Test func aDomainAboveTheSendersIsTaken() throws {
    let text = CampaignFileTests.whole.replacing("support@kanzlei-it.example", with: "support@post.kanzlei-it.example")
      .replacing("https://www.kanzlei-it", with: "https://www.post.kanzlei-it")
    let campaign = try CampaignFileTests.read(
      text + "\ndkim: {domain: kanzlei-it.example, selector: a, rsa_key_file: a.pem}")
    #expect(campaign.keyFiles.map(\.lastPathComponent) == ["a.pem"])
  }

  // MARK: Key files

  private struct Scene {
    let folder: TemporaryFolder
    let settings: DKIMSettings

    init(rsa: [UInt8]? = nil, ed25519: [UInt8]? = nil, mode: Int = 0o600) throws {
      folder = try TemporaryFolder()
      if let rsa { try folder.write(rsa, to: "rsa.pem", mode: mode) }
      if let ed25519 { try folder.write(ed25519, to: "ed.pem", mode: mode) }
      let (first, second) = (try #require(DKIMSelector("r")), try #require(DKIMSelector("e")))
      settings = DKIMSettings(
        domain: try Domain("kanzlei-it.example"),
        rsa: DKIMSettings.Key(selector: first, file: folder.url.appending(path: "rsa.pem")),
        ed25519: ed25519 == nil
          ? nil : DKIMSettings.Key(selector: second, file: folder.url.appending(path: "ed.pem")))
    }

    func signer(credentials: URL? = nil) throws -> DKIMSigner {
      try settings.signer(folder: folder.url, credentials: credentials)
    }

    /// Behind the file's path.
    func message(_ file: String = "rsa.pem", credentials: URL? = nil) throws -> String {
      do {
        _ = try signer(credentials: credentials)
        return "no error"
      } catch let error as SecretFileError {
        let path = folder.url.appending(path: file).path(percentEncoded: false)
        #expect(error.path == path)
        return error.message.replacing(path, with: "FILE")
      }
    }
  }

  @Test func bothKeysSignRSAFirst() throws {
    let (rsa, ed25519) = (try DKIMKey.make(.rsa), try DKIMKey.make(.ed25519))
    let signer = try Scene(rsa: rsa.pem, ed25519: ed25519.pem).signer()
    #expect(signer.domain.ascii == "kanzlei-it.example")
    #expect(signer.keys.map(\.selector.text) == ["r", "e"])
    #expect(signer.keys.map(\.key.publicDigest) == [rsa.publicDigest, ed25519.publicDigest])
  }

  @Test(arguments: [(0o644, "0644"), (0o640, "0640"), (0o604, "0604"), (0o620, "0620")])
  func othersMustNotReadIt(mode: Int, shown: String) throws {
    let scene = try Scene(rsa: DKIMKey.make(.rsa).pem, mode: mode)
    #expect(try scene.message() == "others can read this key file (mode \(shown)); run \"chmod 600 FILE\"")
  }

  @Test func isMissing() throws {
    let remedy = "\"eilbrief dkim-key\" makes one; or correct \"dkim.rsa_key_file\""
    let scene = try Scene()
    #expect(try scene.message() == "there is no such file; \(remedy)")
    let credentials = try TemporaryFolder()
    let other = credentials.url.appending(path: "rsa.pem").path(percentEncoded: false)
    #expect(try scene.message(credentials: credentials.url) == "there is no such file, nor \(other); \(remedy)")
    // systemd's mode.
    try credentials.write(DKIMKey.make(.rsa).pem, to: "rsa.pem", mode: 0o440)
    #expect(try scene.signer(credentials: credentials.url).keys.count == 1)
  }

  @Test func isOfTheOtherKind() throws {
    #expect(
      try Scene(rsa: DKIMKey.make(.ed25519).pem).message()
        == "this key is for ed25519-sha256, but \"dkim.rsa_key_file\" names it; write \"ed25519_key_file\" instead")
    let rsa = try DKIMKey.make(.rsa).pem
    #expect(
      try Scene(rsa: rsa, ed25519: rsa).message("ed.pem")
        == "this key is for rsa-sha256, but \"dkim.ed25519_key_file\" names it; write \"rsa_key_file\" instead")
  }

  @Test func isNoKeyAndIsNotShown() throws {
    let message = try Scene(rsa: Array("hunter2".utf8)).message()
    #expect(message == DKIMKeyError.notAPrivateKey.description)
    #expect(!message.contains("hunter2"))
  }
}
