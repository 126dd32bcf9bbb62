import NIOCore
import Synchronization

/// Decides which fault, if any, the next attempt of a recipient meets, and counts the attempts that were hit; admits
/// letters under the relay's quotas.
///
/// It owns the state a ``FaultPlan`` leaves out, apart from connections and letters taken (``RelayBooks``). Deciding and counting are apart: an attempt counts only when its fault
/// really acts, so a client that gives up in between (RSET) uses up nothing. Safe to use from any thread; cannot fail.
final class FaultInjector: Sendable {
  /// A fault that is due, with the rule it comes from.
  struct Due: Sendable, Hashable {
    let fault: Fault
    /// For a fault that is an answer.
    let reply: Reply?
    fileprivate let rule: Int
    fileprivate let recipient: String
    fileprivate let sender: String
  }

  /// A quota that has no room.
  struct Excess: Sendable, Hashable {
    let word: String
    let reply: Reply
  }

  private struct Hit: Hashable {
    let rule: Int
    let recipient: String
  }

  /// What greylisting remembers a letter by.
  private struct Acquaintance: Hashable {
    let rule: Int
    let sender: String
    let recipient: String
  }

  private struct Quota {
    let word: String
    let phase: DialoguePhase
    let reply: Reply
    var window: SlidingWindow

    init?(_ fault: RelayFault) {
      let own: FaultReply?
      let rate: SendingRate
      switch fault {
      case .quota(let allowed, let at, let reply): (rate, phase, own) = (allowed, at, reply)
      case .throttle(let allowed, let at, let reply): (rate, phase, own) = (allowed, at, reply)
      case .sessionLimit, .size, .away, .pipelining, .hang: return nil
      }
      word = fault.word
      if case .quota = fault {
        reply = own.completed(by: UsualReplies.quota)
      } else {
        reply = own.completed(by: UsualReplies.throttle)
      }
      window = SlidingWindow(rate)
    }
  }

  /// The faults of the whole relay that a dialogue looks at by itself.
  let rules: RelayRules
  /// The time by which faults go.
  let now: @Sendable () -> Duration
  private let plan: FaultPlan
  private let addresses: [String: [Int]]
  private let domains: [String: [Int]]
  /// Upper ends of the shares' ranges, ascending, each with its rule.
  private let shares: [(end: Int, rule: Int)]
  private let everyone: [Int]
  private let hits = Mutex<[Hit: Int]>([:])
  private let firstTries = Mutex<[Acquaintance: Duration]>([:])
  private let quotas: Mutex<[Quota]>

  /// Whether any rule is ``Fault/shutdown``: only then is it worth looking ahead for a recipient at MAIL.
  let hasShutdown: Bool

  init(_ options: RelayOptions) {
    let plan = options.faults
    var addresses: [String: [Int]] = [:]
    var domains: [String: [Int]] = [:]
    var shares: [(end: Int, rule: Int)] = []
    var everyone: [Int] = []
    for (index, rule) in plan.rules.enumerated() {
      switch rule.recipients {
      case .everyone: everyone.append(index)
      case .address(let address): addresses[Self.folded(address), default: []].append(index)
      case .domain(let domain): domains[Self.folded(domain), default: []].append(index)
      case .share(let share): shares.append(((shares.last?.end ?? 0) + max(0, share), index))
      }
    }
    self.plan = plan
    self.addresses = addresses
    self.domains = domains
    self.shares = shares
    self.everyone = everyone
    rules = RelayRules(options)
    now = options.now ?? { .nanoseconds(NIODeadline.now().uptimeNanoseconds) }
    quotas = Mutex(plan.relayFaults.compactMap { Quota($0) })
    hasShutdown = plan.rules.contains { $0.fault == .shutdown }
  }

  /// The fault the next attempt of this recipient (`local@domain`) meets; nil when it is accepted as usual.
  func due(for recipient: String, from sender: String) -> Due? {
    if plan.rules.isEmpty { return nil }
    let (recipient, sender) = (Self.folded(recipient), Self.folded(sender))
    for index in rules(for: recipient) + everyone {
      let rule = plan.rules[index]
      if let tries = rule.tries {
        let used = hits.withLock { $0[Hit(rule: index, recipient: recipient)] ?? 0 }
        if used >= tries { continue }
      }
      var wait = Duration.zero
      if case .greylistFor(let time) = rule.fault {
        let first = firstTries.withLock { $0[Acquaintance(rule: index, sender: sender, recipient: recipient)] }
        wait = first.map { $0 + time - now() } ?? time
        if wait <= .zero { continue }
      }
      let usual = rule.fault.usualReply(wait: wait)
      return Due(
        fault: rule.fault, reply: usual.map { rule.reply.completed(by: [$0]) }, rule: index, recipient: recipient,
        sender: sender)
    }
    return nil
  }

  /// The fault acted: one try of its rule is used up for this recipient, or its time begins.
  func spend(_ due: Due) {
    if case .greylistFor = due.fault {
      let key = Acquaintance(rule: due.rule, sender: due.sender, recipient: due.recipient)
      let now = now()
      firstTries.withLock { if $0[key] == nil { $0[key] = now } }
    }
    // A rule without a limit is not counted, so that a plan that hits everybody takes no memory.
    guard plan.rules[due.rule].tries != nil else { return }
    hits.withLock { $0[Hit(rule: due.rule, recipient: due.recipient), default: 0] += 1 }
  }

  /// Counts one more at this phase in every quota that counts there; when one of them has no room, it is returned and
  /// nothing is counted.
  func excess(at phase: DialoguePhase) -> Excess? {
    let now = now()
    return quotas.withLock { quotas in
      let counting = quotas.indices.filter { quotas[$0].phase == phase }
      for index in counting where !quotas[index].window.hasRoom(at: now) {
        return Excess(word: quotas[index].word, reply: quotas[index].reply)
      }
      for index in counting { quotas[index].window.record(at: now) }
      return nil
    }
  }

  private func rules(for recipient: String) -> [Int] {
    if let rules = addresses[recipient] { return rules }
    if !domains.isEmpty, let at = recipient.utf8.lastIndex(of: UInt8(ascii: "@")),
      let rules = domains[String(recipient[recipient.utf8.index(after: at)...])]
    {
      return rules
    }
    guard let last = shares.last else { return [] }
    let place = Self.place(of: recipient, seed: plan.seed)
    if place >= last.end { return [] }
    return shares.first { place < $0.end }.map { [$0.rule] } ?? []
  }

  /// The place of a recipient among all: 0 to 9,999, evenly spread. FNV-1a over seed and address; the closing mix is
  /// needed because FNV alone spreads addresses that differ in their last letters badly.
  static func place(of recipient: String, seed: UInt64) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func take(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    for shift in stride(from: 0, to: 64, by: 8) { take(UInt8(truncatingIfNeeded: seed >> UInt64(shift))) }
    for byte in recipient.utf8 { take(byte) }
    hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
    hash = (hash ^ (hash >> 33)) &* 0xc4ce_b9fe_1a85_ec53
    hash ^= hash >> 33
    return Int(hash.multipliedFullWidth(by: 10_000).high)
  }

  private static func folded(_ text: String) -> String {
    String(decoding: text.utf8.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
  }
}
