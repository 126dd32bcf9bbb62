/// Tells byte by byte whether a text is UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
struct UTF8Scan: Sendable {
  private var pending = 0
  /// What the next continuation byte may be; narrower than 80…BF after E0, ED, F0 and F4.
  private var lower: UInt8 = 0x80
  private var upper: UInt8 = 0xBF

  /// True between characters; at the end of a file it must be.
  var isComplete: Bool { pending == 0 }

  /// False for a byte that cannot stand here; the scan is of no use afterwards.
  @inline(__always)
  mutating func accepts(_ byte: UInt8) -> Bool {
    if pending == 0 {
      if byte < 0x80 { return true }
      return begins(byte)
    }
    guard byte >= lower, byte <= upper else { return false }
    pending -= 1
    (lower, upper) = (0x80, 0xBF)
    return true
  }

  private mutating func begins(_ byte: UInt8) -> Bool {
    switch byte {
    case 0xC2...0xDF: pending = 1
    case 0xE0: (pending, lower) = (2, 0xA0)
    case 0xED: (pending, upper) = (2, 0x9F)
    case 0xE1...0xEF: pending = 2
    case 0xF0: (pending, lower) = (3, 0x90)
    case 0xF4: (pending, upper) = (3, 0x8F)
    case 0xF1...0xF3: pending = 3
    default: return false
    }
    return true
  }
}
