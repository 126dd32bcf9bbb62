import Campaigns
import Foundation
import Mail
import Testing

@testable import Letters

@Suite struct LetterComposerTests {
  private let key = Array(repeating: UInt8(7), count: 32)
  private let date = Date(timeIntervalSince1970: 1_763_888_400)

  private func message(
    _ customer: Customer, campaign: Campaign = Fixtures.campaign(), key: [UInt8]? = nil, date: Date? = nil
  ) throws -> MailMessage {
    let letter = try Fixtures.renderer(campaign).letter(for: customer)
    return try LetterComposer(campaign: campaign, key: key ?? self.key, signer: nil).message(
      for: letter, to: customer, date: date ?? self.date)
  }

  @Test func messageIDIsStableAndTellsNothing() throws {
    let first = try message(Fixtures.customer())
    let later = try message(Fixtures.customer(company: "Anders"), date: date.addingTimeInterval(3600))
    #expect(first.messageID == later.messageID)
    #expect(first.boundary == later.boundary)
    #expect(first.messageID.left.utf8.count == 32)
    #expect(first.messageID.domain.ascii == "kanzlei-it.example")
    #expect(!first.boundary.contains(first.messageID.left))
  }

  @Test func messageIDDependsOnCampaignCustomerAndKey() throws {
    var other = Fixtures.campaign()
    other.name = "2026-12"
    let ids = try [
      message(Fixtures.customer()), message(Fixtures.customer(id: "1002")),
      message(Fixtures.customer(), campaign: other),
      message(Fixtures.customer(), key: Array(repeating: 8, count: 32)),
    ].flatMap { [$0.messageID.left, $0.boundary] }
    #expect(Set(ids).count == 8)
  }

  @Test func recipientIsTheContactWithItsName() throws {
    let person = try message(Fixtures.customer(firstName: "Robin", lastName: "Ahorn"))
    #expect(person.to == NamedAddress(displayName: "Robin Ahorn", address: Fixtures.address("kontakt@ahorn.example")))
    #expect(try message(Fixtures.customer()).to.displayName == "Kanzlei am Ahornplatz")
    #expect(try message(Fixtures.customer(company: "a\r\nBcc: b@c.example")).to.displayName == "a Bcc: b@c.example")
    #expect(try message(Fixtures.customer(company: "")).to.displayName == nil)
  }

  @Test func aSignedLetterIsSevenBitWhateverIsAskedFor() throws {
    let dkim = DKIMSigner(
      domain: try Domain("kanzlei-it.example"),
      keys: [.init(selector: try #require(DKIMSelector("a")), key: try DKIMKey.make(.ed25519))])
    let signer = LetterSigner(dkim: dkim)
    let letter = try Fixtures.renderer(Fixtures.campaign()).letter(for: Fixtures.customer())
    func bytes(_ signer: LetterSigner?, _ encoding: TransferEncoding) throws -> [UInt8] {
      try LetterComposer(campaign: Fixtures.campaign(), key: key, signer: signer)
        .bytes(for: letter, to: Fixtures.customer(), date: date, encoding: encoding)
    }
    let signed = try bytes(signer, .eightBit)
    #expect(signed.allSatisfy { $0 < 0x80 })
    #expect(try bytes(signer, .quotedPrintable) == signed)
    let plain = try message(Fixtures.customer()).bytes(encoding: .quotedPrintable)
    #expect(try dkim.signed(plain, at: date) == signed)
    #expect(try bytes(nil, .quotedPrintable) == plain)
    #expect(try bytes(nil, .eightBit).contains { $0 >= 0x80 })
    #expect(!LetterComposer(campaign: Fixtures.campaign(), key: key, signer: signer).allowsEightBit)
    #expect(LetterComposer(campaign: Fixtures.campaign(), key: key, signer: nil).allowsEightBit)
  }

  @Test func withoutContactThereIsNoMessage() throws {
    #expect(throws: LetterError(customer: "1001", problem: .noContact)) {
      try message(Fixtures.customer(contact: nil))
    }
  }

  @Test func everyMessageCanBeWritten() throws {
    for customer in Fixtures.customers(40) {
      let message = try message(customer)
      #expect(try message.bytes(encoding: .quotedPrintable) == message.bytes(encoding: .quotedPrintable))
      #expect(try !message.bytes(encoding: .eightBit).isEmpty)
    }
  }
}
