public import Mail

/// What a receipt `bounced` says beside its letter: that a report came back, and what it says.
///
/// The letter stays accepted: the relay took it. The report says that it did not reach the mailbox.
public struct BounceReceipt: Sendable, Hashable {
  /// SHA-256 of the report, as it was read.
  public var report: SHA256Digest
  /// The class of the reply in it, as `explain` names it.
  public var cause: String
  /// True when no letter will ever reach the address.
  public var isPermanent: Bool

  public init(report: SHA256Digest, cause: String, isPermanent: Bool) {
    self.report = report
    self.cause = cause
    self.isPermanent = isPermanent
  }
}

extension StrictJSONWriter {
  package mutating func fields(_ bounce: BounceReceipt) {
    field("report", hex: bounce.report.bytes)
    field("class", bounce.cause)
    field("permanent", bounce.isPermanent ? 1 : 0)
  }
}
