import Foundation
import Mail

/// Replays the receipts of a campaign one by one, as if it ran again, and throws ``ReceiptSyntaxError`` at one that
/// cannot be true after those before it.
///
/// It knows the same rules as the store: which state may follow which, that an outcome follows an attempt, that a
/// campaign is completed only when every letter of the plan has its outcome. It holds some 40 bytes per message (40 MB
/// for a million).
struct ReceiptReplay: Sendable {
  private(set) var campaign: String?
  private(set) var plan: String?
  /// Messages that have receipts, by state.
  private(set) var tally: [MessageState: Int] = [:]
  /// When the campaign's personal data was removed.
  private(set) var purgedAt: Date?
  /// The approvals that released the plan.
  private(set) var approvals: [FrozenApproval] = []
  /// Calls to customers, by what came of them.
  private(set) var calls: [CallOutcome: Int] = [:]
  /// Letters that a report says did not reach the mailbox.
  var bounced: Int { bouncedMessages.count }
  /// Receipts of mailboxes, by what was said of them; a mailbox whose password is changed twice has two.
  private(set) var mailboxes: [MailboxChange: Int] = [:]

  /// The chain that this one follows.
  private(set) var followed: FollowedChain?

  private var bouncedMessages: Set<Int64> = []
  private var state = CampaignState.draft
  /// Set once a receipt has followed the plan and its approvals.
  private var isUnderWay = false
  private var figures: [String: Int] = [:]
  /// The number of letters in the plan; 0 before it is known.
  var letters: Int { figures[.letters] ?? figures[.letter] ?? 0 }
  private var messages: [Int64: Standing] = [:]
  /// The lowest and the highest of the messages' numbers.
  private var numbers: ClosedRange<Int64>?

  private struct Standing {
    var state: MessageState
    var attempts: Int32
  }

  mutating func take(_ receipt: Receipt) throws(ReceiptSyntaxError) {
    guard let campaign else { return try begin(receipt) }
    guard receipt.campaign == campaign else { throw ReceiptSyntaxError("it belongs to another campaign") }
    guard purgedAt == nil else { throw ReceiptSyntaxError("nothing can follow “purged”") }
    guard receipt.event != .planFrozen else { throw ReceiptSyntaxError("a plan is frozen once only") }
    guard receipt.followed == nil else { throw ReceiptSyntaxError("only “plan-frozen” says what is followed") }
    if receipt.event == .approved { return try approve(receipt) }
    guard receipt.approval == nil else { throw ReceiptSyntaxError("only “approved” says who approved") }
    guard approvals.isEmpty || approvals.count >= ReleaseState.needed else {
      throw ReceiptSyntaxError("the plan has one approval only, and the next receipt is not the second")
    }
    guard (receipt.event == .called) == (receipt.call != nil) else {
      throw ReceiptSyntaxError("“called”, and nothing else, says what came of a call")
    }
    guard (receipt.event == .bounced) == (receipt.bounce != nil) else {
      throw ReceiptSyntaxError("“bounced”, and nothing else, says what a report says")
    }
    let change = MailboxChange.allCases.first { $0.event == receipt.event }
    guard (change != nil) == (receipt.mailbox != nil) else {
      throw ReceiptSyntaxError("“changed” and “locked”, and nothing else, say which mailbox they are about")
    }
    isUnderWay = true
    if receipt.event == .called {
      try call(receipt)
    } else if receipt.event == .bounced {
      try bounce(receipt)
    } else if let change {
      try mark(change, receipt)
    } else if let message = receipt.message {
      try move(message, receipt)
    } else if receipt.event == .purged {
      try purge(receipt)
    } else {
      try moveCampaign(receipt)
    }
  }

  private mutating func begin(_ receipt: Receipt) throws(ReceiptSyntaxError) {
    guard receipt.event == .planFrozen, let plan = receipt.plan, let figures = receipt.figures else {
      throw ReceiptSyntaxError("the first receipt is not “plan-frozen” with plan and figures")
    }
    let outcomes = PlanFigure.outcomes.compactMap { figures[$0] }
    guard let rows = figures[.rows], let rejected = figures[.rejected], let customers = figures[.customers],
      outcomes.count == PlanFigure.outcomes.count
    else { throw ReceiptSyntaxError("a figure of the plan is missing") }
    guard outcomes.reduce(0, +) == customers else { throw ReceiptSyntaxError("its customers do not add up") }
    // A customer has at least one row that is not rejected.
    guard rejected <= rows, customers <= rows - rejected else { throw ReceiptSyntaxError("its rows do not add up") }
    // Before a customer could get several letters, the figure was left out: each had one.
    let told = figures[.letter] ?? 0
    if let letters = figures[.letters], letters < told || (letters > 0) != (told > 0) {
      throw ReceiptSyntaxError("its letters do not add up")
    }
    campaign = receipt.campaign
    followed = receipt.followed
    self.plan = plan
    self.figures = figures
  }

  // MARK: A message

  private mutating func move(_ message: Int64, _ receipt: Receipt) throws(ReceiptSyntaxError) {
    guard let next = receipt.event.state ?? receipt.resolved else {
      throw ReceiptSyntaxError("“\(receipt.event.rawValue)” is not an event of a message, or lacks its resolution")
    }
    let isNew = messages[message] == nil
    if isNew { try admit(message) }
    var standing = messages[message] ?? Standing(state: .queued, attempts: 0)
    guard standing.state.canBecome(next), receipt.isPossible(after: standing.state) else {
      throw ReceiptSyntaxError(
        "message \(message) is \(standing.state.rawValue), which cannot become \(next.rawValue)"
          + (standing.state.canBecome(next) ? " by “\(receipt.event.rawValue)”" : ""))
    }
    if receipt.event == .attempt { standing.attempts += 1 }
    guard receipt.attempt ?? 0 == Int(standing.attempts) else {
      throw ReceiptSyntaxError("message \(message) is at attempt \(standing.attempts)")
    }
    try checkFields(of: receipt)
    if !isNew { tally[standing.state, default: 0] -= 1 }
    tally[next, default: 0] += 1
    standing.state = next
    messages[message] = standing
  }

  /// The plan says how many letters there are, and these are numbered one after another; where it does not say so, a
  /// letter has its customer's number.
  private mutating func admit(_ message: Int64) throws(ReceiptSyntaxError) {
    guard messages.count < letters else {
      throw ReceiptSyntaxError("message \(message) is not in the plan, which has \(letters) letters")
    }
    let first = min(numbers?.lowerBound ?? message, message)
    let last = max(numbers?.upperBound ?? message, message)
    let numbered = figures[.letters] ?? figures[.customers] ?? 0
    guard last - first < numbered else {
      let other = message == first ? last : first
      throw ReceiptSyntaxError(
        "message \(message) is not in the plan: its \(numbered) numbers are consecutive, one is \(other)")
    }
    numbers = first...last
  }

  private func checkFields(of receipt: Receipt) throws(ReceiptSyntaxError) {
    guard receipt.customer != nil, receipt.recipient != nil, receipt.messageID != nil, receipt.template != nil else {
      throw ReceiptSyntaxError("it does not say whose message it is")
    }
    guard receipt.domain.map(ReceiptDomain.isWellFormed) ?? true else {
      throw ReceiptSyntaxError("“domain” is neither a domain nor the keyed hash of one")
    }
    guard receipt.attempt == nil || receipt.relay != nil && receipt.sha256 != nil else {
      throw ReceiptSyntaxError("an attempt without its relay or the digest of what was sent")
    }
    guard receipt.event != .accepted || (200..<300).contains(receipt.code ?? 0) else {
      throw ReceiptSyntaxError("accepted without a reply of 200 to 299")
    }
  }

  /// A report comes at any time after the relay has taken the letter, and one is enough.
  private mutating func bounce(_ receipt: Receipt) throws(ReceiptSyntaxError) {
    guard let message = receipt.message, let standing = messages[message], standing.state == .accepted else {
      throw ReceiptSyntaxError("“bounced” about a message that was not accepted")
    }
    guard bouncedMessages.insert(message).inserted else {
      throw ReceiptSyntaxError("message \(message) bounces a second time")
    }
    guard receipt.attempt ?? 0 == Int(standing.attempts) else {
      throw ReceiptSyntaxError("message \(message) is at attempt \(standing.attempts)")
    }
    guard receipt.resolution == nil, receipt.evidence == nil, receipt.reason == nil, receipt.figures == nil else {
      throw ReceiptSyntaxError("“bounced” says more than a report can")
    }
    try checkFields(of: receipt)
  }

  // MARK: A customer

  /// Anybody in the plan may be called at any time: before the first letter, and after the end.
  private mutating func call(_ receipt: Receipt) throws(ReceiptSyntaxError) {
    guard receipt.customer != nil, let call = receipt.call else {
      throw ReceiptSyntaxError("it does not say who was called")
    }
    guard receipt.isAboutCustomerAlone, receipt.mailbox == nil else {
      throw ReceiptSyntaxError("“called” says more than a call can")
    }
    guard call.at <= receipt.at else { throw ReceiptSyntaxError("the call was after it was recorded") }
    calls[call.outcome, default: 0] += 1
  }

  /// An export may be read at any time, as a call may be made.
  private mutating func mark(_ change: MailboxChange, _ receipt: Receipt) throws(ReceiptSyntaxError) {
    guard receipt.customer != nil else { throw ReceiptSyntaxError("it does not say whose mailbox it is") }
    guard receipt.isAboutCustomerAlone, receipt.call == nil else {
      throw ReceiptSyntaxError("“\(change.rawValue)” says more than an export of mailboxes can")
    }
    guard receipt.mailbox?.at ?? receipt.at <= receipt.at else {
      throw ReceiptSyntaxError("the mailbox was \(change.rawValue) after that was read")
    }
    mailboxes[change, default: 0] += 1
  }

  // MARK: The campaign

  private mutating func approve(_ receipt: Receipt) throws(ReceiptSyntaxError) {
    guard !isUnderWay else { throw ReceiptSyntaxError("“approved” stands right after the plan only") }
    guard let approval = receipt.approval, receipt.message == nil, receipt.figures == nil else {
      throw ReceiptSyntaxError("it does not say who approved, or says more")
    }
    guard receipt.plan == plan else { throw ReceiptSyntaxError("it approves another plan") }
    guard !approvals.contains(where: { $0.name.key == approval.name.key }) else {
      throw ReceiptSyntaxError("the same name approves twice")
    }
    approvals.append(approval)
  }

  private mutating func purge(_ receipt: Receipt) throws(ReceiptSyntaxError) {
    let open = [MessageState.queued, .sending, .deferred, .uncertain].reduce(0) { $0 + (tally[$1] ?? 0) }
    guard state == .completed || state == .cancelled, open == 0, messages.count == letters else {
      throw ReceiptSyntaxError("“purged” before the campaign was over")
    }
    guard receipt.figures?[.customers] == figures[.customers], receipt.figures?[.letters] == letters,
      receipt.figures?["files"] != nil
    else { throw ReceiptSyntaxError("its figures are not those of the plan") }
    purgedAt = receipt.at
  }

  private mutating func moveCampaign(_ receipt: Receipt) throws(ReceiptSyntaxError) {
    guard let next = receipt.event.campaignState else {
      throw ReceiptSyntaxError("“\(receipt.event.rawValue)” lacks its message")
    }
    guard state.canBecome(next), next.event(after: state) == receipt.event else {
      throw ReceiptSyntaxError("the campaign is \(state.rawValue), and “\(receipt.event.rawValue)” cannot follow")
    }
    for state in MessageState.allCases {
      let untouched = state == .queued ? letters - messages.count : 0
      guard receipt.figures?[state.rawValue] == (tally[state] ?? 0) + untouched else {
        throw ReceiptSyntaxError("its figures are not those of the receipts before it")
      }
    }
    let settled = (tally[.uncertain] ?? 0) + tally.reduce(0) { $0 + ($1.key.isFinal ? $1.value : 0) }
    guard next != .completed || settled == letters else {
      throw ReceiptSyntaxError("“completed”, but only \(settled) of the plan's \(letters) letters have an outcome")
    }
    state = next
  }
}

extension ReceiptEvent {
  /// The state a campaign has after this event, when the event concerns the campaign.
  fileprivate var campaignState: CampaignState? {
    switch self {
    case .started, .resumed: .running
    case .paused: .paused
    case .completed: .completed
    case .aborted: .aborted
    case .cancelled: .cancelled
    default: nil
    }
  }
}

extension [String: Int] {
  fileprivate subscript(_ figure: PlanFigure) -> Int? { self[figure.rawValue] }
}

extension Receipt {
  /// It has no field of a letter or of the campaign.
  fileprivate var isAboutCustomerAlone: Bool {
    message == nil && recipient == nil && domain == nil && relay == nil && attempt == nil && phase == nil && code == nil
      && enhanced == nil && reply == nil && messageID == nil && sha256 == nil && template == nil && reason == nil
      && resolution == nil && evidence == nil && plan == nil && figures == nil
  }

  private var decision: Resolution? { event == .resolved ? resolution.flatMap(Resolution.init) : nil }

  /// The state a `resolved` message went to.
  fileprivate var resolved: MessageState? { decision?.result }

  /// The outcome of an attempt needs one; `resolved` settles what is uncertain, or opens what was given up. What was put back
  /// in the queue, or never tried, expires by the deadline alone.
  fileprivate func isPossible(after state: MessageState) -> Bool {
    if event.isOutcome { return state == .sending }
    if event == .expired, state == .queued { return reason == Receipt.deadlineReason }
    return event != .resolved || decision?.origins.contains(state) == true
  }
}
