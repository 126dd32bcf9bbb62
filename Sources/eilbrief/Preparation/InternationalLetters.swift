import Campaigns
import Mail

/// The customers whose letters need SMTPUTF8 (RFC 6531), because their address has letters beyond ASCII before its @, and
/// what `check` says of them and of a sender who makes every letter need it.
struct InternationalLetters {
  private static let named = 5
  private var ids: [String] = []
  private(set) var count = 0

  mutating func add(_ customer: Customer) {
    guard let contact = customer.contact, !contact.isASCII else { return }
    count += 1
    if ids.count < Self.named { ids.append("“\(customer.id)” (line \(customer.lines.first ?? 0))") }
  }

  func warnings(sender: Sender) -> [String] {
    var warnings: [String] = []
    if count > 0 {
      let more = count > ids.count ? " and \(count - ids.count) more" : ""
      warnings.append(
        """
        \(Counted.words(count, "customer")) \(count == 1 ? "has" : "have") an address with letters beyond ASCII before its @: \
        \(ids.joined(separator: ", "))\(more); the letter goes through a relay that offers SMTPUTF8, and where none does, \
        the customer is on the telephone list in its place
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
