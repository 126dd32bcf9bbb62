import Mail

/// The code that a customer reads out on the phone to ask whether a letter is ours: eleven digits and a check digit,
/// `4821 9930 1742`.
///
/// The check digit is Damm's: it always detects one wrong digit, and two neighbours that are swapped (as in
/// “einundzwanzig”). A code says nothing about the customer, and nobody without the campaign's key can make one. See
/// `docs/decisions/0018-verification-codes.md`.
public struct VerificationCode: Sendable, Hashable, CustomStringConvertible {
  /// The reason why a text is not a code.
  public enum Fault: Error, Sendable, Hashable {
    /// The text holds something other than digits, spaces, hyphens and dots.
    case notDigits
    /// The text has this number of digits, which is wrong.
    case length(Int)
    /// A digit must be wrong.
    case checkDigit
  }

  static let length = 12
  /// The number of possible codes: all values of the eleven digits before the check digit.
  static let count: UInt64 = 100_000_000_000

  /// Twelve digits.
  public let digits: String

  /// The digits in groups of four.
  public var description: String {
    stride(from: 0, to: Self.length, by: 4).map { String(digits.dropFirst($0).prefix(4)) }.joined(separator: " ")
  }

  /// - Parameter number: Below ``count``.
  init(number: UInt64) {
    let written = String(number % Self.count)
    let padded = String(repeating: "0", count: Self.length - 1 - written.utf8.count) + written
    digits = padded + String(Self.check(padded.utf8.map { Int($0 - 48) }))
  }

  /// A code as it was read out or typed: there may be spaces, hyphens and dots between the digits.
  public init(parsing text: String) throws(Fault) {
    var digits: [UInt8] = []
    for scalar in text.unicodeScalars {
      switch scalar {
      case "0"..."9": digits.append(UInt8(scalar.value))
      // Mail programs and word processors use their own kinds of spaces and hyphens.
      case " ", "\u{A0}", "\u{202F}", "\t", "-", "\u{2010}", "\u{2011}", "\u{2013}", ".": continue
      default: throw .notDigits
      }
    }
    guard digits.count == Self.length else { throw digits.isEmpty ? .notDigits : .length(digits.count) }
    guard Self.check(digits.map { Int($0 - 48) }) == 0 else { throw .checkDigit }
    self.digits = String(decoding: digits, as: UTF8.self)
  }

  /// The digit that follows `digits`; 0 when `digits` end in the right one.
  private static func check(_ digits: [Int]) -> Int { digits.reduce(0) { table[$0][$1] } }

  /// Damm's totally anti-symmetric quasigroup of order 10 (H. Michael Damm, 2004).
  private static let table = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2], [7, 0, 9, 2, 1, 5, 4, 8, 6, 3], [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6], [6, 1, 2, 3, 0, 4, 5, 9, 7, 8], [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4], [8, 9, 4, 5, 3, 6, 2, 0, 1, 7], [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
  ]
}

/// The verification codes of one campaign's letters: keyed hashes of campaign, customer and letter.
///
/// Pure: a letter that is reproduced has the same code. Two letters may share a code, see ``VerificationCode``.
public struct VerificationCodes: Sendable {
  private enum Kind: Sendable {
    case real(KeyedHash)
    case sample
  }
  private let kind: Kind
  private let campaign: String

  /// - Parameters:
  ///   - key: The frozen campaign's own secret key of 32 bytes.
  ///   - campaign: The campaign's name.
  public init(key: [UInt8], campaign: String) {
    kind = .real(KeyedHash(key: key))
    self.campaign = campaign
  }

  private init(_ kind: Kind) {
    self.kind = kind
    campaign = ""
  }

  /// For letters that are only shown: before the launch there is no key. All of them have the same code,
  /// ``VerificationCode/sample``.
  public static let samples = VerificationCodes(.sample)

  /// - Parameter letter: The letter's name.
  public func code(of letter: String, forCustomer id: String) -> VerificationCode {
    switch kind {
    case .sample: .sample
    case .real(let hash):
      // The parts are separated by NUL, which no name of a folder or field holds. 64 bits give so many more values than
      // there are codes that all codes are equally likely in practice. The sample's number is left out.
      VerificationCode(
        number: 1 + Self.integer(hash.digest(of: "code\0\(campaign)\0\(id)\0\(letter)")) % (VerificationCode.count - 1))
    }
  }

  /// What a letter of this campaign with the code is found by: eight bytes of a keyed hash, which say nothing about the
  /// code without the key. The sample's is no letter's.
  public func index(of code: VerificationCode) -> Int64 {
    switch kind {
    case .sample: 0
    case .real(let hash): Int64(bitPattern: Self.integer(hash.digest(of: "code-index\0\(code.digits)")))
    }
  }

  /// The first eight bytes.
  private static func integer(_ digest: SHA256Digest) -> UInt64 {
    digest.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension VerificationCode {
  /// `0000 0000 0000`, the code of letters that are only shown or sent as a test. No letter to a customer has it.
  public static let sample = VerificationCode(number: 0)
}
