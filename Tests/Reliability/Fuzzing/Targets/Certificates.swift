import Foundation

@testable import Mail

/// Certificates and keys as PEM, DER and PKCS #12.
struct Certificates: FuzzTarget {
  func run(_ bytes: [UInt8]) {
    let found = Certificate.isPEM(bytes) ? try? Certificate.read(pem: bytes) : (try? Certificate(der: bytes)).map { [$0] }
    for certificate in found ?? [] {
      _ = certificate.isSelfSigned
      _ = certificate.isOver(at: Date(timeIntervalSince1970: 1_795_539_600))
      _ = certificate.digest
      _ = certificate.description
    }
    _ = try? DKIMKey(pem: bytes)
    _ = try? SMIMEIdentity(certificates: found ?? [], keyPEM: bytes, passphrase: nil)
    _ = try? SMIMEIdentity(pkcs12: bytes, passphrase: "geheim")
    _ = try? Ed25519PublicKey(pem: String(decoding: bytes, as: UTF8.self))
  }
}
