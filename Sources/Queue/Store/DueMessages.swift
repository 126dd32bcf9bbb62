public import Foundation

/// What waits to be sent: the part of a ``MessageStore`` that the delivery reads ahead from.
///
/// Every call is durable when it returns. Fails by throwing ``StoreError``.
public protocol DueMessages: Sendable {
  /// Messages that are due (queued, or deferred until `now` or earlier), in the order of ``DueCursor``, from behind `after`
  /// on; at most `limit`.
  func due(in campaign: Int64, at now: Date, after: DueCursor?, limit: Int) async throws -> [DueMessage]
  /// When the first deferred message due after `moment` (nil: at any time) falls due; nil when there is none.
  func nextDue(in campaign: Int64, after moment: Date?) async throws -> Date?

  /// Deferred messages first tried at `limit` or earlier become `expired`, with a receipt each. Returns how many.
  func expire(in campaign: Int64, firstAttemptUntil limit: Date, at now: Date) async throws -> Int
  /// The policy `uncertain: resend`: uncertain messages that were not resent before go back to `queued`, due at once, with
  /// a receipt `resolved` each. One that is uncertain a second time stays uncertain. Returns how many.
  func resendUncertain(in campaign: Int64, at now: Date) async throws -> Int
}
