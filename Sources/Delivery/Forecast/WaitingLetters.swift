import Foundation

/// The letters that wait, as a forecast needs them: whom they are for as numbers, where they go, when they are due.
///
/// Sixteen bytes each, in the order in which they leave; and the names of the domains that rules for destinations fit.
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

    var isUntried: Bool { due < 0 }
  }

  public var letters: [Letter]
  /// As A-labels; the first stands for all domains that no rule fits.
  public private(set) var domains = [""]
  private var numbers: [String: UInt32] = [:]
  /// The mail exchangers of domains, where they are known.
  public var exchangers: [String: [String]] = [:]

  public init(_ letters: [Letter] = []) { self.letters = letters }

  /// As many letters of as many customers, none of which was tried.
  public init(untried count: Int) { letters = (0..<count).map { Letter(customer: UInt32(clamping: $0)) } }

  public var count: Int { letters.count }

  /// The number of a domain among ``domains``; 0 for one that no rule fits.
  public mutating func number(of domain: String, under rules: DestinationRules) -> UInt32 {
    if rules.rules.isEmpty { return 0 }
    if let number = numbers[domain] { return number }
    guard rules.fitting(domain, exchangers: exchangers[domain] ?? []) != nil else { return 0 }
    let number = UInt32(domains.count)
    domains.append(domain)
    numbers[domain] = number
    return number
  }

  /// The letters of kinds up to this one.
  func dropping(after priority: UInt8) -> WaitingLetters {
    var kept = self
    kept.letters.removeAll { $0.priority > priority }
    return kept
  }

  /// Those that leave first come first.
  public mutating func sortByPriority() {
    // Nearly always there is one kind, and a copy of all letters is not made for nothing.
    guard letters.contains(where: { $0.priority != letters[0].priority }) else { return }
    letters = Set(letters.lazy.map(\.priority)).sorted().flatMap { kind in letters.lazy.filter { $0.priority == kind } }
  }
}
