import Synchronization

/// The answers of a rehearsal relay without the relay: what would become of each letter, by a clock of the caller's.
///
/// The rules, shares and quotas are those of ``FaultPlan``, decided by the same code as in a dialogue. Faults that only a
/// dialogue can have are refused when it is made.
///
/// ```swift
/// let script = try FaultScript(plan)
/// let answer = script.answer(to: "k1042@kanzlei.example", from: "support@kanzlei-it.example", at: .seconds(90))
/// ```
public final class FaultScript: Sendable {
  public enum Answer: Sendable, Hashable {
    /// Taken; its reply comes this much later than usual.
    case taken(after: Duration)
    /// Answered at this point; the text is that of all lines, each with its status.
    case reply(DialoguePhase, code: Int, text: String)
    /// The connection is closed after the final dot, without a reply.
    case lostAfterDot
    /// The connection is closed within the letter.
    case lostInLetter
  }

  /// Faults that need a dialogue: how long they last is decided by time-outs, sizes and bytes.
  public struct Unsupported: Error, Sendable, Hashable, CustomStringConvertible {
    /// Their words in a plan, in order.
    public let words: [String]
    public var description: String {
      """
      the fault\(words.count == 1 ? "" : "s") \(words.joined(separator: ", ")) cannot be played without a dialogue: leave \
      \(words.count == 1 ? "it" : "them") out, or rehearse over a connection, without --at-speed
      """
    }
  }

  private struct State {
    var now = Duration.zero
    var taken = 0
    var absences: [(span: Duration, after: Int)]
    var awayUntil: Duration?
    var faults: [String: Int] = [:]
  }

  private let injector: FaultInjector
  private let refusal: Reply?
  private let state: Mutex<State>
  /// Connections that the relay takes at the same time; nil sets no limit.
  public let connectionLimit: Int?

  public init(_ plan: FaultPlan) throws(Unsupported) {
    let words = Self.unsupported(plan)
    guard words.isEmpty else { throw Unsupported(words: words) }
    var absences: [(span: Duration, after: Int)] = []
    for case .away(let span, let after) in plan.relayFaults { absences.append((span, after)) }
    let shared = SharedTime()
    time = shared
    state = Mutex(State(absences: absences.sorted { $0.after < $1.after }))
    injector = FaultInjector(RelayOptions(faults: plan, now: { shared.now }))
    refusal = plan.refusesEverything ? injector.rules.refusal : nil
    connectionLimit = plan.connectionLimit
  }

  private let time: SharedTime

  /// Read by the injector, set by every question.
  private final class SharedTime: Sendable {
    private let value = Mutex(Duration.zero)
    var now: Duration {
      get { value.withLock { $0 } }
      set { value.withLock { $0 = newValue } }
    }
  }

  private static func unsupported(_ plan: FaultPlan) -> [String] {
    var words: [String] = []
    for rule in plan.rules {
      if case .hang = rule.fault { words.append(rule.fault.word) }
    }
    for fault in plan.relayFaults {
      switch fault {
      case .size, .hang, .pipelining, .sessionLimit: words.append(fault.word)
      case .quota, .throttle, .away: break
      }
    }
    return Set(words).sorted()
  }

  /// How often each fault has acted, by its word.
  public var faults: [String: Int] { state.withLock { $0.faults } }

  /// Until when the relay takes no connection; nil when it does.
  public func awayUntil(at now: Duration) -> Duration? {
    state.withLock { state in
      if let until = state.awayUntil, until <= now { state.awayUntil = nil }
      return state.awayUntil
    }
  }

  /// What one more attempt comes to. Asked in the order of time.
  public func answer(to recipient: String, from sender: String, at now: Duration) -> Answer {
    time.now = now
    if let refusal { return reply(.mail, refusal, "refuse-all") }
    if let excess = injector.excess(at: .mail) { return reply(.mail, excess.reply, excess.word) }
    let due = injector.due(for: recipient, from: sender)
    if let due, due.fault == .shutdown, let answer = due.reply { return act(due, .mail, answer) }
    if let due, due.fault.answersRecipient, let answer = due.reply { return act(due, .rcpt, answer) }
    for phase in DialoguePhase.ofLimit.dropFirst() {
      if let excess = injector.excess(at: phase) { return reply(phase, excess.reply, excess.word) }
      guard let due else { continue }
      switch (phase, due.fault) {
      case (.data, .cutData):
        note(due)
        return .lostInLetter
      case (.final, .reject): if let answer = due.reply { return act(due, .final, answer) }
      case (.final, .lostMessage):
        note(due)
        return .lostAfterDot
      case (.final, .lostReply):
        note(due)
        take(at: now)
        return .lostAfterDot
      case (.final, .slow(let delay)):
        note(due)
        take(at: now + delay)
        return .taken(after: delay)
      default: break
      }
    }
    take(at: now)
    return .taken(after: .zero)
  }

  private func act(_ due: FaultInjector.Due, _ phase: DialoguePhase, _ answer: Reply) -> Answer {
    note(due)
    return .reply(phase, code: answer.code, text: Self.text(answer))
  }

  private func note(_ due: FaultInjector.Due) {
    injector.spend(due)
    state.withLock { $0.faults[due.fault.word, default: 0] += 1 }
  }

  private func reply(_ phase: DialoguePhase, _ answer: Reply, _ word: String) -> Answer {
    state.withLock { $0.faults[word, default: 0] += 1 }
    return .reply(phase, code: answer.code, text: Self.text(answer))
  }

  private static func text(_ reply: Reply) -> String {
    reply.lines.map { line in reply.enhanced.map { "\($0) \(line)" } ?? line }.joined(separator: "\n")
  }

  /// One more letter was taken; the relay goes away after some.
  private func take(at now: Duration) {
    state.withLock { state in
      state.taken += 1
      guard let next = state.absences.first, state.taken >= next.after else { return }
      state.absences.removeFirst()
      state.awayUntil = now + next.span
      state.faults["away", default: 0] += 1
    }
  }
}
