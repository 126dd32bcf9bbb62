/// Why a relay log cannot be read. Nothing is settled by a log that was not read to its end.
public struct RelayLogError: Error, Sendable, Hashable, CustomStringConvertible {
  /// As it was given.
  public let path: String
  /// An English clause that goes behind the path.
  public let reason: String

  public var description: String { "\(path): \(reason)" }
}
