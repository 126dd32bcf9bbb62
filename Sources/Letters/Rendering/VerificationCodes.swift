import Mail

/// The verification codes of one campaign's letters: keyed hashes of campaign, customer and letter.
///
/// Pure: a letter that is made again has the same code. Two letters may share a code, see ``VerificationCode``.
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

  /// For letters that are only looked at: before the launch there is no key. All have one code, ``VerificationCode/sample``.
  public static let samples = VerificationCodes(.sample)

  /// - Parameter letter: The letter's name.
  public func code(of letter: String, forCustomer id: String) -> VerificationCode {
    switch kind {
    case .sample: .sample
    case .real(let hash):
      // Told apart by NUL, which no name of a folder or field holds. 64 bits are so many more than there are codes that
      // none is any likelier than another. The sample's number is left out.
      VerificationCode(
        number: 1 + Self.integer(hash.digest(of: "code\0\(campaign)\0\(id)\0\(letter)")) % (VerificationCode.count - 1))
    }
  }

  /// The first eight bytes.
  private static func integer(_ digest: SHA256Digest) -> UInt64 {
    digest.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension VerificationCode {
  /// `0000 0000 0000`: what letters show that are only looked at. No letter that is sent has it.
  public static let sample = VerificationCode(number: 0)
}
