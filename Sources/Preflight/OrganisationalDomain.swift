import CPSL

/// The registered domain, above or at a name (RFC 7489 §3.2): DMARC treats everything below it as one owner's.
enum OrganisationalDomain {
  /// Nil when `domain` is itself a public suffix, as `co.uk` is. From libpsl's list; a suffix that is not in it is
  /// taken to be the last label.
  static func of(_ domain: String) -> String? {
    // The answer points into the text it was asked with.
    domain.withCString { text in cpsl_registrable(text).map { String(cString: $0) } }
  }

  static func isAligned(_ domain: String, with from: String, strict: Bool) -> Bool {
    if domain == from { return true }
    guard !strict, let owner = of(domain) else { return false }
    return owner == of(from)
  }
}
