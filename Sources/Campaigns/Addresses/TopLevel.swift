import CPSL

/// The last part of a domain name.
enum TopLevel {
  private static let common = ["de", "com", "net", "org", "at", "ch", "eu", "info"]

  /// Whether domains are registered below it, as the public suffix list has it. `example` is meant for examples.
  static func isKnown(_ label: some StringProtocol) -> Bool {
    for known in common where label.utf8.elementsEqual(known.utf8) { return true }
    return label.utf8.elementsEqual("example".utf8) || String(label).withCString { cpsl_is_top_level($0) }
  }

  /// The one that was probably meant by one that nobody has.
  static func meant(by label: some StringProtocol) -> String? {
    common.first { OneSlip.isBetween(Array(label.utf8), Array($0.utf8)) }
  }
}
