import Mail

/// SHA-256 over values, each with its length before it, so that no two different lists of values have the same bytes.
struct CanonicalHash {
  private var stream = SHA256Stream()
  private var pending: [UInt8] = []

  /// `purpose` keeps digests of different things apart.
  init(_ purpose: String) {
    pending.reserveCapacity(16_384)
    add(purpose)
  }

  /// A length in eight bytes, most significant first, then the text in UTF-8.
  mutating func add(_ text: String) {
    add(text.utf8.count)
    pending.append(contentsOf: text.utf8)
    if pending.count >= 8192 { flush() }
  }

  mutating func add(_ number: Int) {
    let value = UInt64(bitPattern: Int64(number))
    for shift in stride(from: 56, through: 0, by: -8) {
      pending.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
    }
  }

  mutating func add(_ texts: [String]) {
    add(texts.count)
    for text in texts { add(text) }
  }

  /// A value that may be missing; a missing one is not an empty one.
  mutating func add(_ text: String?) {
    add(text.map { [$0] } ?? [])
  }

  private mutating func flush() {
    stream.update(pending)
    pending.removeAll(keepingCapacity: true)
  }

  consuming func finish() -> SHA256Digest {
    flush()
    return stream.finish()
  }
}
