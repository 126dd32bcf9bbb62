import COpenSSL

/// SHA-256 (FIPS 180-4) by libcrypto.
///
/// It fails only when the machine's OpenSSL has no SHA-256 at all or memory is exhausted; the program stops then.
public enum SHA256 {
  public static func digest(of bytes: some Collection<UInt8>) -> SHA256Digest {
    let direct = bytes.withContiguousStorageIfAvailable(digest(ofBuffer:))
    return direct ?? Array(bytes).withUnsafeBufferPointer(digest(ofBuffer:))
  }

  private static func digest(ofBuffer bytes: UnsafeBufferPointer<UInt8>) -> SHA256Digest {
    SHA256Digest { copenssl_sha256(bytes.baseAddress, bytes.count, $0) }
  }
}

/// 32 bytes of SHA-256 or HMAC-SHA256.
public struct SHA256Digest: Sendable, Hashable, CustomStringConvertible {
  /// The bytes, always 32.
  public let bytes: [UInt8]

  /// Nil unless there are 32 bytes.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// Nil unless `hex` is 64 hexadecimal digits.
  public init?(hex: String) {
    guard hex.utf8.count == 64 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    var high: UInt8?
    for character in hex.utf8 {
      let digit: UInt8
      switch character {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = character - UInt8(ascii: "A") + 10
      default: return nil
      }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    self.bytes = bytes
  }

  /// Takes what `fill` writes into 32 bytes; stops the program when it fails.
  init(filledBy fill: (UnsafeMutablePointer<UInt8>) -> Bool) {
    bytes = [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      // A buffer of 32 bytes has a base address.
      precondition(fill(buffer.baseAddress!), "libcrypto could not compute a SHA-256 digest")
      count = 32
    }
  }

  /// 64 lower-case hexadecimal digits, as `sha256sum` prints them.
  public var hex: String {
    String(unsafeUninitializedCapacity: 64) { buffer in
      for (index, byte) in bytes.enumerated() {
        buffer[index * 2] = Self.digit(byte >> 4)
        buffer[index * 2 + 1] = Self.digit(byte & 15)
      }
      return 64
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  public var description: String { hex }

  /// `sha256:` and the digits: the name of a plan for people and in documents.
  public var labelled: String { "sha256:\(hex)" }

  /// Nil unless `labelled` is `sha256:` and 64 hexadecimal digits.
  public init?(labelled: String) {
    guard labelled.hasPrefix("sha256:") else { return nil }
    self.init(hex: String(labelled.dropFirst(7)))
  }
}

/// SHA-256 of bytes that come in pieces, such as a file too large for memory.
///
/// It is a value: a copy continues independently. It fails as ``SHA256`` does.
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

  /// The digest of everything so far. The stream may continue afterwards.
  public func finish() -> SHA256Digest {
    SHA256Digest { copenssl_sha256_digest(storage.state, $0) }
  }
}

/// HMAC-SHA256 (RFC 2104) with one key, with which receipts identify a customer without the address.
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

  /// The digest of the UTF-8 of `text`, unchanged: two spellings of one address give two digests, see
  /// ``EmailAddress/key``.
  public func digest(of text: String) -> SHA256Digest {
    var text = text
    return text.withUTF8(digest(ofBuffer:))
  }

  public func digest(of bytes: [UInt8]) -> SHA256Digest { bytes.withUnsafeBufferPointer(digest(ofBuffer:)) }

  private func digest(ofBuffer bytes: UnsafeBufferPointer<UInt8>) -> SHA256Digest {
    SHA256Digest { copenssl_hmac(key.state, bytes.baseAddress, bytes.count, $0) }
  }
}
