import Mail

/// The ranks of a plan's letters among those of the same priority, as ``SendingOrder`` asks for them. Letters with the same
/// rank leave in the order of the file.
///
/// Reads the staged customers once, and once more for every eight bytes in which many cells of a column are equal. Memory
/// holds at most 24 bytes for each letter while it is made, and 4 afterwards; time is that of sorting them. Fails as the
/// reading of staged customers does.
///
///     var ranks = try LetterRanks(of: customers, in: campaign)
///     while let customer = try reader.next() { let ranks = ranks.next(customer) … }
public struct LetterRanks: Sendable {
  /// Above every rank of those who go first.
  private static let behind = 1 << 31

  private let order: SendingOrder
  /// Of each letter when they are spread, of each customer with letters when a column decides; empty otherwise.
  private let ranks: [UInt32]
  private var position = 0

  public init(of customers: StagedCustomers, in campaign: Campaign) throws {
    order = campaign.order
    switch order.by {
    case .file: ranks = []
    case .spread: ranks = try Self.spread(customers, campaign)
    case .column: ranks = try ColumnOrder.ranks(of: customers, by: campaign.order)
    }
  }

  /// The ranks of the letters of the plan's next customer, from 0 to `UInt32.max`. To be asked for every customer, in order.
  public mutating func next(_ customer: StagedCustomer) -> [Int] {
    guard customer.outcome.kind == .letter else { return [] }
    let letters = customer.outcome.letters.count
    let place = order.isBehind(customer.need) ? Self.behind : 0
    switch order.by {
    case .file: return Array(repeating: place, count: letters)
    case .column:
      position += 1
      return Array(repeating: Int(ranks[position - 1]), count: letters)
    case .spread:
      position += letters
      return ranks[(position - letters)..<position].map { place + Int($0) }
    }
  }

  /// Each domain has its letters evenly from the first to the last of their kind.
  private static func spread(_ customers: StagedCustomers, _ campaign: Campaign) throws -> [UInt32] {
    // The kind of a letter above 52 bits of a hash of its domain. Two domains hardly ever have the same, and then take their
    // turns as one.
    var keys: [UInt64] = []
    keys.reserveCapacity(customers.count)
    var reader = customers.reader()
    while let customer = try reader.next() {
      guard customer.outcome.kind == .letter, let contact = customer.contact else { continue }
      let place = campaign.order.isBehind(customer.need) ? 1 : 0
      let domain = HashIndex.hash(contact.domain.ascii) >> 12
      for letter in customer.outcome.letters {
        keys.append(UInt64(campaign.priority(of: letter) * 2 + place) << 52 | domain)
      }
    }
    return EvenSpread.places(of: &keys) { $0 >> 52 }
  }
}

extension SendingOrder {
  /// The header of the column that decides; nil when none does.
  public var column: String? { if case .column(let header) = by { header } else { nil } }

  /// Whether the customer comes behind the others of the same kind.
  func isBehind(_ need: Customer.Need) -> Bool {
    affectedContacts.map { ($0 == .last) == need.hasAffectedContact } ?? false
  }

  /// For a digest: see ``InputDigests/order``.
  var parts: [String] {
    let by: [String] =
      switch self.by {
      case .spread: ["spread"]
      case .file: ["file"]
      case .column(let header): ["column", header]
      }
    return by + [affectedContacts?.rawValue ?? ""]
  }
}

extension Campaign {
  /// The priority of a letter: those that mailboxes ask for leave first, for all customers, because they ask somebody to
  /// act; then the letters for whole segments, one after the other.
  public func priority(of letter: String) -> Int { letters.firstIndex { $0.letter == letter }.map { $0 + 1 } ?? 0 }
}
