public import Foundation

/// The processing of a campaign's letters before they leave: signed with S/MIME, encrypted for customers whose
/// certificate is known, and signed with DKIM over all of that; each step only where it is asked for.
///
/// Pure: the same message, time and keys give the same bytes.
public struct LetterSigner: Sendable {
  public let smime: SMIMESigner?
  /// The customers' certificates; nil when nothing is encrypted.
  public let recipients: SMIMERecipients?
  public let dkim: DKIMSigner?

  /// Nil when nothing signs.
  public init?(smime: SMIMESigner? = nil, recipients: SMIMERecipients? = nil, dkim: DKIMSigner? = nil) {
    guard smime != nil || dkim != nil else { return nil }
    self.smime = smime
    // Nobody could tell who sent a letter that is only encrypted.
    self.recipients = smime == nil ? nil : recipients
    self.dkim = dkim
  }

  public func encrypts(to address: EmailAddress) -> Bool { recipients?.has(address) ?? false }

  /// The whole message, in quoted-printable: a relay that had to convert it would break the signature.
  ///
  /// - Parameters:
  ///   - boundary: The boundary of the multipart/signed.
  ///   - key: The campaign's secret key, from which the randomness of the encryption is derived.
  ///   - date: The signing time.
  /// - Throws: `MessageError`, ``SMIMEError`` and ``DKIMKeyError``.
  public func signed(_ message: MailMessage, boundary: String, key: KeyedHash, at date: Date) throws -> [UInt8] {
    var entity = try message.entity(encoding: .quotedPrintable)
    if let smime { entity = try smime.signed(entity, boundary: boundary, at: date) }
    if let recipients {
      entity = try recipients.encrypted(entity, for: message.to.address, key: key, messageID: message.messageID)
    }
    let bytes = try message.bytes(entity: entity)
    return try dkim?.signed(bytes, at: date) ?? bytes
  }
}
