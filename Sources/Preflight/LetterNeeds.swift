public import Delivery

/// The demands that the letters of a campaign make on a relay.
public struct LetterNeeds: Sendable, Hashable {
  /// Bytes of the largest message, as it is sent where 8-bit text is not taken; nil when there is none.
  public var largest: Int?
  /// The same where the relay offers 8BITMIME: as a rule, a smaller one.
  public var largestEightBit: Int?
  /// Customers who can be written to through a relay with SMTPUTF8 only.
  public var international: Int

  /// - Parameter largestEightBit: Nil when the messages are the same.
  public init(largest: Int?, largestEightBit: Int? = nil, international: Int) {
    self.largest = largest
    self.largestEightBit = largestEightBit ?? largest
    self.international = international
  }

  /// What helps against a relay's SIZE that is too small.
  public static let advice = "Shorten the templates, or ask the relay's operator for more (SIZE)."

  /// Bytes of the largest message, as it is sent through a relay.
  public func largest(through relay: RelayCapabilities) -> Int? {
    relay.eightBitMIME ? largestEightBit : largest
  }

  /// A clause about a relay that takes only smaller messages (RFC 1870); nil when it takes all, or names no limit.
  public func objection(to relay: RelayCapabilities) -> String? {
    guard let limit = relay.size, let largest = largest(through: relay), largest > limit else { return nil }
    return "takes messages up to \(Self.bytes(limit)), but the largest letter has \(Self.bytes(largest))"
  }

  /// `10,240,000 bytes`
  static func bytes(_ count: Int) -> String {
    var digits = String(count)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return ([digits] + groups).joined(separator: ",") + (count == 1 ? " byte" : " bytes")
  }
}
