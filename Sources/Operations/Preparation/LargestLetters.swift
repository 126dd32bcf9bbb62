import Campaigns
import Foundation
import Letters
import Mail
import Preflight

/// The letters that may become the largest messages, kept while all letters are made.
///
/// Which is the largest depends on how it is sent: a text with many umlauts grows in quoted-printable and not in 8 bits,
/// and an encrypted letter is larger than any other of its length. So there is a candidate for each way.
struct LargestLetters: Sendable {
  private enum Way { case eightBit, quotedPrintable, encrypted }

  private struct Candidate: Sendable {
    var letter: Letter
    var customer: Customer
    var size: Int
  }

  private var candidates: [Way: Candidate] = [:]

  var isEmpty: Bool { candidates.isEmpty }

  /// - Parameter bytes: The letter's message, in quoted-printable and not signed.
  mutating func note(_ letter: Letter, for customer: Customer, bytes: Int, isEncrypted: Bool) {
    func keep(_ way: Way, _ size: Int) {
      guard size > candidates[way]?.size ?? -1 else { return }
      candidates[way] = Candidate(letter: letter, customer: customer, size: size)
    }
    keep(.eightBit, letter.byteCount)
    keep(isEncrypted ? .encrypted : .quotedPrintable, bytes)
  }

  /// Makes the candidates as they are sent, signed and encrypted.
  func needs(_ loaded: LoadedCampaign, international: Int, at now: Date) throws -> LetterNeeds {
    // Message-ID and boundary are as long with any key.
    let composer = LetterComposer(
      campaign: loaded.campaign, key: [UInt8](repeating: 0, count: 32), signer: loaded.keys.signer)
    func largest(_ encoding: TransferEncoding) throws -> Int? {
      try candidates.values.map {
        try composer.bytes(for: $0.letter, to: $0.customer, date: now, encoding: encoding).count
      }.max()
    }
    let sevenBit = try largest(.quotedPrintable)
    return LetterNeeds(
      largest: sevenBit, largestEightBit: composer.allowsEightBit ? try largest(.eightBit) : sevenBit,
      international: international)
  }
}

extension Letter {
  /// The size of the letter's texts, before they are encoded.
  fileprivate var byteCount: Int { subject.utf8.count + text.utf8.count + html.utf8.count }
}
