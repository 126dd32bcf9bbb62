import Campaigns
import Mail

/// All that a letter depends on apart from the campaign and the customer's own texts: which of them are filled, and
/// which access and mail programs each mailbox has.
///
/// Customers of one render key get the same letter except for those texts. So a letter is rendered once by swift-mustache,
/// with a mark where each text belongs, and cut at the marks; a customer's letter is the pieces put together again.
/// That gives the same letter as rendering it again, because no tag a template may hold looks into a text. Measured: a
/// hundredth of the time.
struct RenderKey: Sendable, Hashable {
  let template: String
  let language: String
  /// The optional texts that are filled, see ``CustomerFields/filled``.
  let filled: UInt8
  /// The access of each mailbox the letter lists, in their order.
  let accesses: [String]
  /// The mail programs of each mailbox the letter lists.
  let programs: [[MailProgram]]
  /// The access of each mailbox of the customer that the letter does not list, in their order.
  let otherAccesses: [String]

  /// Every value of a letter of this render key, for swift-mustache.
  ///
  /// - Parameters:
  ///   - text: The customer's text with a number, or the mark that stands for it.
  ///   - segments: Hold a letter segment for each of `accesses`.
  func values(
    common: CampaignValues, segments: [String: Segment], text: (Int) -> String
  ) -> [String: Any] {
    var values = common.values
    values["greeting"] = text(0)
    values["customer_id"] = text(1)
    values["code"] = text(6)
    for (bit, name) in ["company", "title", "first_name", "last_name"].enumerated() {
      values[name] = filled & (1 << UInt8(bit)) == 0 ? AbsentValue(name: name) as Any : text(2 + bit)
    }
    var mailboxes: [[String: Any]] = []
    var services: Set<MailServer.Service> = []
    let annexes = Annexes(mailboxes: programs, language: language)
    for (index, access) in accesses.enumerated() {
      guard case .letter(_, let incoming, let outgoing)? = segments[access] else { continue }
      services.insert(incoming.service)
      mailboxes.append([
        "number": String(index + 1),
        "address": text(CustomerFields.firstMailbox + index),
        "protocol": incoming.service.rawValue,
        "is_imap": incoming.service == .imap,
        "is_pop3": incoming.service == .pop3,
        "incoming": Self.values(of: incoming),
        "outgoing": Self.values(of: outgoing),
        "programs": annexes.values(ofMailbox: programs[index]),
      ])
    }
    values["mailboxes"] = mailboxes
    values["annexes"] = annexes.values
    values["mailbox_count"] = String(mailboxes.count)
    values["several_mailboxes"] = mailboxes.count > 1
    addOthers(to: &values, segments: segments, text: text)
    values["has_imap"] = services.contains(.imap)
    values["has_pop3"] = services.contains(.pop3)
    return values
  }

  /// The mailboxes that the letter does not list, by the action for them.
  private func addOthers(to values: inout [String: Any], segments: [String: Segment], text: (Int) -> String) {
    var instructed: [[String: Any]] = []
    var called: [[String: Any]] = []
    var others: [[String: Any]] = []
    for (index, access) in otherAccesses.enumerated() {
      let address = text(CustomerFields.firstMailbox + accesses.count + index)
      switch segments[access] {
      case .letter: instructed.append(["address": address])
      case .phone(let reason): called.append(["address": address, "reason": reason.asSingleLine])
      case Segment.none(let reason)?: others.append(["address": address, "reason": reason.asSingleLine])
      case nil: continue
      }
    }
    values["instructed_mailboxes"] = instructed
    values["called_mailboxes"] = called
    values["other_mailboxes"] = others
    values["gets_instructions"] = !instructed.isEmpty
    values["is_called"] = !called.isEmpty
    values["has_other_mailboxes"] = !others.isEmpty
  }

  private static func values(of server: MailServer) -> [String: Any] {
    // The A-labels, which every mail program accepts.
    ["host": server.host.ascii, "port": String(server.port), "encryption": server.encryption.rawValue]
  }
}
