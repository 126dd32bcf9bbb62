import COpenSSL

/// The key that signs receipt checkpoints: Ed25519 (RFC 8032), kept as PKCS #8 in PEM (RFC 8410).
///
/// Not encodable and not printable: only ``pem`` gives the secret away. Threads may share a key. Reading fails with
/// ``KeyError/notAPrivateKey``, also for an encrypted key; nobody is asked for a passphrase.
public struct Ed25519PrivateKey: Sendable {
  private let key: Ed25519Key

  /// Makes a key from the 32 bytes of RFC 8032 §5.1.5, which must come from a cryptographic source of randomness.
  public init(seed: [UInt8]) throws(KeyError) {
    guard seed.count == copenssl_ed25519_seed_size else { throw .wrongSeedLength(seed.count) }
    guard let key = Ed25519Key(copenssl_ed25519_from_seed(seed)) else { throw .notAPrivateKey }
    self.key = key
  }

  public init(pem: String) throws(KeyError) {
    let bytes = Array(pem.utf8)
    guard let key = Ed25519Key(copenssl_ed25519_from_private_pem(bytes, bytes.count)) else { throw .notAPrivateKey }
    self.key = key
  }

  /// The secret itself, `-----BEGIN PRIVATE KEY-----`, for a file only its owner may read.
  public var pem: String { get throws(KeyError) { try key.pem(by: copenssl_ed25519_private_pem) } }

  public var publicKey: Ed25519PublicKey { Ed25519PublicKey(key: key) }

  /// `-----BEGIN PUBLIC KEY-----`, as `openssl pkeyutl -verify -pubin -inkey` reads it.
  public var publicKeyPEM: String { get throws(KeyError) { try publicKey.pem } }

  /// The signature of 64 bytes; the same for the same message (RFC 8032 §5.1.6).
  public func signature(for message: [UInt8]) throws(KeyError) -> [UInt8] {
    let size = copenssl_ed25519_signature_size
    var done = false
    let signature = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      done = copenssl_ed25519_sign(key.pointer, message, message.count, buffer.baseAddress)
      count = done ? size : 0
    }
    guard done else { throw .failed }
    return signature
  }
}

/// The reason why a key could not be read or used. It says nothing about the key's contents.
public enum KeyError: Error, Sendable, Hashable, CustomStringConvertible {
  case wrongSeedLength(Int)
  case notAPrivateKey
  case notAPublicKey
  /// libcrypto failed: memory is exhausted or its configuration is broken.
  case failed

  /// An English clause that begins with a verb, after "the key".
  public var description: String {
    switch self {
    case .wrongSeedLength(let count): "has a seed of \(count) bytes where 32 are needed"
    case .notAPrivateKey: "is not an unencrypted Ed25519 private key in PEM"
    case .notAPublicKey: "is not an Ed25519 public key in PEM"
    case .failed: "could not be used: OpenSSL failed"
    }
  }
}

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

  /// Nil when libcrypto returned nothing.
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
