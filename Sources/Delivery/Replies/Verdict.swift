/// What an attempt means for the customer's message and for the relay: what ``Judge`` says.
public struct Verdict: Sendable, Hashable {
  public enum Outcome: String, Sendable, Hashable, CaseIterable {
    case accepted
    case refused
    case uncertain
    /// Try again after the retry schedule's next delay.
    case deferred
    /// Try again as soon as the relay is well: nothing was wrong with this message.
    case again
  }
  public enum Effect: String, Sendable, Hashable, CaseIterable {
    case none
    /// The relay asks for less: wait before the next message through it.
    case slowRelay
    /// The recipient's domain asks for less: wait before the next message to it.
    case slowDestination
    /// Our trouble, not the customer's: a few of these in a row pause the relay.
    case suspect
    /// Our trouble for certain: pause the relay now.
    case pause
  }
  public var outcome: Outcome
  public var effect: Effect

  public init(_ outcome: Outcome, _ effect: Effect = .none) {
    self.outcome = outcome
    self.effect = effect
  }
}
