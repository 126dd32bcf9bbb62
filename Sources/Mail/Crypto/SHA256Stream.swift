import COpenSSL

/// SHA-256 of bytes that come in pieces, as of a file too large for memory.
///
/// A value: a copy goes its own way. Fails as ``SHA256`` does.
public struct SHA256Stream: Sendable {
  /// Owns the state in libcrypto. It is written to only while one stream alone holds it, hence `@unchecked`.
  private final class Storage: @unchecked Sendable {
    let state: OpaquePointer

    init(_ state: OpaquePointer?) {
      guard let state else { preconditionFailure("libcrypto has no SHA-256") }
      self.state = state
    }

    deinit { copenssl_sha256_free(state) }
  }

  private var storage = Storage(copenssl_sha256_new())

  public init() {}

  public mutating func update(_ bytes: [UInt8]) {
    if !isKnownUniquelyReferenced(&storage) { storage = Storage(copenssl_sha256_copy(storage.state)) }
    precondition(copenssl_sha256_update(storage.state, bytes, bytes.count), "libcrypto could not go on with SHA-256")
  }

  /// The digest of everything so far. The stream may go on afterwards.
  public func finish() -> SHA256Digest {
    SHA256Digest { copenssl_sha256_digest(storage.state, $0) }
  }
}
