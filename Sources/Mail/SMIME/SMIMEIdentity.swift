import COpenSSL
public import Foundation

/// The identity that signs with S/MIME (RFC 8551): a certificate, its private key, and the authorities between it and
/// its root.
///
/// It is made only of parts that can sign letters: an RSA key, because its signatures (PKCS #1 v1.5) are the same for
/// the same letter, of a certificate that may sign mail, with its chain in order. ``fault(at:)`` checks whether it is
/// valid at a moment. Not encodable and not printable; threads may share it.
public struct SMIMEIdentity: Sendable {
  public let certificate: Certificate
  /// The authorities from the issuer of ``certificate`` upwards, without a root: a reader who trusts a root has it.
  public let authorities: [Certificate]
  /// True when the certificate vouches for itself: no reader trusts it unless told to.
  public let isSelfSigned: Bool
  let key: SigningKey

  /// Reads PEM: `certificates` with the chain in any order, `key` in PKCS #8 or PKCS #1.
  public init(certificates: [Certificate], keyPEM: [UInt8], passphrase: String?) throws(SMIMEError) {
    let key: SigningKey
    do throws(SigningKey.ReadError) {
      key = try SigningKey(pem: keyPEM, passphrase: passphrase)
    } catch {
      throw SMIMEError(.key, .init(error))
    }
    try self.init(certificates: certificates, key: key)
  }

  /// Reads PKCS #12 (RFC 7292).
  public init(pkcs12: [UInt8], passphrase: String) throws(SMIMEError) {
    let secret = Array(passphrase.utf8)
    var key: OpaquePointer?
    var list: OpaquePointer?
    let result = copenssl_pkcs12_open(pkcs12, pkcs12.count, secret, secret.count, &key, &list)
    guard result == copenssl_pkcs12_ok, let key, let list else {
      let problem: SMIMEError.Problem =
        switch result {
        case copenssl_pkcs12_wrong_passphrase: .wrongPassphrase
        case copenssl_pkcs12_unsupported: .oldPKCS12
        case copenssl_pkcs12_no_key: .pkcs12WithoutKey
        case copenssl_pkcs12_no_certificate: .pkcs12WithoutCertificate
        default: .notPKCS12
        }
      throw SMIMEError(.certificate, problem)
    }
    let owned = SigningKey(key)
    let certificates: [Certificate]
    do throws(CertificateError) {
      certificates = try Certificate.takeAll(list)
    } catch {
      throw SMIMEError(.certificate, .notPKCS12)
    }
    try self.init(certificates: certificates, key: owned)
  }

  private init(certificates: [Certificate], key: SigningKey) throws(SMIMEError) {
    guard let own = certificates.first(where: { $0.belongs(to: key) }) else {
      throw SMIMEError(.key, .otherKey(subject: certificates.first?.subject ?? ""))
    }
    guard copenssl_signing_key_kind(key.pointer) == copenssl_signing_rsa else { throw SMIMEError(.key, .notRSA) }
    if let fault = own.keyFault { throw SMIMEError(.certificate, .keyFault(fault)) }
    guard key.signs else { throw SMIMEError(.key, .keyDoesNotSign) }
    guard own.maySign else { throw SMIMEError(.certificate, .mayNotSign) }
    guard own.isForMail else { throw SMIMEError(.certificate, .notForMail) }
    self.key = key
    certificate = own
    isSelfSigned = own.isSelfSigned
    authorities = try Self.chain(of: own, among: certificates)
  }

  /// Certificates of one file; a chain has three or four.
  private static let mostCertificates = 50

  private static func chain(of own: Certificate, among certificates: [Certificate]) throws(SMIMEError) -> [Certificate]
  {
    // Each step of the chain tries every certificate that is left.
    guard certificates.count <= mostCertificates else {
      throw SMIMEError(.certificate, .notInChain(certificates[mostCertificates].subject))
    }
    var rest = Set(certificates)
    rest.remove(own)
    var chain = [own]
    while let last = chain.last, !last.isSelfSigned, let next = rest.first(where: { last.wasIssued(by: $0) }) {
      guard next.isAuthority else { throw SMIMEError(.certificate, .notAnAuthority(next.subject)) }
      rest.remove(next)
      chain.append(next)
    }
    if let stranger = rest.map(\.subject).min() { throw SMIMEError(.certificate, .notInChain(stranger)) }
    // Public authorities issue nothing from their roots, so a certificate that is alone misses at least one.
    if chain.count == 1, !own.isSelfSigned { throw SMIMEError(.certificate, .missingIssuer(own.issuer)) }
    return chain.dropFirst().filter { !$0.isSelfSigned }
  }

  /// The moment until which letters can be signed: the last second of the certificate, or of an authority that ends
  /// earlier.
  public var notAfter: Date { ([certificate] + authorities).map(\.notAfter).min() ?? certificate.notAfter }

  /// The reason why nothing can be signed at `moment`; nil when signing is possible.
  public func fault(at moment: Date) -> SMIMEError? {
    for each in [certificate] + authorities {
      let subject = each == certificate ? nil : each.subject
      if moment < each.notBefore { return SMIMEError(.certificate, .notYetValid(subject, from: each.notBefore)) }
      if each.isOver(at: moment) { return SMIMEError(.certificate, .expired(subject, at: each.notAfter)) }
    }
    return nil
  }

  /// The reason why letters from `sender` cannot be signed; nil when they can.
  public func fault(from sender: EmailAddress) -> SMIMEError? {
    certificate.addresses.contains(sender)
      ? nil : SMIMEError(.certificate, .otherAddress(certificate.addresses.map(\.displayText), sender.displayText))
  }
}
