import Campaigns
import Mail
import Testing

@testable import Letters

@Suite struct LetterEnvelopesTests {
  private let key = Array(repeating: UInt8(7), count: 32)
  private let recipient = Fixtures.address("kunde@firma.example")

  private func messageID(_ name: String) throws -> MessageID { try MessageID(parsing: "<\(name)@kanzlei-it.example>") }

  private func envelopes(
    _ address: String? = "bounce@kanzlei-it.example"
  ) throws -> LetterEnvelopes {
    var campaign = Fixtures.campaign()
    campaign.bounces = try address.map { try BounceAddress(address: Fixtures.address($0)) }
    return LetterEnvelopes(campaign: campaign, key: key)
  }

  private func tokens(campaign: String = Fixtures.campaign().name, key: [UInt8]? = nil) -> BounceTokens {
    BounceTokens(campaign: campaign, key: key ?? self.key)
  }

  @Test func withoutBouncesTheSenderIsFrom() throws {
    let envelope = try envelopes(nil).envelope(of: messageID("a"), to: recipient)
    #expect(envelope == Envelope(sender: Fixtures.address("support@kanzlei-it.example"), recipient: recipient))
    #expect(envelope.envelopeID == nil)
  }

  @Test func eachLetterHasASenderOfItsOwn() throws {
    let envelopes = try envelopes()
    let one = envelopes.envelope(of: try messageID("a"), to: recipient)
    let token = tokens().token(of: try messageID("a")).description
    #expect(one.sender.description == "bounce+\(token)@kanzlei-it.example")
    #expect(one.envelopeID == token && one.recipient == recipient)
    #expect(one == envelopes.envelope(of: try messageID("a"), to: recipient))
    #expect(one.sender != envelopes.envelope(of: try messageID("b"), to: recipient).sender)
  }

  @Test func aTokenDependsOnKeyCampaignAndLetter() throws {
    let tokens = [
      tokens().token(of: try messageID("a")), tokens().token(of: try messageID("b")),
      tokens(campaign: "other").token(of: try messageID("a")),
      tokens(key: Array(repeating: 8, count: 32)).token(of: try messageID("a")),
    ]
    #expect(Set(tokens).count == tokens.count)
    for token in tokens {
      #expect(token.description.wholeMatch(of: /[0-9a-hjkmnp-tv-z]{16}/) != nil)
      #expect(BounceToken(token.description) == token && BounceToken(token.description.uppercased()) == token)
    }
  }

  /// All 80 bits, the first one first.
  @Test func aTokenIsTheBeginningOfTheDigest() throws {
    let digest = try #require(SHA256Digest(hex: "0123456789abcdeffedc" + String(repeating: "0", count: 44)))
    #expect(BounceToken(digest).description == "04hmasw9nf6yzzpw")
  }

  @Test func whatHasAnotherFormIsNoToken() {
    for text in ["", "04hmasw9nf6yzzp", "04hmasw9nf6yzzpww", "04hmasw9nf6yzzpu", "éééééééé", "04hmasw9nf6yzz+w"] {
      #expect(BounceToken(text) == nil, "\(text)")
    }
  }
}
