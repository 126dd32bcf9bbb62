/// Bytes that nobody can distinguish from random ones without the key, and that are the same for the same key and
/// label.
///
/// HMAC-SHA256 twice: the label gives a key of its own (as HKDF-Extract and -Expand, RFC 5869), under which a counter
/// is hashed. Two labels, or two keys, have nothing in common.
struct DerivedRandomness {
  private let stream: KeyedHash

  init(_ key: KeyedHash, label: String) { stream = KeyedHash(key: key.digest(of: label).bytes) }

  func bytes(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 32)
    var number = 0
    while bytes.count < count {
      bytes += stream.digest(of: "\(number)").bytes
      number += 1
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }
}
