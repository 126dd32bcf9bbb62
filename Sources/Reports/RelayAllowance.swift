public import Foundation

/// What the relays' limits allow, counted from what they have taken already.
public struct RelayAllowance: Sendable, Hashable {
  /// The earliest moment at which one more letter may go.
  public var next: Date
  /// The earliest moment at which the last of the letters that are left may go.
  public var finish: Date

  /// A shorter wait for a limit is part of a steady delivery.
  static let noticed: TimeInterval = 5

  public init(next: Date, finish: Date) {
    self.next = next
    self.finish = finish
  }
}
