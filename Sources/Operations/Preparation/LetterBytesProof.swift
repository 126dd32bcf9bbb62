import Campaigns
import Foundation
import Letters
import Mail

/// Makes the bytes of letters as sending does, to find out whether they can be made.
///
/// Each letter becomes a message. Signing is done once, because what signs one message signs every other; encryption once
/// for each address, because each has certificates of its own.
struct LetterBytesProof {
  private let unsigned: LetterComposer
  private let signed: LetterComposer
  private let signer: LetterSigner?
  private let date: Date
  private var isSigningProven = false
  private var encrypted: Set<String> = []

  /// - Parameter date: The Date of the messages, and the signing time.
  init(_ loaded: LoadedCampaign, date: Date) {
    // Message-IDs and boundaries are as long with any key.
    let key = [UInt8](repeating: 0, count: 32)
    signer = loaded.keys.signer
    unsigned = LetterComposer(campaign: loaded.campaign, key: key, signer: nil)
    signed = LetterComposer(campaign: loaded.campaign, key: key, signer: signer)
    self.date = date
  }

  /// Returns how many bytes the message has before it is signed, in quoted-printable.
  ///
  /// - Throws: ``LetterError`` for a letter that cannot be made; `SMIMEError` and `DKIMKeyError` when none can be signed.
  mutating func make(_ letter: Letter, for customer: Customer) throws -> Int {
    let address = customer.contact.flatMap { signer?.encrypts(to: $0) == true ? $0.key : nil }
    let isProven = isSigningProven && address.map(encrypted.contains) ?? true
    let size = try unsigned.bytes(for: letter, to: customer, date: date, encoding: .quotedPrintable).count
    guard signer != nil, !isProven else { return size }
    _ = try signed.bytes(for: letter, to: customer, date: date, encoding: .quotedPrintable)
    isSigningProven = true
    if let address { encrypted.insert(address) }
    return size
  }
}
