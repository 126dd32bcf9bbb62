import COpenSSL
import Foundation

/// Signs MIME entities with S/MIME (RFC 8551 §3.5.3): multipart/signed, SHA-256, the certificates in the signature.
///
/// Pure: the same entity, time and boundary give the same bytes. May be used from several tasks at once.
public struct SMIMESigner: Sendable {
  public let identity: SMIMEIdentity

  public init(_ identity: SMIMEIdentity) { self.identity = identity }

  /// - Parameters:
  ///   - entity: Content fields, an empty line and a body: 7-bit, its lines ended by CRLF and without white space at
  ///     their
  ///     ends, so that no relay has reason to change what was signed.
  ///   - boundary: The boundary of the multipart/signed; it does not occur in the entity.
  ///   - date: The signing time, in whole seconds, rounded as the Date field is.
  func signed(_ entity: [UInt8], boundary: String, at date: Date) throws(SMIMEError) -> [UInt8] {
    let signature = try signature(of: entity, at: date)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entity.count + signature.count * 3 / 2 + 512)
    bytes +=
      """
      Content-Type: multipart/signed; protocol="application/pkcs7-signature";\r
       micalg=sha-256; boundary="\(boundary)"\r
      \r
      --\(boundary)\r\n
      """.utf8
    bytes += entity
    bytes +=
      """
      \r
      --\(boundary)\r
      Content-Type: application/pkcs7-signature; name="smime.p7s"\r
      Content-Transfer-Encoding: base64\r
      Content-Disposition: attachment; filename="smime.p7s"\r
      \r\n
      """.utf8
    bytes.append(base64Lines: signature)
    bytes += "--\(boundary)--\r\n".utf8
    return bytes
  }

  /// SignedData in DER, without its content.
  private func signature(of entity: [UInt8], at date: Date) throws(SMIMEError) -> [UInt8] {
    let chain = identity.authorities.map { Optional($0.storage.pointer) }
    let certificates = ([identity.certificate] + identity.authorities).reduce(0) { $0 + $1.der.count }
    // Room for an RSA signature, names and attributes next to the certificates.
    let capacity = 2 * certificates + 8192
    let signature = identity.key.bytes(atMost: capacity) { key, der, capacity in
      withExtendedLifetime(identity) {
        copenssl_cms_sign(
          identity.certificate.storage.pointer, key, chain, chain.count, entity, entity.count,
          Int64(CivilTime.seconds(since1970: date)), der, capacity)
      }
    }
    guard let signature else { throw SMIMEError(.certificate, .failed) }
    return signature
  }
}

extension [UInt8] {
  /// Base64 in lines of 64 characters, each ended by CRLF.
  mutating func append(base64Lines bytes: [UInt8]) {
    var rest = Data(bytes).base64EncodedData()[...]
    while !rest.isEmpty {
      append(contentsOf: rest.prefix(64))
      append(contentsOf: "\r\n".utf8)
      rest = rest.dropFirst(64)
    }
  }
}
