/// What may go to one receiving domain, or to all domains of one provider, over all relays together: an entry of
/// `destinations` in a campaign file.
public struct DestinationRule: Sendable, Hashable {
  public var destination: DestinationPattern
  public var limits: [RateLimit]
  public var count: LimitCount
  /// Letters on the wire at the same time; nil: as many as the relays have connections.
  public var connections: Int?

  public init(
    _ destination: DestinationPattern, limits: [RateLimit] = [], count: LimitCount = .accepted, connections: Int? = nil
  ) {
    self.destination = destination
    self.limits = limits
    self.count = count
    self.connections = connections
  }
}

/// The domains that a ``DestinationRule`` is about, as A-labels in lower case.
public enum DestinationPattern: Sendable, Hashable {
  /// `gmail.com`.
  case domain(String)
  /// `*.firm.example`: every domain below it.
  case below(String)
  /// `mx:google.com`: every domain one of whose mail exchangers has this name or one below it.
  case mx(String)
}
