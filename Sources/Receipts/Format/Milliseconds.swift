package import Foundation

/// A moment as the database and the receipts keep it: whole milliseconds since 1970 UTC, rounded down.
///
/// Rounded down, so that a letter's Date, which shows whole seconds, is the same before and after it was stored.
package struct Milliseconds: Sendable, Hashable, Comparable {
  package var value: Int64

  package init(_ value: Int64) { self.value = value }

  package init(_ date: Date) {
    // The reference date keeps more digits than 1970 does. The thousandth of a millisecond makes up for decimal
    // fractions that binary ones can only come near to, so that a time stored once keeps its value.
    value = Int64((date.timeIntervalSinceReferenceDate * 1000 + 0.001).rounded(.down)) + 978_307_200_000
  }

  package var date: Date { Date(timeIntervalSinceReferenceDate: Double(value - 978_307_200_000) / 1000) }

  package static func < (left: Milliseconds, right: Milliseconds) -> Bool { left.value < right.value }
}
