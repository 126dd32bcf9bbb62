public import Campaigns
public import Foundation
public import Mail
public import Receipts

/// The durable store of campaigns, messages and receipts.
///
/// Owns the state of every message and the receipts outbox. Promises: a call that returned is on disk; a state change
/// and its receipt are one transaction; an impossible transition, a stale fencing token or a broken invariant changes
/// nothing. One process delivers from a store at a time (``SpoolLock``); any number may read. Fails by throwing
/// ``StoreError``. Every store passes the same conformance suite.
public protocol MessageStore: DueMessages, DestinationStore, CanaryStore {
  /// Freezes a plan: the campaign, all its customers, a queued message for each that gets a letter, and the receipt
  /// `plan-frozen`, followed by `approved` for each of its approvals, in one transaction. Which domains the receipts show
  /// is decided here (``ReceiptDomain``). Memory holds 16 bytes for each letter. Fails with `campaignExists` when the name
  /// is taken.
  ///
  /// - Parameter next: returns the customers in the order of the plan, nil after the last. When it throws, nothing is
  ///   frozen and its error is rethrown.
  func freeze(
    _ plan: FrozenPlan, next: @escaping @Sendable () throws -> PlannedCustomer?, at now: Date
  ) async throws

  func campaign(named name: String) async throws -> CampaignRecord?
  func campaigns() async throws -> [CampaignRecord]

  /// Changes the campaign's state and writes the receipt for it (`started`, `paused`, `resumed`, `completed`, …).
  func setState(_ state: CampaignState, of campaign: Int64, at now: Date) async throws

  /// Group commit: all changes in one transaction and one fsync, each with its own result, in order. A change whose
  /// message has moved on (stale fence, cancelled meanwhile) has the result `.stale` and does nothing.
  func commit(_ steps: [StoreChange]) async throws -> [StoreChangeResult]

  /// Prolongs the lease of every message `worker` is sending.
  func heartbeat(worker: String, leaseUntil: Date) async throws
  /// Messages left in `sending` by a process that is gone become `uncertain`, each with a receipt and a new fence. Only
  /// the holder of the spool's lock may call it. Returns the number of messages.
  ///
  /// The give-up time of deferred messages that wait for nothing counts anew: a stop broke them off, or their relay, and
  /// nobody tried them since.
  func recover(campaign: Int64, at now: Date) async throws -> Int
  /// Queued and deferred messages become `cancelled`, each with a receipt, and so does the campaign, in one
  /// transaction. Returns the number of messages.
  func cancel(campaign: Int64, at now: Date) async throws -> Int
  /// The operator settles messages (all, those of one customer id, or of one letter), each with a receipt `resolved`:
  /// uncertain ones to `accepted` or (`resend`) back to `queued`, refused and expired ones (`reopen`) back to `queued`.
  /// The give-up time of what is queued again counts from its next attempt. Returns the customers' ids, one for each message.
  func resolve(
    in campaign: Int64, customer: String?, letter: String?, as resolution: Resolution, evidence: String?, at now: Date
  ) async throws -> [String]

  /// The uncertain messages in the order of the plan, in time that grows with their number alone.
  func uncertain(in campaign: Int64) async throws -> [UncertainMessage]
  /// Settles messages, each on its own evidence and with its own receipt `resolved`, in one transaction. A message that
  /// is no longer uncertain (for `reopen`: refused or expired), or was attempted again since it was read, is left alone.
  /// Returns the messages settled.
  func settle(_ settlements: [Settlement], in campaign: Int64, at now: Date) async throws -> [Int64]

  /// Deferred messages (all, or those of one customer id) are due at `now` at the latest, and their give-up time counts
  /// from then: by the operator's word, so without a receipt for each. Returns the number of messages.
  func makeDue(in campaign: Int64, customer: String?, at now: Date) async throws -> Int
  /// Keeps the retry schedule that the campaign is delivered by from now on. When it is not the one kept before, every
  /// deferred message gets the due time that `due` returns for it, given the one kept before (nil when none was), in the
  /// same transaction. Returns the number of messages whose due time has changed.
  func reschedule(
    in campaign: Int64, by schedule: RetrySchedule,
    _ due: @escaping @Sendable (_ message: DeferredMessage, _ old: RetrySchedule?) -> Date
  ) async throws -> Int

  /// When the relay last accepted a message of the campaign by its own reply, on the wall clock; nil when it never did.
  /// In time that does not grow with the number of messages.
  func lastAcceptance(through relay: String, in campaign: Int64) async throws -> Date?
  /// How many messages each relay was the last to be tried with, of those it accepted by its own reply, and of those that
  /// are deferred, refused, expired or uncertain; in any order. In time that grows with their number, for what was accepted
  /// by some ten milliseconds for 100,000.
  func relayTally(in campaign: Int64) async throws -> [RelayTally]

  /// Begins to count the use of limits by the even clock of a delivery, and forgets what is older than any limit.
  /// Returns the clock's number for ``LimitUse``.
  ///
  /// - Parameters:
  ///   - scopes: How long the use of each scope is kept: its longest window. Eight days at least, and never less than a
  ///     delivery before has asked for.
  ///   - now: The moment by the even clock.
  func openUse(on clock: ClockBase, keeping scopes: [LimitScope: TimeInterval], at now: Date) async throws -> Int64
  /// Moments at which places of the scope were taken, over all campaigns of the spool, oldest first, by the even clock
  /// `clock`; those at `since` and later.
  func use(of scope: LimitScope, since: Date, on clock: ClockBase) async throws -> [Date]
  /// Keeps what was learned, in place of what was kept before for each of these scopes; with the clock as it is now, so
  /// that a wall clock set meanwhile is known after another start of the machine.
  func keep(_ learned: [LearnedLimits], clock: Int64, as base: ClockBase) async throws
  /// What was learned of the scope, with its times by the even clock `clock`; nil when nothing was.
  func learned(of scope: LimitScope, on clock: ClockBase) async throws -> LearnedLimits?
  /// Counts a test letter at `moment` of the even clock `clock` in the first of the scopes, in one transaction with the
  /// question whether the use of all of them since `since` leaves a place. A process that does not deliver may call it
  /// too (``StoreAccess/control``).
  func takePlace(
    of scopes: [LimitScope], at moment: Date, since: Date, on clock: ClockBase,
    if isFree: @escaping @Sendable (_ past: [Date]) -> Bool
  ) async throws -> Bool
  /// The test letters of the scope that were counted after the one with this number (0: all), in their order: a delivery
  /// learns of them while it runs.
  func testLetters(of scope: LimitScope, after number: Int64, on clock: ClockBase) async throws -> [CountedTestLetter]

  /// A consistent snapshot of one campaign's figures, in time that does not grow with the number of messages.
  func snapshot(of campaign: Int64) async throws -> CampaignSnapshot
  /// The deferred messages by their due times, in time that grows with those that are due at `now` alone.
  func deferredFigures(in campaign: Int64, at now: Date) async throws -> DeferredFigures
  /// The messages that are queued or deferred, in the order in which they leave, as a stream with constant memory.
  func forEachWaiting(in campaign: Int64, _ body: @Sendable (WaitingMessage) throws -> Void) async throws
  /// Keeps the relays' conditions in place of those kept before, without a receipt. A relay without new words keeps its
  /// earlier ones.
  func note(_ conditions: [RelayCondition], in campaign: Int64) async throws
  /// The relays' conditions, in the order of their names.
  func conditions(in campaign: Int64) async throws -> [RelayCondition]
  /// The messages that are deferred, refused, expired, uncertain or excluded, in plan order, as a stream with constant
  /// memory.
  func forEachUnaccepted(in campaign: Int64, _ body: @Sendable (UnacceptedMessage) throws -> Void) async throws
  /// Every customer with the state of its message, in plan order, as a stream with constant memory.
  func forEachCustomer(in campaign: Int64, _ body: @Sendable (CustomerRecord) throws -> Void) async throws

  /// The customers with a letter whose verification code has this index, in plan order, in time that does not grow with
  /// the plan; a customer has all letters, also those with other codes. Nil when the campaign was frozen without codes.
  func customers(in campaign: Int64, withCodeIndex index: Int64) async throws -> [CustomerRecord]?

  /// Asks the delivering process, or the next one, to pause or cancel; `nil` takes the request back.
  func request(_ request: ControlRequest?, of campaign: Int64, at now: Date) async throws
  func pendingRequest(of campaign: Int64) async throws -> ControlRequest?

  /// Receipt lines (without line feed) after `seq`, at most `limit`, in order: the outbox.
  func receipts(of campaign: Int64, after seq: Int64, limit: Int) async throws -> [ReceiptLine]
}

/// A test letter in the limits of a relay.
public struct CountedTestLetter: Sendable, Hashable {
  /// Ascending in the order in which they were counted.
  public var number: Int64
  public var at: Date

  public init(number: Int64, at: Date) {
    self.number = number
    self.at = at
  }
}

/// Messages of one state that have the same last relay.
public struct RelayTally: Sendable, Hashable {
  public var relay: String
  public var state: MessageState
  public var count: Int

  public init(relay: String, state: MessageState, count: Int) {
    (self.relay, self.state, self.count) = (relay, state, count)
  }
}

/// A request of the operator to a delivery that another process runs.
public enum ControlRequest: String, Sendable, Hashable, Codable, CaseIterable { case pause, cancel }

/// The messages that wait to be sent: the part of a ``MessageStore`` that the delivery reads ahead from.
///
/// Every call is durable when it returns. Fails by throwing ``StoreError``.
public protocol DueMessages: Sendable {
  /// Messages that are due (queued, or deferred until `now` or earlier), in the order of ``DueCursor``, starting after
  /// `after`; at most `limit`.
  func due(in campaign: Int64, at now: Date, after: DueCursor?, limit: Int) async throws -> [DueMessage]
  /// Those of the messages with these numbers that are due at `now`, as they are now, in any order; in time that grows
  /// with their number alone.
  func due(_ messages: [Int64], in campaign: Int64, at now: Date) async throws -> [DueMessage]
  /// The moment at which the first deferred message due after `moment` (nil: at any time) falls due; nil when there is
  /// none.
  func nextDue(in campaign: Int64, after moment: Date?) async throws -> Date?

  /// Deferred messages become `expired`, each with a receipt, when they were first tried at `limit` or earlier: those
  /// that were put back in the queue, first tried since, and not made due since. Returns their number.
  ///
  /// - Parameter triedSince: Only those whose last attempt began then or later, by the wall clock; nil: all.
  func expire(
    in campaign: Int64, firstAttemptUntil limit: Date, triedSince: Date?, at now: Date
  ) async throws -> Int
  /// The policy `uncertain: resend`: uncertain messages that were not resent before go back to `queued`, due at once,
  /// each with a receipt `resolved`. One that is uncertain a second time stays uncertain. Returns their number.
  func resendUncertain(in campaign: Int64, at now: Date) async throws -> Int
}

extension DueMessages {
  public func expire(in campaign: Int64, firstAttemptUntil limit: Date, at now: Date) async throws -> Int {
    try await expire(in: campaign, firstAttemptUntil: limit, triedSince: nil, at: now)
  }
}

/// A message that may be claimed now.
public struct DueMessage: Sendable, Hashable {
  public var message: Int64
  public var fence: Int64
  public var attempts: Int
  public var turn: DueTurn
  public var recipient: EmailAddress
  public var messageID: MessageID
  /// The relay of the last attempt: greylisting wants the same one again.
  public var relay: String?
  /// The relay's answer to the last attempt, while the message is deferred.
  public var lastAnswer: LastAnswer?
  /// Attempts of this process that were to be made again at once: they use up no time of the retry schedule.
  public var attemptsAtOnce = 0
  /// The moment of the first claim: the letter's Date on every attempt. Nil before that claim.
  public var firstAttemptAt: Date?
  /// The moment that the give-up time counts from, when that is not the first attempt. For a message that is sent
  /// ``DueTurn/again`` it is the claim that follows.
  public var giveUpFrom: Date?
  public var customer: String
  public var letter: String
  public var payload: Data

  public init(
    message: Int64, fence: Int64, attempts: Int, turn: DueTurn, recipient: EmailAddress, messageID: MessageID,
    relay: String?, lastAnswer: LastAnswer? = nil, firstAttemptAt: Date?, giveUpFrom: Date? = nil, customer: String,
    letter: String, payload: Data
  ) {
    self.message = message
    self.fence = fence
    self.attempts = attempts
    self.turn = turn
    self.recipient = recipient
    self.messageID = messageID
    self.relay = relay
    self.lastAnswer = lastAnswer
    self.firstAttemptAt = firstAttemptAt
    self.giveUpFrom = giveUpFrom
    self.customer = customer
    self.letter = letter
    self.payload = payload
  }

  /// The moment that the give-up time counts from once the message is claimed.
  public func giveUpFrom(claimedAt: Date) -> Date {
    turn == .again ? claimedAt : giveUpFrom ?? firstAttemptAt ?? claimedAt
  }

  /// The place from which the list continues after a page that ends with this message.
  public var cursor: DueCursor { DueCursor(turn: turn, message: message) }
}

/// What a relay answered to an attempt: the beginning of its words, in which their meaning is.
public struct LastAnswer: Sendable, Hashable {
  public var phase: String
  public var code: Int
  public var text: String
  /// When it came, by the wall clock.
  public var at: Date

  public init(phase: String, code: Int, text: String, at: Date) {
    self.phase = phase
    self.code = code
    self.text = text
    self.at = at
  }
}

/// What a deferred message's due time is made of.
public struct DeferredMessage: Sendable, Hashable {
  public var attempts: Int
  public var dueAt: Date
  /// When it was deferred.
  public var deferredAt: Date
  /// The moment that the give-up time counts from.
  public var giveUpFrom: Date

  public init(attempts: Int, dueAt: Date, deferredAt: Date, giveUpFrom: Date) {
    self.attempts = attempts
    self.dueAt = dueAt
    self.deferredAt = deferredAt
    self.giveUpFrom = giveUpFrom
  }
}

/// The reasons for which a message is due, in the order in which due messages leave.
public enum DueTurn: Sendable, Hashable, Comparable {
  /// It was never tried: ordered by the letter's ``PlannedMessage/priority``, then by its ``PlannedMessage/rank``.
  case untried(priority: Int, rank: Int = 0)
  /// It was uncertain, refused or expired, and is to be sent again as the operator or the policy decided.
  case again
  /// It was deferred, and this moment has come.
  case deferred(until: Date)
}

/// A place in the list of due messages: those of one turn are in the order of the plan.
public struct DueCursor: Sendable, Hashable, Comparable {
  public var turn: DueTurn
  public var message: Int64

  public init(turn: DueTurn, message: Int64) {
    self.turn = turn
    self.message = message
  }

  public static func < (left: DueCursor, right: DueCursor) -> Bool {
    (left.turn, left.message) < (right.turn, right.message)
  }
}

/// A store that keeps what is recorded beside the delivery and can remove a campaign for good. Delivery does not need this.
public protocol PurgeableStore: MessageStore, CallStore, BounceStore, MailboxStore {
  /// Begins a purge, in one transaction: removes the campaign's customers, messages, calls, bounces, mailboxes, pace and
  /// requests, and empties its key. State, tallies and receipts stay. From then on only ``finishPurge(of:at:)`` can be called for the campaign.
  /// Nothing happens when a purge has begun before. Fails with `cannotPurge` unless the campaign is completed or
  /// cancelled and no message is open or uncertain.
  ///
  /// - Parameter files: how many files of the campaign's folder are to be removed along with it, for the receipt.
  func beginPurge(of campaign: Int64, files: Int, at now: Date) async throws
  /// Makes sure that no file of the store holds a byte of what ``beginPurge(of:files:at:)`` removed, then writes the
  /// receipt `purged`, the campaign's last. The caller has removed the files meanwhile. Nothing happens when it was
  /// finished before. Fails with `cannotPurge` when no purge has begun, with `busy` while another process reads.
  func finishPurge(of campaign: Int64, at now: Date) async throws
}

/// The purpose for which a store is opened.
public enum StoreAccess: Sendable, Hashable {
  /// To deliver: everything. One process at a time, by the spool's lock.
  case owner
  /// To read, alongside an owner or without one.
  case reader
  /// To leave a request for the owner, to count a test letter, to record calls, bounces or who has changed the password,
  /// and nothing else.
  case control
  /// To change a campaign while a worker, the owner, delivers others: everything but a purge. One process at a time, by
  /// the spool's lock for guests, and with the campaign's own lock.
  case guest
}

/// Opens the store of a queue folder: the one type that knows which kind of store there is.
///
/// An owner makes what is missing and converts what is old. Throws ``StoreError/noSpool(path:)`` (not for an owner),
/// ``StoreError/olderVersion(path:found:known:)`` (not for an owner) and what else keeps a store from being opened.
public protocol StoreOpener: Sendable {
  func open(queue folder: URL, access: StoreAccess, lock: SpoolLock?) throws(StoreError) -> any PurgeableStore
  /// Makes the queue in the database that the folder names, or brings it up to date. Nil, and nothing done, where the queue
  /// is in the folder: there the first launch does all that.
  func prepare(queue folder: URL) throws(StoreError) -> PreparedQueue?
}

/// A queue in a database that is ready for use.
public struct PreparedQueue: Sendable, Hashable {
  /// Where it is, for people.
  public var place: String
  /// The format it had before; 0: there was none.
  public var before: Int
  public var now: Int

  public init(place: String, before: Int, now: Int) {
    self.place = place
    self.before = before
    self.now = now
  }
}
