import COpenSSL
public import Foundation

/// An X.509 certificate (RFC 5280): the subject, the permitted uses and the validity.
///
/// It is read once and never changed; threads may share it. Two certificates are equal when their bytes are. Its
/// statements are not verified; ``wasIssued(by:)`` checks the issuer.
public struct Certificate: Sendable, Hashable, CustomStringConvertible {
  public let der: [UInt8]
  /// The subject and the issuer in the form of RFC 4514, such as `CN=Support,O=Provider`.
  public let subject: String
  public let issuer: String
  /// The certificate is valid from the first to the last of these seconds.
  public let notBefore: Date
  public let notAfter: Date
  /// The addresses in subject and alternative names; names that are not addresses are left out.
  public let addresses: [EmailAddress]
  /// The uses permitted by the key usage, where there is one.
  public let maySign: Bool
  public let mayReceive: Bool
  /// The use permitted by the extended key usage, where there is one.
  public let isForMail: Bool
  public let isAuthority: Bool
  public let keyKind: KeyKind
  /// Nil for a key that letters may be encrypted for.
  public let keyFault: KeyFault?
  let storage: Storage

  public enum KeyKind: Sendable, Hashable {
    case rsa
    /// An elliptic curve: P-256, P-384 or P-521.
    case curve
    case other
  }

  /// Owns the certificate in libcrypto; see certificate.c on threads, hence `@unchecked`.
  final class Storage: @unchecked Sendable {
    let pointer: OpaquePointer
    init(_ pointer: OpaquePointer) { self.pointer = pointer }
    deinit { copenssl_certificate_free(pointer) }
  }

  /// Certificates in PEM, in the order of the text; at least one.
  public static func read(pem: some Collection<UInt8>) throws(CertificateError) -> [Certificate] {
    let bytes = Array(pem)
    guard let list = copenssl_certificates_from_pem(bytes, bytes.count) else { throw .malformed }
    let certificates = try takeAll(list)
    guard !certificates.isEmpty else { throw .noCertificate }
    return certificates
  }

  /// One certificate in DER.
  public init(der: some Collection<UInt8>) throws(CertificateError) {
    let bytes = Array(der)
    guard let list = copenssl_certificates_from_der(bytes, bytes.count) else { throw .malformed }
    guard let certificate = try Self.takeAll(list).first else { throw .malformed }
    self = certificate
  }

  /// Whether a file is PEM, whatever it holds.
  public static func isPEM(_ bytes: some Collection<UInt8>) -> Bool {
    String(decoding: bytes, as: UTF8.self).contains("-----BEGIN ")
  }

  /// The certificates of a list, which is freed here.
  static func takeAll(_ list: OpaquePointer) throws(CertificateError) -> [Certificate] {
    defer { copenssl_certificates_free(list) }
    var certificates: [Certificate] = []
    for index in 0..<copenssl_certificates_count(list) {
      guard let pointer = copenssl_certificates_at(list, index) else { throw .malformed }
      certificates.append(try Certificate(Storage(pointer)))
    }
    return certificates
  }

  private init(_ storage: Storage) throws(CertificateError) {
    var from: Int64 = 0
    var until: Int64 = 0
    guard let der = Self.bytes(storage, atMost: 1 << 18, by: copenssl_certificate_der),
      copenssl_certificate_validity(storage.pointer, &from, &until)
    else { throw .malformed }
    self.storage = storage
    self.der = der
    subject = Self.text(storage) { copenssl_certificate_name($0, false, $1, $2) } ?? "without a name"
    issuer = Self.text(storage) { copenssl_certificate_name($0, true, $1, $2) } ?? "without a name"
    notBefore = Date(timeIntervalSince1970: TimeInterval(from))
    notAfter = Date(timeIntervalSince1970: TimeInterval(until))
    var addresses: [EmailAddress] = []
    var number = 0
    while let text = Self.text(storage, by: { copenssl_certificate_address($0, number, $1, $2) }) {
      if let address = try? EmailAddress(text), !addresses.contains(address) { addresses.append(address) }
      number += 1
    }
    self.addresses = addresses
    let usage = Int(copenssl_certificate_usage(storage.pointer))
    maySign = usage & copenssl_usage_signs != 0
    mayReceive = usage & copenssl_usage_receives != 0
    isForMail = usage & copenssl_usage_mail != 0
    isAuthority = usage & copenssl_usage_authority != 0
    var bits = 0
    switch copenssl_certificate_key(storage.pointer, &bits) {
    case copenssl_public_rsa: keyKind = .rsa
    case copenssl_public_curve: keyKind = .curve
    default: keyKind = .other
    }
    keyFault = KeyFault(copenssl_certificate_key_fault(storage.pointer), bits: bits)
  }

  public var digest: SHA256Digest { SHA256.digest(of: der) }

  public var description: String { subject }

  /// Whether the last second of its validity has passed.
  public func isOver(at moment: Date) -> Bool { moment >= notAfter + 1 }

  public var isSelfSigned: Bool { wasIssued(by: self) }

  /// Whether names, key and signature show that `issuer` issued it; the signature is checked.
  public func wasIssued(by issuer: Certificate) -> Bool {
    copenssl_certificate_issued(issuer.storage.pointer, storage.pointer)
  }

  func belongs(to key: SigningKey) -> Bool { copenssl_certificate_belongs(storage.pointer, key.pointer) }

  public static func == (left: Certificate, right: Certificate) -> Bool { left.der == right.der }

  public func hash(into hasher: inout Hasher) { hasher.combine(der) }

  private static func text(
    _ storage: Storage, by write: (OpaquePointer, UnsafeMutablePointer<UInt8>, Int) -> Int
  ) -> String? {
    bytes(storage, atMost: 4096, by: write).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func bytes(
    _ storage: Storage, atMost capacity: Int, by write: (OpaquePointer, UnsafeMutablePointer<UInt8>, Int) -> Int
  ) -> [UInt8]? {
    let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      // A buffer of more than zero bytes has a base address.
      count = write(storage.pointer, buffer.baseAddress!, capacity)
    }
    return bytes.isEmpty ? nil : bytes
  }
}

/// The reason why a file has no usable certificate: a clause that follows the file's name.
public enum CertificateError: Error, Sendable, Hashable, CustomStringConvertible {
  case malformed
  case noCertificate

  public var description: String {
    switch self {
    case .malformed: "this is not a certificate, or a damaged one; export it again as PEM"
    case .noCertificate: "there is no certificate in this file; it must have \"-----BEGIN CERTIFICATE-----\""
    }
  }
}
