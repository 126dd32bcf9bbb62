import Foundation
import Mail
import TestSupport
import Testing

@testable import Preview

/// Every header field that a letter can have is explained.
@Suite struct HeaderExplanationTests {
  private func fields(signer: LetterSigner?) throws -> [String] {
    let bytes = try Fixtures.maker(signer: signer).previewed("password-change", for: Fixtures.customer()).bytes
    return DecodedHeader(bytes).fields.map(\.name)
  }

  private func expectExplained(_ fields: [String]) {
    for name in fields { #expect(!HeaderExplanation.text(name).isEmpty, "\(name) is not explained") }
  }

  @Test func ofLettersThatNobodySigns() throws {
    let fields = try fields(signer: nil)
    #expect(fields.count == 10)
    expectExplained(fields)
  }

  @Test func ofLettersWithSignaturesAndOfEncryptedOnes() async throws {
    let folder = try TemporaryFolder()
    let authority = try await MailAuthority(in: folder.url)
    let sender = try await authority.issue("sender", names: ["email:support@kanzlei-it.example"])
    let customer = try await authority.issue("customer", names: ["email:kontakt@ahorn.example"])
    let smime = SMIMESigner(
      try SMIMEIdentity(
        certificates: Certificate.read(pem: Data(contentsOf: sender.chain)),
        keyPEM: Array(Data(contentsOf: sender.key)), passphrase: nil))
    let recipients = SMIMERecipients(try Certificate.read(pem: Data(contentsOf: customer.certificate)))
    let dkim = try Fixtures.dkim()
    let signed = try fields(signer: LetterSigner(smime: smime, dkim: dkim))
    #expect(signed.first == "DKIM-Signature" && signed.contains("Content-Type"))
    expectExplained(signed)
    let encrypted = try fields(signer: LetterSigner(smime: smime, recipients: recipients, dkim: dkim))
    #expect(encrypted.contains("Content-Disposition"))
    expectExplained(encrypted)
  }

  @Test func ofAnyCaseAndOfNoOtherField() {
    #expect(HeaderExplanation.text("MESSAGE-ID") == HeaderExplanation.text("Message-ID"))
    #expect(HeaderExplanation.text("X-Mailer").isEmpty)
  }
}
