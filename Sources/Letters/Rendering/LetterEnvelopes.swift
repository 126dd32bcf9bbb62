public import Campaigns
import Foundation
public import Mail

/// What a report names of a letter that came back: 80 bits of a keyed hash, as 16 letters and digits.
///
/// Nobody without the campaign's key can make one or learn anything from one. Case does not count: mail servers change it.
/// See `docs/decisions/0064-envelope-sender.md`.
public struct BounceToken: Sendable, Hashable, CustomStringConvertible {
  /// Base 32 without the letters that look like others (as Crockford's), in lower case.
  private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

  public let description: String

  init(_ digest: SHA256Digest) {
    var characters: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for byte in digest.bytes.prefix(BounceAddress.tokenLength * 5 / 8) {
      bits = bits << 8 | UInt32(byte)
      count += 8
      while count >= 5 {
        count -= 5
        characters.append(Self.alphabet[Int(bits >> count & 31)])
      }
    }
    description = String(decoding: characters, as: UTF8.self)
  }

  /// Nil for what has not the form of a token.
  public init?(_ text: some StringProtocol) {
    guard text.utf8.count == BounceAddress.tokenLength else { return nil }
    let lower = text.lowercased()
    guard lower.utf8.count == BounceAddress.tokenLength, lower.utf8.allSatisfy(Self.alphabet.contains) else {
      return nil
    }
    description = lower
  }
}

/// The tokens of a campaign's letters. Pure.
public struct BounceTokens: Sendable {
  private let campaign: String
  private let hash: KeyedHash

  /// - Parameters:
  ///   - campaign: Its name.
  ///   - key: The frozen campaign's own secret key of 32 bytes.
  public init(campaign: String, key: [UInt8]) {
    self.campaign = campaign
    hash = KeyedHash(key: key)
  }

  /// The token of the letter with this Message-ID, which is the letter's name at every attempt.
  public func token(of message: MessageID) -> BounceToken {
    // Separated by NUL, which neither a folder's name nor a Message-ID holds.
    BounceToken(hash.digest(of: "bounce\0\(campaign)\0\(message)"))
  }
}

/// The envelopes of a campaign's letters: who sends them, as the relay and the receiving servers see it.
///
/// With `bounces` in the campaign file each letter has a sender of its own, the same at every attempt; without it all have
/// the address in From. Pure.
public struct LetterEnvelopes: Sendable {
  private let sender: Sender
  private let bounces: BounceAddress?
  private let tokens: BounceTokens

  /// - Parameter key: The frozen campaign's own secret key of 32 bytes.
  public init(campaign: Campaign, key: [UInt8]) {
    sender = campaign.sender
    bounces = campaign.bounces
    tokens = BounceTokens(campaign: campaign.name, key: key)
  }

  public func envelope(of message: MessageID, to recipient: EmailAddress) -> Envelope {
    let needsSMTPUTF8 = sender.needsSMTPUTF8
    guard let bounces else {
      return Envelope(sender: sender.from.address, recipient: recipient, hasInternationalHeaders: needsSMTPUTF8)
    }
    let token = tokens.token(of: message).description
    return Envelope(
      sender: bounces.address(with: token), recipient: recipient, hasInternationalHeaders: needsSMTPUTF8,
      envelopeID: token)
  }
}
