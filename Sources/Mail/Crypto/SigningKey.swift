import COpenSSL

/// Owns a private key in libcrypto, which is never changed once made, hence `@unchecked`: threads may share it.
///
/// Not encodable and not printable.
final class SigningKey: @unchecked Sendable {
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { self.pointer = pointer }

  deinit { copenssl_signing_key_free(pointer) }

  enum ReadError: Error {
    case notAPrivateKey
    case encrypted
    case wrongPassphrase
    case notEncrypted
  }

  /// Reads PKCS #8 or PKCS #1 in PEM. A passphrase that is not needed is an error.
  convenience init(pem: some Collection<UInt8>, passphrase: String?) throws(ReadError) {
    let bytes = Array(pem)
    let secret = passphrase.map { Array($0.utf8) }
    var isEncrypted = false
    let read =
      if let secret {
        copenssl_signing_key_from_pem(bytes, bytes.count, secret, secret.count, &isEncrypted)
      } else {
        copenssl_signing_key_from_pem(bytes, bytes.count, nil, 0, &isEncrypted)
      }
    guard let read else {
      throw !isEncrypted ? .notAPrivateKey : secret == nil ? .encrypted : .wrongPassphrase
    }
    self.init(read)
    if secret != nil, !isEncrypted { throw .notEncrypted }
  }

  /// Whether a signature made now verifies: a damaged private key makes others.
  var signs: Bool {
    let digest = SHA256.digest(of: Array("proof".utf8)).bytes
    guard let signature = bytes(atMost: 2048, by: { copenssl_signing_key_sign($0, digest, $1, $2) }) else {
      return false
    }
    return copenssl_signing_key_verify(pointer, digest, signature, signature.count)
  }

  /// The bytes that `write` writes; nil when it fails.
  func bytes(atMost capacity: Int, by write: (OpaquePointer, UnsafeMutablePointer<UInt8>, Int) -> Int) -> [UInt8]? {
    let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      // A buffer of more than zero bytes has a base address.
      count = write(pointer, buffer.baseAddress!, capacity)
    }
    return bytes.isEmpty ? nil : bytes
  }
}
