public import Mail

/// The recipient's domain as receipts show it: readable where five or more customers of the plan get letters at it, else a
/// keyed hash, since it would say who was told.
///
/// Which ones are readable is decided when the plan is frozen, and is the same in all of a campaign's receipts.
public enum ReceiptDomain {
  /// The least number of customers with a letter whose domain is readable.
  public static let leastCustomers = 5

  private static let label = "hmac-sha256:"

  /// `hmac-sha256:` and 64 hexadecimal digits. No domain has a colon.
  ///
  /// - Parameters:
  ///   - domain: In A-labels.
  ///   - hash: With the campaign's key.
  public static func hidden(_ domain: String, by hash: KeyedHash) -> String {
    // The word keeps the hash of a domain apart from that of a customer's id that reads the same.
    label + hash.digest(of: "domain\0\(domain)").hex
  }

  /// False for a text that neither is a domain nor hides one.
  static func isWellFormed(_ text: String) -> Bool {
    guard text.contains(":") else { return !text.isEmpty }
    return text.hasPrefix(label) && SHA256Digest(hex: String(text.dropFirst(label.count))) != nil
      && text.lowercased() == text
  }
}

/// Counts the customers at each domain while a plan is frozen, with some 20 bytes for each domain.
package struct DomainCount {
  /// By 64 bits of the domain's hash.
  private var customers: [Int: UInt8] = [:]

  package init() {}

  /// Counts a customer with letters to `domains`, and returns those of them that became readable with it.
  package mutating func add(_ domains: Set<Domain>) -> [Domain] {
    domains.filter { domain in
      let count = customers[domain.hashValue, default: 0]
      guard count < ReceiptDomain.leastCustomers else { return false }
      customers[domain.hashValue] = count + 1
      return count + 1 == ReceiptDomain.leastCustomers
    }
  }
}
