import Foundation

@testable import Mail

/// Certificates and keys as PEM, DER and PKCS #12; the first byte says which of them, because libcrypto is slow.
struct Certificates: FuzzTarget {
  func run(_ input: [UInt8]) {
    let bytes = Array(input.dropFirst())
    switch (input.first ?? 0) % 6 {
    case 0: inspect((try? Certificate.read(pem: bytes)) ?? [])
    case 1: inspect((try? Certificate(der: bytes)).map { [$0] } ?? [])
    case 2: _ = try? DKIMKey(pem: bytes)
    case 3:
      _ = try? SMIMEIdentity(
        certificates: (try? Certificate.read(pem: bytes)) ?? [], keyPEM: bytes, passphrase: nil)
    case 4: _ = try? SMIMEIdentity(pkcs12: bytes, passphrase: "geheim")
    default: _ = try? Ed25519PublicKey(pem: String(decoding: bytes, as: UTF8.self))
    }
  }

  private func inspect(_ certificates: [Certificate]) {
    for certificate in certificates {
      _ = certificate.isSelfSigned
      _ = certificate.isOver(at: Date(timeIntervalSince1970: 1_795_539_600))
      _ = certificate.digest
      _ = certificate.description
    }
  }
}
