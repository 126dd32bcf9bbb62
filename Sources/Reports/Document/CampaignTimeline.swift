import Files
public import Foundation
public import Receipts

/// What was done with the campaign, by the receipts: each act of the operator, each turn of the delivery, the calls, and the
/// mail server's exports.
public struct CampaignTimeline: Sendable, Hashable {
  /// At most ``mostActs``, and ``CallSpans/most`` with calls, in the order of time.
  public var acts: [Act] {
    var calls = calls.inOrder.map(Act.init)[...]
    return turns.reduce(into: []) { acts, turn in
      while let call = calls.first, call.at < turn.at { acts.append(calls.removeFirst()) }
      acts.append(turn)
    } + calls
  }
  /// All but the calls, in the order of the receipts.
  private var turns: [Act] = []
  private var calls: CallSpans
  /// Acts that are left out between the first and the last.
  public private(set) var leftOut = 0

  public static let mostActs = 300
  /// Receipts of letters within this time of each other are one act.
  private static let together: TimeInterval = 60

  /// - Parameter zone: That of the times that are shown.
  public init(zone: TimeZone = .gmt) { calls = CallSpans(zone: zone) }

  public struct Act: Sendable, Hashable, Encodable {
    public var at: Date
    /// The time of the last receipt of several that are one act.
    public var until: Date
    public var event: ReceiptEvent
    /// Letters it is about; nil for an act about the campaign.
    @OrNull public var letters: Int?
    /// Of `approved`: who.
    @OrNull public var name: String?
    /// Of `resolved`: as the receipts have it, `accepted`, `resend` or `reopen`.
    @OrNull public var resolution: String?
    /// Of `plan-frozen` and `purged`: what the receipt counts; of `called`: calls by outcome; of `changed`
    /// and `locked`: mailboxes; empty else.
    public var figures: [String: Int]

    init(
      at: Date, until: Date, event: ReceiptEvent, letters: Int? = nil, name: String? = nil, resolution: String? = nil,
      figures: [String: Int] = [:]
    ) {
      self.at = at
      self.until = until
      self.event = event
      self.letters = letters
      self.name = name
      self.resolution = resolution
      self.figures = figures
    }

    init(_ calls: CallSpans.Span) {
      let figures = calls.outcomes.map { ($0.figure, $1) }
      self.init(
        at: calls.first, until: calls.last, event: .called, figures: Dictionary(uniqueKeysWithValues: figures))
    }
  }

  /// Takes a receipt that says something about the campaign, or what was done with letters outside of an attempt;
  /// others are nothing here.
  public mutating func add(_ receipt: Receipt) {
    switch receipt.event {
    case .attempt, .accepted, .deferred, .refused, .uncertain: return
    // When the customer was called, not when that was recorded: a form comes back hours later.
    case .changed, .locked: addMailbox(receipt)
    case .called: if let call = receipt.call { calls.add(call) }
    case .expired where receipt.reason != Receipt.deadlineReason: return
    case .expired, .excluded, .resolved, .bounced: addLetter(receipt)
    case .cancelled where receipt.message != nil: addLetter(receipt)
    case .planFrozen, .approved, .started, .paused, .resumed, .completed, .aborted, .purged, .cancelled:
      append(
        Act(
          at: receipt.at, until: receipt.at, event: receipt.event, name: receipt.approval?.name.text,
          figures: [.planFrozen, .purged].contains(receipt.event) ? receipt.figures ?? [:] : [:]))
    }
  }

  private mutating func addLetter(_ receipt: Receipt) {
    if let last = turns.indices.last, turns[last].event == receipt.event,
      turns[last].resolution == receipt.resolution,
      receipt.at.timeIntervalSince(turns[last].until) < Self.together
    {
      turns[last].letters = (turns[last].letters ?? 0) + 1
      turns[last].until = receipt.at
      return
    }
    append(
      Act(
        at: receipt.at, until: receipt.at, event: receipt.event, letters: 1, resolution: receipt.resolution))
  }

  /// What one export said is one act.
  private mutating func addMailbox(_ receipt: Receipt) {
    if let last = turns.indices.last, turns[last].event == receipt.event,
      receipt.at.timeIntervalSince(turns[last].until) < Self.together
    {
      turns[last].figures[Self.mailboxes, default: 0] += 1
      turns[last].until = receipt.at
      return
    }
    append(Act(at: receipt.at, until: receipt.at, event: receipt.event, figures: [Self.mailboxes: 1]))
  }

  /// The figure of an act about mailboxes.
  static let mailboxes = "mailboxes"

  /// The newest takes the place of the one before, once there are too many: how it began and how it ended stay.
  private mutating func append(_ act: Act) {
    if turns.count == Self.mostActs {
      turns.remove(at: Self.mostActs / 2)
      leftOut += 1
    }
    turns.append(act)
  }
}

extension ReceiptEvent {
  /// False for the line of an attempt and of what the relay said: most of them, which need not be read for a timeline.
  public static func mayBeAct(_ line: [UInt8]) -> Bool {
    !attempts.contains { line.contains(run: $0, within: 300) }
  }

  private static let attempts: [[UInt8]] = [attempt, accepted, deferred, refused, uncertain].map { event in
    Array("\"event\":\"\(event.rawValue)\",\"message\":".utf8)
  }
}
