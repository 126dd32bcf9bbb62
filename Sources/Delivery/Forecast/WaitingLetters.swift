import Foundation

/// The letters that wait, as a forecast needs them: whom they are for as numbers, where they go, when they are due.
///
/// In the order in which they leave: those of a lower kind first, those of one kind as they were added. Four bytes for a
/// letter that was never tried, four more where a rule fits any destination; twelve more for one that was. And the names
/// of the domains that rules for destinations fit.
public struct WaitingLetters: Sendable, Hashable {
  public struct Letter: Sendable, Hashable {
    /// The number of the customer, by which several letters of one are known to be one customer's.
    public var customer: UInt32
    /// Seconds after the moment of the forecast at which a deferred letter is due; negative for one that was never tried.
    public var due: Float
    /// Its domain, by its place in ``WaitingLetters/domains``.
    public var domain: UInt32
    /// The relay that its last attempt went over, by its number; ``noRelay`` when any may take it.
    public var relay: UInt16
    /// Its kind: those of a lower number leave first.
    public var priority: UInt8
    public var attempts: UInt8

    public static let noRelay = UInt16.max

    public init(
      customer: UInt32, domain: UInt32 = 0, priority: UInt8 = 0, due: Float = -1, attempts: UInt8 = 0,
      relay: UInt16 = noRelay
    ) {
      self.customer = customer
      self.due = due
      self.domain = domain
      self.relay = relay
      self.priority = priority
      self.attempts = attempts
    }

    var isUntried: Bool { due < 0 && attempts == 0 && relay == Self.noRelay }
  }

  /// The letters of one kind.
  fileprivate struct Kind: Sendable, Hashable {
    let priority: UInt8
    /// They leave behind those of all kinds.
    let isLast: Bool
    var customers = PagedArray<UInt32>()
    /// Empty while no rule fits any.
    var domains = PagedArray<UInt32>()
    /// Of those that were tried, ascending by place.
    var tried = PagedArray<Tried>()
  }

  fileprivate struct Tried: Sendable, Hashable {
    var place: UInt32
    var due: Float
    var relay: UInt16
    var attempts: UInt8
  }

  /// In the order in which they leave, none empty.
  private var kinds: [Kind] = []
  public private(set) var count = 0
  /// How many of them were tried.
  public private(set) var tried = 0
  /// More than the number of any customer.
  private(set) var customerBound = 0
  /// As A-labels; the first stands for all domains that no rule fits.
  public private(set) var domains = [""]
  private var numbers: [String: UInt32] = [:]
  /// The mail exchangers of domains, where they are known.
  public var exchangers: [String: [String]] = [:]

  public init(_ letters: some Sequence<Letter> = []) {
    for letter in letters { append(letter) }
  }

  /// As many letters of as many customers, none of which was tried.
  public init(untried count: Int) {
    for number in 0..<count { append(Letter(customer: UInt32(clamping: number))) }
  }

  /// The kinds there are letters of, ascending.
  public var priorities: [UInt8] { Set(kinds.map(\.priority)).sorted() }

  /// Behind those of its kind.
  ///
  /// - Parameter isLast: Behind all others, with those of its kind of which the same was said.
  public mutating func append(_ letter: Letter, isLast: Bool = false) {
    var number = 0
    while number < kinds.count, kinds[number].isBefore(letter.priority, isLast) { number += 1 }
    if number == kinds.count || kinds[number].priority != letter.priority || kinds[number].isLast != isLast {
      kinds.insert(Kind(priority: letter.priority, isLast: isLast), at: number)
    }
    kinds[number].append(letter)
    count += 1
    if !letter.isUntried { tried += 1 }
    customerBound = max(customerBound, Int(letter.customer) + 1)
  }

  /// The letter at a place, from 0.
  public subscript(place: Int) -> Letter {
    let (number, own) = position(place)
    return kinds[number].letter(own)
  }

  func customer(of place: Int) -> UInt32 {
    let (number, own) = position(place)
    return kinds[number].customers[own]
  }

  func isUntried(_ place: Int) -> Bool {
    if tried == 0 { return true }
    let (number, own) = position(place)
    return kinds[number].tried(own) == nil
  }

  private func position(_ place: Int) -> (kind: Int, own: Int) {
    var (number, own) = (0, place)
    while own >= kinds[number].customers.count {
      own -= kinds[number].customers.count
      number += 1
    }
    return (number, own)
  }

  /// The number of a domain among ``domains``; 0 for one that no rule fits, whatever its mail exchangers are.
  public mutating func number(of domain: String, under rules: DestinationRules) -> UInt32 {
    if rules.rules.isEmpty { return 0 }
    if let number = numbers[domain] { return number }
    guard rules.needExchangers(of: domain) || rules.fitting(domain) != nil else { return 0 }
    let number = UInt32(domains.count)
    domains.append(domain)
    numbers[domain] = number
    return number
  }

  /// How many letters each domain gets that a rule may fit.
  public var countsByDomain: [String: Int] {
    var counts = Array(repeating: 0, count: domains.count)
    for kind in kinds { for place in 0..<kind.domains.count { counts[Int(kind.domains[place])] += 1 } }
    return Dictionary(uniqueKeysWithValues: zip(domains, counts).dropFirst())
  }

  /// The letters of kinds up to this one.
  func dropping(after priority: UInt8) -> WaitingLetters {
    var kept = self
    kept.kinds.removeAll { $0.priority > priority }
    kept.count = kept.kinds.reduce(0) { $0 + $1.customers.count }
    kept.tried = kept.kinds.reduce(0) { $0 + $1.tried.count }
    return kept
  }
}

extension WaitingLetters.Kind {
  func isBefore(_ priority: UInt8, _ isLast: Bool) -> Bool {
    self.isLast == isLast ? self.priority < priority : isLast
  }

  mutating func append(_ letter: WaitingLetters.Letter) {
    let place = customers.count
    customers.append(letter.customer)
    if letter.domain > 0 || !domains.isEmpty {
      while domains.count < place { domains.append(0) }
      domains.append(letter.domain)
    }
    if !letter.isUntried {
      tried.append(.init(place: UInt32(place), due: letter.due, relay: letter.relay, attempts: letter.attempts))
    }
  }

  func letter(_ place: Int) -> WaitingLetters.Letter {
    var letter = WaitingLetters.Letter(
      customer: customers[place], domain: domains.isEmpty ? 0 : domains[place], priority: priority)
    if let tried = tried(place) {
      letter.due = tried.due
      letter.relay = tried.relay
      letter.attempts = tried.attempts
    }
    return letter
  }

  func tried(_ place: Int) -> WaitingLetters.Tried? {
    var (low, high) = (0, tried.count)
    while low < high {
      let middle = (low + high) / 2
      if tried[middle].place < place { low = middle + 1 } else { high = middle }
    }
    return low < tried.count && tried[low].place == place ? tried[low] : nil
  }
}
