import Mail

/// One kind of difference between the customers of a frozen plan and those that a customer file has now: how many, and
/// who the first of them are.
public struct CustomerDifference: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// Customers that are in the file and not in the plan.
    case new
    /// Customers that are in the plan and not in the file.
    case gone
    /// A value of the customer.
    case value(Value)
    case mailboxAdded, mailboxRemoved
    /// What a mailbox's access or mail programs are.
    case access, program
    /// Rows of the customer are rejected that were good when the plan was frozen, and the other way round.
    case rejected, corrected
    /// Rows were rejected then and are now, but say something else.
    case rejectedRow
    /// Rejected rows that show no id.
    case rejectedWithoutID
  }

  /// The values of a customer that a letter or a caller needs.
  public enum Value: String, Sendable, CaseIterable {
    case company, salutation, title
    case firstName = "first name"
    case lastName = "last name"
    case language, contact
    case phone = "telephone number"
  }

  /// The number of customers that are named.
  static let named = 10

  public let kind: Kind
  public internal(set) var count: Int
  /// The ids of the first customers, at most ten.
  public internal(set) var first: [String]

  /// In one clause, for people: `3 customers are new: K4, K5, K6`. Never a value: that is the customer's.
  public var text: String {
    guard !first.isEmpty else { return subject }
    let more = others > 0 ? " and \(others) more" : ""
    return "\(subject): \(first.joined(separator: ", "))\(more)"
  }

  /// Customers, as several mailboxes may be one's.
  private var others: Int { max(0, customers - first.count) }
  var customers: Int

  private var subject: String {
    let isOne = count == 1
    func counted(_ noun: String) -> String { "\(count) \(noun)\(isOne ? "" : "s")" }
    let (are, have) = isOne ? ("is", "has") : ("are", "have")
    return switch kind {
    case .new: "\(counted("customer")) \(are) new"
    case .gone: "\(counted("customer")) \(are) gone"
    case .value(.company): "\(count) \(isOne ? "company" : "companies") changed"
    case .value(let value): "\(counted(value.rawValue)) changed"
    case .mailboxAdded: "\(count) \(isOne ? "mailbox" : "mailboxes") added"
    case .mailboxRemoved: "\(count) \(isOne ? "mailbox" : "mailboxes") removed"
    case .access: "\(count) \(isOne ? "mailbox" : "mailboxes") with another access"
    case .program: "\(count) \(isOne ? "mailbox" : "mailboxes") with other mail programs"
    case .rejected: "\(counted("customer")) with a row that is now rejected"
    case .corrected: "\(counted("customer")) with a row that was rejected and is not any more"
    case .rejectedRow: "\(counted("customer")) whose rejected rows have changed"
    case .rejectedWithoutID: "\(counted("rejected row")) without an id \(have) changed, come or gone"
    }
  }
}

/// Collects differences by kind.
struct CustomerDifferences {
  private(set) var all: [CustomerDifference] = []

  mutating func add(_ kind: CustomerDifference.Kind, _ id: String?, count: Int = 1) {
    guard count > 0 else { return }
    var place = all.firstIndex { $0.kind == kind }
    if place == nil {
      place = all.count
      all.append(CustomerDifference(kind: kind, count: 0, first: [], customers: 0))
    }
    guard let place else { return }
    all[place].count += count
    all[place].customers += 1
    if let id, all[place].first.count < CustomerDifference.named { all[place].first.append(id) }
  }

  /// The differences of one customer, who is in both.
  mutating func compare(_ now: Customer, with frozen: Customer) {
    let values: [(CustomerDifference.Value, String, String)] = [
      (.company, now.company, frozen.company), (.salutation, now.salutation, frozen.salutation),
      (.title, now.title, frozen.title), (.firstName, now.firstName, frozen.firstName),
      (.lastName, now.lastName, frozen.lastName), (.language, now.language, frozen.language),
      (.contact, now.contact?.description ?? "", frozen.contact?.description ?? ""),
      (.phone, now.phone, frozen.phone),
    ]
    for (value, new, old) in values where new != old { add(.value(value), now.id) }
    // Most have the same mailboxes in the same order, which does not count.
    guard now.mailboxes != frozen.mailboxes else { return }
    let (new, old) = (Self.byAddress(now.mailboxes), Self.byAddress(frozen.mailboxes))
    add(.mailboxAdded, now.id, count: new.keys.count { old[$0] == nil })
    add(.mailboxRemoved, now.id, count: old.keys.count { new[$0] == nil })
    var (access, program) = (0, 0)
    for (address, boxes) in new {
      guard let earlier = old[address], boxes != earlier else { continue }
      if Set(boxes.map(\.access)) != Set(earlier.map(\.access)) { access += 1 }
      if Set(boxes.flatMap(\.programs)) != Set(earlier.flatMap(\.programs)) { program += 1 }
    }
    add(.access, now.id, count: access)
    add(.program, now.id, count: program)
  }

  /// As it is written: a letter shows the address so.
  private static func byAddress(_ mailboxes: [Customer.Mailbox]) -> [String: [Customer.Mailbox]] {
    Dictionary(grouping: mailboxes) { $0.address.description }
  }
}
