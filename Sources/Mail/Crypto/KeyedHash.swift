import COpenSSL

/// HMAC-SHA256 (RFC 2104) with one key: how receipts name a customer without the address.
///
/// The key is taken in once and cannot be read back, printed or encoded. May be used by several threads at once.
/// Fails as ``SHA256`` does.
public struct KeyedHash: Sendable {
  /// Owns the keyed state; libcrypto duplicates it for every digest and never writes to it, hence `@unchecked`.
  private final class Key: @unchecked Sendable {
    let state: OpaquePointer

    init(_ key: [UInt8]) {
      guard let state = copenssl_hmac_key_new(key, key.count) else { preconditionFailure("libcrypto has no HMAC") }
      self.state = state
    }

    deinit { copenssl_hmac_key_free(state) }
  }

  private let key: Key

  public init(key: [UInt8]) { self.key = Key(key) }

  /// Of the UTF-8 of `text`, as it is: two spellings of one address give two digests, see ``EmailAddress/key``.
  public func digest(of text: String) -> SHA256Digest {
    var text = text
    return text.withUTF8(digest(ofBuffer:))
  }

  public func digest(of bytes: [UInt8]) -> SHA256Digest { bytes.withUnsafeBufferPointer(digest(ofBuffer:)) }

  private func digest(ofBuffer bytes: UnsafeBufferPointer<UInt8>) -> SHA256Digest {
    SHA256Digest { copenssl_hmac(key.state, bytes.baseAddress, bytes.count, $0) }
  }
}
