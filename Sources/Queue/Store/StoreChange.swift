public import Foundation
public import Mail
public import Receipts

/// One change of a group commit.
///
/// A change depends on the fence its message was read or claimed with: once the fence has moved on, the change does
/// nothing and its result is ``StoreChangeResult/stale``.
public enum StoreChange: Sendable, Hashable {
  case claim(ClaimRequest)
  case record(Claim, AttemptOutcome)
  /// A queued or deferred message is taken out, with a reason.
  case exclude(message: Int64, fence: Int64, reason: ExclusionReason, at: Date)
  /// A message that is refused, with exactly this fence, goes back to `queued` with a new fence and the receipt
  /// `resolved`. The program does this by itself only when the relay's refusals turn out not to be about the customers:
  /// otherwise it is the operator's decision. Stale in a cancelled campaign.
  case reopen(message: Int64, fence: Int64, at: Date)
  /// A deferred message with exactly this fence becomes due: it was put off for a reason of the relay's that is over, or
  /// that another relay does not have. It has no receipt; the next attempt has one.
  case makeDue(message: Int64, fence: Int64, at: Date)
  /// Places in limits are taken, and others given back: the letter of a claim leaves later than it was to.
  case count([LimitUse], insteadOf: [LimitUse], knowing: KnownTestLetters? = nil)

  /// The evidence in the receipt of a message that the program has reopened.
  package static let reopenEvidence = "policy: the relay's refusals were not about the customers"

  var isRecord: Bool { if case .record = self { true } else { false } }
}

/// The reason a message is taken out before it was sent.
public enum ExclusionReason: Sendable, Hashable {
  /// Its address needs SMTPUTF8 (RFC 6531), and no relay in use offers that.
  case noSMTPUTF8
  /// The letter cannot be made: the fault and its file, in words.
  case notMade(String)
  /// Of a reminder: all the customer's mailboxes have been changed or closed since it was planned.
  case safe
  /// Of a reminder: the customer was reached by telephone.
  case reached

  /// Nothing is left to do for the customer, so that nobody need call.
  public var isNeedless: Bool {
    switch self {
    case .noSMTPUTF8, .notMade: false
    case .safe, .reached: true
    }
  }

  /// The kind as the store keeps it.
  public var kind: String {
    switch self {
    case .noSMTPUTF8: "no_smtputf8"
    case .notMade: "not_made"
    case .safe: "safe"
    case .reached: "reached"
    }
  }

  /// What the store keeps beside the kind.
  public var detail: String? {
    switch self {
    case .noSMTPUTF8, .safe, .reached: nil
    case .notMade(let fault): fault
    }
  }

  /// The reason that was kept as `kind` and `detail`; nil for an unknown kind.
  public init?(kind: String, detail: String?) {
    switch kind {
    case "no_smtputf8": self = .noSMTPUTF8
    case "not_made": self = .notMade(detail ?? "")
    case "safe": self = .safe
    case "reached": self = .reached
    default: return nil
    }
  }

  /// The reason in words, for people.
  public var text: String {
    switch self {
    case .noSMTPUTF8: "no relay in use takes international addresses (SMTPUTF8)"
    case .notMade(let fault): "the letter cannot be made: \(fault)"
    case .safe: "nothing is left to do: every mailbox of the customer was changed or closed"
    case .reached: "nothing is left to do: the customer was reached by telephone"
    }
  }

  /// The reason in words for receipts: without a detail, which may name a customer.
  package var receiptText: String {
    switch self {
    case .noSMTPUTF8, .safe, .reached: text
    case .notMade: "the letter cannot be made"
    }
  }
}

public enum StoreChangeResult: Sendable, Hashable {
  case claimed(Claim)
  case done
  /// The message has moved on without us; nothing was changed.
  case stale
  /// A test letter has a place in the limits of which the change does not know; nothing was changed.
  case behind
}

/// The test letters that whoever takes a place in a relay's limits has counted: all up to this number.
public struct KnownTestLetters: Sendable, Hashable {
  public var scope: LimitScope
  public var last: Int64

  public init(scope: LimitScope, last: Int64) {
    self.scope = scope
    self.last = last
  }
}

/// Intent to send: durable before the first byte goes out.
public struct ClaimRequest: Sendable, Hashable {
  public var message: Int64
  /// The fence the message was read with.
  public var fence: Int64
  public var worker: String
  public var relay: String
  public var at: Date
  public var leaseUntil: Date
  /// SHA-256 of the bytes that will be sent, before dot-stuffing.
  public var sha256: SHA256Digest
  /// The places in limits that it takes; empty where there are none.
  public var counts: [LimitUse]
  /// Beside which test letters its place was taken: where there is a later one, nothing is claimed. Nil where there is no
  /// limit.
  public var knowing: KnownTestLetters?

  public init(
    message: Int64, fence: Int64, worker: String, relay: String, at: Date, leaseUntil: Date, sha256: SHA256Digest,
    counts: [LimitUse] = [], knowing: KnownTestLetters? = nil
  ) {
    self.message = message
    self.fence = fence
    self.worker = worker
    self.relay = relay
    self.at = at
    self.leaseUntil = leaseUntil
    self.sha256 = sha256
    self.counts = counts
    self.knowing = knowing
  }
}

/// The right to record one outcome: void once the fence has moved on.
public struct Claim: Sendable, Hashable {
  public var message: Int64
  public var fence: Int64
  /// 1 for the first attempt.
  public var attempt: Int

  public init(message: Int64, fence: Int64, attempt: Int) {
    self.message = message
    self.fence = fence
    self.attempt = attempt
  }
}

/// The outcome of an attempt.
public struct AttemptOutcome: Sendable, Hashable {
  public enum State: Sendable, Hashable {
    case accepted, refused, uncertain
    case deferred(until: Date)
  }
  public var result: State
  public var at: Date
  /// `connect`, `mail`, `rcpt`, `data`, `final` …: the phase that the dialogue had reached.
  public var phase: String
  /// nil when no reply came. An accepted message has one between 200 and 299.
  public var code: Int?
  /// `5.1.1`; nil when the reply had none.
  public var enhanced: String?
  /// The relay's words, or ours when no reply came. Kept word for word in the store, up to 64 KB; addresses in it are
  /// hidden in receipts.
  public var reply: String
  /// Places in limits that the claim took and the attempt did not use: they are free again in the same transaction.
  public var givesBack: [LimitUse]
  /// Places that it took in their stead: the letter left later than when they were claimed.
  public var counts: [LimitUse]

  public init(
    result: State, at: Date, phase: String, code: Int?, enhanced: String?, reply: String, givesBack: [LimitUse] = [],
    counts: [LimitUse] = []
  ) {
    self.result = result
    self.at = at
    self.phase = phase
    self.code = code
    self.enhanced = enhanced
    self.reply = reply
    self.givesBack = givesBack
    self.counts = counts
  }

  /// The state the message reaches.
  public var state: MessageState {
    switch result {
    case .accepted: .accepted
    case .refused: .refused
    case .uncertain: .uncertain
    case .deferred: .deferred
    }
  }
}

extension Milliseconds {
  /// A message that is due in less than so many milliseconds after its outcome waits for nothing; each delay of a retry
  /// schedule, the jitter taken off, is longer.
  package static let atOnce: Int64 = 500
}
