import Campaigns
import Mail

/// The customers whose letters need SMTPUTF8 (RFC 6531), because their address has letters beyond ASCII before its @,
/// and what a check says of them and of a sender who makes every letter need it.
struct InternationalLetters: Sendable {
  private static let named = 5
  private var customers: [String] = []
  private(set) var count = 0

  mutating func add(_ customer: Customer) {
    guard let contact = customer.contact, !contact.isASCII else { return }
    count += 1
    if customers.count < Self.named { customers.append("“\(customer.id)” (line \(customer.lines.first ?? 0))") }
  }

  func warnings(sender: Sender) -> [OperatorMessage] {
    var warnings: [OperatorMessage] = []
    if count > 0 {
      let more = count > customers.count ? " and \(count - customers.count) more" : ""
      warnings.append(
        """
        \(pluralized(count, "customer")) \(count == 1 ? "has" : "have") an address with letters beyond ASCII before its @: \
        \(customers.joined(separator: ", "))\(more); the letter goes through a relay that offers SMTPUTF8, and where none \
        does, the customer is on the call list in its place
        """)
    }
    var senders: [String] = []
    if !sender.from.address.isASCII { senders.append("sender.from") }
    if let replyTo = sender.replyTo, !replyTo.address.isASCII { senders.append("sender.reply_to") }
    if !senders.isEmpty {
      warnings.append(
        """
        \(senders.joined(separator: " and ")) \(senders.count == 1 ? "has" : "have") an address with letters beyond ASCII \
        before its @: every letter needs SMTPUTF8, relays without it are not used, and customers whose mail servers lack \
        it get none; an address in ASCII there reaches everyone
        """)
    }
    return warnings
  }
}
