public import Foundation

/// The hours of a day in which letters may leave: `hours` of a campaign file, `07:00-20:00 Europe/Berlin`.
public struct SendingHours: Sendable, Hashable {
  /// Minutes after midnight on the wall clock of ``zone``, 0 to 1439.
  public var from: Int
  /// The end, which is no longer in it, 1 to 1440; not after ``from``: the hours pass midnight.
  public var until: Int
  public var zone: TimeZone

  public init(from: Int, until: Int, zone: TimeZone) {
    self.from = from
    self.until = until
    self.zone = zone
  }
}
