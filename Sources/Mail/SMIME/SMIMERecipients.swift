import COpenSSL

/// Customers' certificates by address, and letters encrypted with them (RFC 8551 §3.3): AES-256 in CBC mode, the
/// content key for RSA (PKCS #1 v1.5) or by ECDH with SHA-256.
///
/// Where an address has several certificates, a letter can be read with the key of any of them. Pure: the randomness of
/// the encryption is derived from a secret key, so that the same letter is the same bytes and can be reproduced to
/// prove it; see docs/decisions/0015. May be used from several tasks at once.
public struct SMIMERecipients: Sendable {
  private let byAddress: [String: [Certificate]]
  private let files: [Certificate: String]

  /// - Parameter files: The files that hold the certificates, which an error names.
  public init(_ certificates: [Certificate], files: [Certificate: String] = [:]) {
    self.files = files
    var byAddress: [String: [Certificate]] = [:]
    for certificate in Set(certificates).sorted(by: { $0.digest.hex < $1.digest.hex }) {
      for key in Set(certificate.addresses.map(\.key)) { byAddress[key, default: []].append(certificate) }
    }
    self.byAddress = byAddress
  }

  /// SHA-256 of each certificate, in ascending order.
  public var digests: [SHA256Digest] {
    Set(byAddress.values.joined()).map(\.digest).sorted { $0.hex < $1.hex }
  }

  public func has(_ address: EmailAddress) -> Bool { byAddress[address.key] != nil }

  /// The entity encrypted for `address`; unchanged when there is no certificate for the address. Fails with
  /// ``SMIMEError/Problem/encryptionFailed(files:)`` alone.
  ///
  /// - Parameters:
  ///   - entity: The entity as ``SMIMESigner`` makes it.
  ///   - key: The campaign's secret key: anybody who has it can decrypt all its letters.
  ///   - messageID: The Message-ID of the message the entity is for.
  func encrypted(
    _ entity: [UInt8], for address: EmailAddress, key: KeyedHash, messageID: MessageID
  ) throws(SMIMEError) -> [UInt8] {
    guard let certificates = byAddress[address.key] else { return entity }
    // With the entity in the label, no two contents are ever encrypted with the same key, whatever a Message-ID does.
    let label = (["smime", "\(messageID)", SHA256.digest(of: entity).hex] + certificates.map(\.digest.hex))
      .joined(separator: "\0")
    // Content key, IV, and for each certificate padding or an ephemeral key; OpenSSL fails when it needs more.
    let randomness = DerivedRandomness(key, label: label).bytes(4096 + 8192 * certificates.count)
    let pointers = certificates.map { Optional($0.storage.pointer) }
    let capacity = entity.count + 4096 + certificates.reduce(0) { $0 + $1.der.count + 4096 }
    let enveloped = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      count = withExtendedLifetime(certificates) {
        copenssl_cms_encrypt(
          pointers, pointers.count, entity, entity.count, randomness, randomness.count, buffer.baseAddress, capacity)
      }
    }
    guard !enveloped.isEmpty else {
      throw SMIMEError(.certificate, .encryptionFailed(files: certificates.compactMap { files[$0] }))
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(enveloped.count * 3 / 2 + 256)
    bytes +=
      """
      Content-Type: application/pkcs7-mime; smime-type=enveloped-data;\r
       name="smime.p7m"\r
      Content-Transfer-Encoding: base64\r
      Content-Disposition: attachment; filename="smime.p7m"\r
      \r\n
      """.utf8
    bytes.append(base64Lines: enveloped)
    return bytes
  }
}
