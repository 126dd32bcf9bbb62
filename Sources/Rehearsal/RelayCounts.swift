/// What a rehearsal relay has seen since it was made. Plain numbers, for reports and for comparing books.
public struct RelayCounts: Sendable, Hashable {
  /// Connections that were greeted with 220.
  public var connections = 0
  /// Connections that were turned away with 421 because there were too many.
  public var connectionsRefused = 0
  /// Connections open at this moment.
  public var connectionsOpen = 0
  /// Messages taken: entries of the journal.
  public var taken = 0
  /// Faults that acted, by their ``Fault/word``.
  public var faults: [String: Int] = [:]
}
