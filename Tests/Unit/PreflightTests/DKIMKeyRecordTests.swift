import Campaigns
import Foundation
import Mail
import Testing

@testable import Preflight

@Suite struct DKIMKeyRecordTests {
  private static let rsa = try! DKIMKey.make(.rsa)
  private static let ed25519 = try! DKIMKey.make(.ed25519)
  private static let value = Data(rsa.publicBytes).base64EncodedString()

  private func judge(_ texts: String..., key: DKIMKey = rsa) -> DKIMKeyRecord.Judgement {
    DKIMKeyRecord.judge(texts.map { Array($0.utf8) }, key: key)
  }

  @Test func theKeyThatSigns() throws {
    for text in [
      "v=DKIM1; k=rsa; p=\(Self.value)", "p=\(Self.value)", "v=DKIM1;p=\(Self.value);",
      "v=DKIM1; h=sha1:sha256; s=email; t=s; n=note; p=\(Self.value.prefix(100)) \(Self.value.dropFirst(100))",
    ] {
      #expect(judge(text).severity == .ok, "\(text)")
    }
    let selector = try #require(DKIMSelector("s"))
    for key in [Self.rsa, Self.ed25519] {
      let record = DKIMRecord(domain: try Domain("firm.example"), selector: selector, key: key)
      #expect(judge(record.value, key: key).severity == .ok)
    }
  }

  @Test(arguments: [
    ([], "DNS has no record of the RSA key."),
    (["v=DKIM1; p=\(value)", "v=DKIM1; p=\(value)"], "2 TXT records"),
    (["v=DKIM1; k=rsa; p="], "revoked"),
    (["v=DKIM1; k=rsa"], "“p=” is missing"),
    (["v=DKIM2; p=\(value)"], "does not begin with “v=DKIM1”"),
    (["k=rsa; v=DKIM1; p=\(value)"], "does not begin with “v=DKIM1”"),
    (["v=DKIM1; k=ed25519; p=\(value)"], "another kind of key"),
    (["v=DKIM1; h=sha1; p=\(value)"], "does not allow SHA-256"),
    (["v=DKIM1; s=tlsrpt; p=\(value)"], "not for e-mail"),
    (["v=DKIM1; p=\(value.prefix(200))"], "cut off: 200 of \(value.utf8.count)"),
    (["v=DKIM1; p=!!!!"], "not base64"),
    (["v=DKIM1; p=AAAA"], "another key than the one that signs"),
    (["v=spf1 -all"], "is no DKIM record"),
    (["v=DKIM1; p=\(value); p=\(value)"], "“p” is there twice"),
    (["v=DKIM1; p=\u{1B}[2J"], "\\027[2J"),
  ])
  func faults(_ texts: [String], _ words: String) {
    let judgement = DKIMKeyRecord.judge(texts.map { Array($0.utf8) }, key: Self.rsa)
    #expect(judgement.severity == .error)
    #expect(judgement.found.contains(words), "\(judgement.found)")
    #expect(judgement.advice != nil)
  }

  @Test func testModeIsAWarning() {
    #expect(judge("v=DKIM1; t=y:s; p=\(Self.value)").severity == .warning)
  }

  @Test func theBareRSAKeyIsNotReadEverywhere() {
    // SubjectPublicKeyInfo ends with RSAPublicKey: 24 bytes stand before it with 2048 bits.
    let bare = Data(Self.rsa.publicBytes.dropFirst(24)).base64EncodedString()
    #expect(judge("v=DKIM1; p=\(bare)").found.contains("RSAPublicKey"))
  }

  @Test func findings() async throws {
    let domain = try Domain("firm.example")
    let selector = try #require(DKIMSelector("s1"))
    let signer = DKIMSigner(domain: domain, keys: [.init(selector: selector, key: Self.rsa)])
    let here = DKIMPolicy.here(
      DKIMSettings(domain: domain, rsa: .init(selector: selector, file: URL(fileURLWithPath: "/k")), ed25519: nil))
    func findings(_ signing: DKIMPolicy?, _ signer: DKIMSigner?, _ zone: String) async -> [PreflightFinding] {
      await DKIMCheck(signing: signing, signer: signer, from: domain, dns: DNSTable(zone)).findings()
    }
    let missing = await findings(here, signer, "firm.example A 192.0.2.1")
    #expect(missing.map(\.severity) == [.error])
    #expect(
      missing[0].publish
        == .init(name: "s1._domainkey.firm.example", value: "v=DKIM1; k=rsa; p=\(Self.value)"))
    #expect(await findings(here, signer, "s1._domainkey.firm.example TXT p=\(Self.value)").map(\.severity) == [.ok])
    let broken = await findings(here, signer, "s1._domainkey.firm.example ? SERVFAIL")
    #expect(broken.map(\.severity) == [.unknown] && broken[0].publish == nil)
    #expect(await findings(here, nil, "firm.example A 192.0.2.1").map(\.severity) == [.unknown])
    #expect(await findings(.relay, nil, "firm.example A 192.0.2.1").map(\.severity) == [.warning])
    #expect(await findings(nil, nil, "firm.example A 192.0.2.1").map(\.severity) == [.warning])
  }
}
