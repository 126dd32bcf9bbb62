import COpenSSL

/// The key that checks receipt checkpoints: Ed25519 (RFC 8032), as SubjectPublicKeyInfo in PEM (RFC 8410).
public struct Ed25519PublicKey: Sendable {
  private let key: Ed25519Key

  init(key: Ed25519Key) { self.key = key }

  public init(pem: String) throws(KeyError) {
    let bytes = Array(pem.utf8)
    guard let key = Ed25519Key(copenssl_ed25519_from_public_pem(bytes, bytes.count)) else { throw .notAPublicKey }
    self.key = key
  }

  public var pem: String { get throws(KeyError) { try key.pem(by: copenssl_ed25519_public_pem) } }

  /// False for a wrong signature and for one that is not 64 bytes.
  public func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
    copenssl_ed25519_verify(key.pointer, signature, signature.count, message, message.count)
  }
}

/// Owns a key in libcrypto, which is never changed once made, hence `@unchecked`.
final class Ed25519Key: @unchecked Sendable {
  let pointer: OpaquePointer

  /// Nil when libcrypto handed out nothing.
  init?(_ pointer: OpaquePointer?) {
    guard let pointer else { return nil }
    self.pointer = pointer
  }

  deinit { copenssl_ed25519_free(pointer) }

  func pem(by write: (OpaquePointer, UnsafeMutablePointer<UInt8>, Int) -> Int) throws(KeyError) -> String {
    // An Ed25519 key in PEM is 119 bytes when private and 113 when public.
    let text = String(unsafeUninitializedCapacity: 256) { buffer in
      // A buffer of 256 bytes has a base address.
      write(pointer, buffer.baseAddress!, buffer.count)
    }
    guard !text.isEmpty else { throw .failed }
    return text
  }
}
