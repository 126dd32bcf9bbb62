import Foundation

/// The letters that wait, as a forecast needs them: whom they are for as numbers, where they go, when they are due.
///
/// Sixteen bytes each, in the order in which they leave.
public struct WaitingLetters: Sendable, Hashable {
  public struct Letter: Sendable, Hashable {
    /// The number of the customer, by which several letters of one are known to be one customer's.
    public var customer: UInt32
    /// Seconds after the moment of the forecast at which a deferred letter is due; negative for one that was never tried.
    public var due: Float
    /// The number of the rule for its destination, from 1; 0 where there is none.
    public var destination: UInt16
    /// Its kind: those of a lower number leave first.
    public var priority: UInt16
    public var attempts: UInt16
    /// The number of the relay that greylisted it and is waited for; ``noRelay`` when any may take it.
    public var relay: UInt16

    public static let noRelay = UInt16.max

    public init(
      customer: UInt32, destination: UInt16 = 0, priority: UInt16 = 0, due: Float = -1, attempts: UInt16 = 0,
      relay: UInt16 = noRelay
    ) {
      self.customer = customer
      self.due = due
      self.destination = destination
      self.priority = priority
      self.attempts = attempts
      self.relay = relay
    }

    var isUntried: Bool { due < 0 }
  }

  public var letters: [Letter]

  public init(_ letters: [Letter] = []) { self.letters = letters }

  /// As many letters of as many customers, none of which was tried.
  public init(untried count: Int) { letters = (0..<count).map { Letter(customer: UInt32(clamping: $0)) } }

  public var count: Int { letters.count }

  /// Without the letters of these kinds.
  public func dropping(after priority: UInt16) -> WaitingLetters {
    WaitingLetters(letters.filter { $0.priority <= priority })
  }
}
