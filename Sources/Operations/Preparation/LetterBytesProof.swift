import Campaigns
import Foundation
import Letters
import Mail

/// Signs and encrypts letters as sending does, to find out whether they can be.
///
/// Signing is done once, because what signs one message signs every other; encryption once for each address, because each
/// has certificates of its own.
struct LetterBytesProof {
  private let signed: LetterComposer
  private let signer: LetterSigner?
  private let date: Date
  private var isSigningProven = false
  private var encrypted: Set<String> = []

  /// - Parameter date: The Date of the messages, and the signing time.
  init(_ loaded: LoadedCampaign, date: Date) {
    signer = loaded.keys.signer
    signed = Self.composer(loaded, signer: signer)
    self.date = date
  }

  /// Message-IDs and boundaries are as long with any key.
  static func composer(_ loaded: LoadedCampaign, signer: LetterSigner?) -> LetterComposer {
    LetterComposer(campaign: loaded.campaign, key: [UInt8](repeating: 0, count: 32), signer: signer)
  }

  /// - Throws: ``LetterError`` for a letter that cannot be made; `SMIMEError` and `DKIMKeyError` when none can be signed.
  mutating func prove(_ letter: Letter, for customer: Customer) throws {
    guard let signer else { return }
    let address = customer.contact.flatMap { signer.encrypts(to: $0) ? $0.key : nil }
    guard !isSigningProven || address.map({ !encrypted.contains($0) }) ?? false else { return }
    _ = try signed.bytes(for: letter, to: customer, date: date, encoding: .quotedPrintable)
    isSigningProven = true
    if let address { encrypted.insert(address) }
  }
}
