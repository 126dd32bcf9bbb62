import CPSL

/// The last part of a domain name.
enum TopLevel {
  /// Whether domains are registered below it, as the public suffix list has it. `example` is meant for examples.
  static func isKnown(_ label: some StringProtocol) -> Bool {
    switch label {
    case "de", "com", "net", "org", "at", "ch", "eu", "info", "example": true
    default: String(label).withCString { cpsl_is_top_level($0) }
    }
  }

  /// The one that was probably meant by one that nobody has.
  static func meant(by label: some StringProtocol) -> String? {
    ["de", "com", "net", "org", "at", "ch", "eu", "info"].first { OneSlip.isBetween(Array(label.utf8), Array($0.utf8)) }
  }
}
