import COpenSSL

/// The reason why nothing is signed with a key or encrypted for it: it cannot be used, or it protects nothing.
///
/// An RSA key has 2,048 to 8,192 bits, an odd modulus with two large factors and an odd exponent from 3 to 2^32; a point
/// is on its curve.
public enum KeyFault: Sendable, Hashable, CustomStringConvertible {
  case tooShort(bits: Int)
  case tooLong(bits: Int)
  case exponent
  case modulus
  case unusable

  /// The lengths of an RSA modulus in bits.
  public static let rsaBits = 2048...8192

  init?(_ fault: copenssl_key_fault, bits: Int) {
    switch fault {
    case copenssl_key_sound: return nil
    case copenssl_key_short: self = .tooShort(bits: bits)
    case copenssl_key_long: self = .tooLong(bits: bits)
    case copenssl_key_exponent: self = .exponent
    case copenssl_key_modulus: self = .modulus
    default: self = .unusable
    }
  }

  /// An English clause about “this certificate” or “this key”, such as "has an RSA key of 1024 bits, …".
  public var description: String {
    switch self {
    case .tooShort(let bits):
      "has an RSA key of \(bits) bits, which is too short to be safe (\(Self.rsaBits.lowerBound) at least)"
    case .tooLong(let bits):
      "has an RSA key of \(bits) bits, which mail programs cannot use (\(Self.rsaBits.upperBound) at most)"
    case .exponent: "has an RSA key whose exponent is not an odd number from 3 to 2^32, which is not safe"
    case .modulus: "has an RSA key whose modulus is not the product of two large primes, which is not safe"
    case .unusable: "has a key that cannot be used"
    }
  }
}
