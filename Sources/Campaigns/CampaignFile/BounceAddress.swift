public import Mail

/// Where the letters that come back go: `bounces` of a campaign file.
///
/// The envelope sender of a letter is this address with the letter's token behind a plus sign (`bounce+TOKEN@…`), which the
/// mail server of the domain delivers to the mailbox of the address itself.
public struct BounceAddress: Sendable, Hashable {
  /// The number of characters of a token.
  public static let tokenLength = 16

  public let address: EmailAddress

  /// Throws when the address with a token would be none: its part before the @ stands in quotes, or is too long.
  public init(address: EmailAddress) throws(AddressError) {
    self.address = address
    _ = try Self.address(address, String(repeating: "0", count: Self.tokenLength))
  }

  /// - Parameter token: Letters and digits, ``tokenLength`` of them.
  public func address(with token: String) -> EmailAddress {
    // It was made with a token of this length when it was read.
    (try? Self.address(address, token)) ?? address
  }

  private static func address(_ address: EmailAddress, _ token: String) throws(AddressError) -> EmailAddress {
    try EmailAddress("\(address.local)+\(token)@\(address.domain.ascii)")
  }
}

/// `bounces:` of a campaign file.
enum BouncesSection {
  static func read(_ value: YAMLValue) -> BounceAddress? {
    let example = "bounce@provider.example"
    guard let section = YAMLSection(value, keys: ["address"], example: "{address: \(example)}"),
      let named = section.required("address", example: example), let address = named.emailAddress()
    else { return nil }
    guard address.isASCII else {
      named.report(
        "\"\(named.path)\" has letters beyond ASCII before its @: every letter would need SMTPUTF8; write it as in "
          + example)
      return nil
    }
    do throws(AddressError) {
      return try BounceAddress(address: address)
    } catch {
      named.report(
        "\"\(named.path)\" has no room for a letter's token: a plus sign and \(BounceAddress.tokenLength) characters are added "
          + "before its @; write at most \(63 - BounceAddress.tokenLength) characters without quotes there, as in \(example)"
      )
      return nil
    }
  }
}
