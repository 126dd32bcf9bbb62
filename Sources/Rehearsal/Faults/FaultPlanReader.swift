/// Reads the text form of a fault plan.
///
/// Rules are separated by commas or line ends; `#` starts a comment that lasts to the end of its line. A rule about
/// recipients is `FAULT RECIPIENTS [TIME] [TRIES] [with REPLY]`. `RECIPIENTS` is a share (`2.5%`), an address or a domain
/// (`@kanzlei.example`). `TRIES` says how many attempts of each recipient are hit, or `always`; without it
/// ``Fault/usualTries`` holds. `REPLY` is a code, then a status and texts in quotation marks as far as they shall not be
/// the usual ones. Rules about the relay have forms of their own: see ``FaultForms``.
///
///     greylist 10%, unknown 3%, full k1042@kanzlei.example
///     slow 5% 2s           # accepted, two seconds late
///     temporary 1% 3       # deferred three times, then accepted
///     session-limit 10, quota 100/h with 550
///     refuse @partner.example with 550 5.7.1 "Known senders only"
///
/// The first rule that is wrong is thrown as a ``FaultPlanError``; nothing is guessed.
struct FaultPlanReader {
  private var plan: FaultPlan
  private var shares = 0

  static func read(_ text: String, seed: UInt64) throws(FaultPlanError) -> FaultPlan {
    var reader = FaultPlanReader(plan: FaultPlan(seed: seed))
    for (index, rule) in FaultRuleText.rules(of: text).enumerated() {
      var words = FaultRuleWords(rule, number: index + 1)
      try reader.readRule(&words)
      try words.requireEnd()
    }
    return reader.plan
  }

  private mutating func readRule(_ words: inout FaultRuleWords) throws(FaultPlanError) {
    switch try words.fault() {
    case "connections":
      try words.requireFirst(plan.connectionLimit == nil)
      plan.connectionLimit = try words.count(of: "connections", upTo: 10_000)
      plan.connectionReply = try words.reply()
    case "refuse-all":
      try words.requireFirst(!plan.refusesEverything)
      plan.refusesEverything = true
      plan.refusalReply = try words.reply()
    case "session-limit":
      let count = try words.count(of: "letters", upTo: 1_000_000)
      try add(.sessionLimit(count, try words.reply()), words)
    case "quota":
      let (rate, phase) = (try words.rate(), try words.phase(of: DialoguePhase.ofLimit))
      plan.relayFaults.append(.quota(rate, at: phase ?? .rcpt, try words.reply()))
    case "throttle":
      let (rate, phase) = (try words.rate(), try words.phase(of: DialoguePhase.ofLimit))
      plan.relayFaults.append(.throttle(rate, at: phase ?? .data, try words.reply()))
    case "size":
      let octets = try words.count(of: "octets", upTo: 999_999_999)
      try add(.size(octets, try words.reply()), words)
    case "away":
      let time = try words.time(atMost: .seconds(30 * 86_400), "how long it is away, such as 30s or 10m,")
      try words.require("after", "\"after\" and the number of letters")
      plan.relayFaults.append(.away(time, after: try words.count(of: "letters", upTo: 1_000_000)))
    case "pipelining":
      let kind = try words.choice(of: RelayFault.Pipelining.allCases.map(\.rawValue))
      // The choice is one of their names.
      try add(.pipelining(RelayFault.Pipelining(rawValue: kind) ?? .off), words)
    case "hang": try readHang(&words)
    case "greylist" where words.nextIsTime:
      let time = try words.time(atMost: .seconds(30 * 86_400), "")
      let recipients = words.take("for") ? try recipients(&words) : .everyone
      plan.rules.append(FaultPlan.Rule(.greylistFor(time), recipients, tries: nil, reply: try words.reply()))
    case let word:
      let recipients = try recipients(&words)
      let fault = try fault(word, &words)
      let tries = try words.tries(usual: fault.usualTries)
      let reply = fault.usualReply() == nil ? nil : try words.reply()
      plan.rules.append(FaultPlan.Rule(fault, recipients, tries: tries, reply: reply))
    }
  }

  private func fault(_ word: String, _ words: inout FaultRuleWords) throws(FaultPlanError) -> Fault {
    switch word {
    case "greylist": .greylist
    case "temporary": .temporary
    case "full": .full
    case "unknown": .unknown
    case "refuse": .refuse
    case "reject": .reject
    case "lost-reply": .lostReply
    case "lost-message": .lostMessage
    case "421": .shutdown
    case "cut-data": .cutData
    default:  // "slow": the language has no other
      .slow(try words.time(atMost: .seconds(3600), "the delay, such as 2s or 200ms,"))
    }
  }

  private mutating func readHang(_ words: inout FaultRuleWords) throws(FaultPlanError) {
    let all: [DialoguePhase] = [.greeting, .ehlo, .mail] + DialoguePhase.ofLetter
    try words.require("at", "where: \"at\" and a phase")
    let phase = try words.phase(among: all)
    guard DialoguePhase.ofLetter.contains(phase) else { return try add(.hang(phase), words) }
    let recipients = words.take("for") ? try recipients(&words) : .everyone
    let fault = Fault.hang(phase)
    plan.rules.append(FaultPlan.Rule(fault, recipients, tries: try words.tries(usual: fault.usualTries)))
  }

  /// A fault of the relay of which there is only one.
  private mutating func add(_ fault: RelayFault, _ words: FaultRuleWords) throws(FaultPlanError) {
    let isNew: Bool
    if case .hang = fault {
      isNew = !plan.relayFaults.contains(fault)
    } else {
      isNew = !plan.relayFaults.contains { $0.word == fault.word }
    }
    try words.requireFirst(isNew)
    plan.relayFaults.append(fault)
  }

  private mutating func recipients(_ words: inout FaultRuleWords) throws(FaultPlanError) -> FaultPlan.Recipients {
    let token = try words.next("whom it hits: a share, an address or a domain")
    if token.text.hasSuffix("%"), !token.isQuoted {
      guard let share = FaultValues.share(token.text.dropLast()) else {
        throw words.error(.badShare(token.text), token)
      }
      shares += share
      guard shares <= 10_000 else { throw words.error(.sharesOver100(FaultValues.percent(shares)), token) }
      return .share(share)
    }
    guard !token.isQuoted, let recipients = FaultValues.recipients(token.text) else {
      throw words.error(.badRecipients(token.text), token)
    }
    return recipients
  }
}

extension FaultPlan: CustomStringConvertible {
  /// Reads the text form: one rule per line or several with commas, for example `greylist 10%, full
  /// k1042@kanzlei.example, slow 5% 2s, temporary @b.example 3, connections 4, quota 100/h with 550, refuse-all`.
  ///
  /// - Throws: ``FaultPlanError`` for the first rule that is wrong.
  public init(parsing text: String, seed: UInt64 = 0) throws(FaultPlanError) {
    self = try FaultPlanReader.read(text, seed: seed)
  }

  /// Every form in which a rule can be written, as `quota COUNT/PERIOD [at mail|rcpt|data|final] [with REPLY]`.
  public static var forms: [String] { FaultForms.all.flatMap(\.value) }

  /// The text form on one line; reading it gives the same plan (the seed is not part of it). Empty for no faults.
  public var description: String {
    var parts = rules.map(\.description) + relayFaults.map(\.description)
    if let connectionLimit { parts.append("connections \(connectionLimit)" + Self.with(connectionReply)) }
    if refusesEverything { parts.append("refuse-all" + Self.with(refusalReply)) }
    return parts.joined(separator: ", ")
  }

  fileprivate static func with(_ reply: FaultReply?) -> String { reply.map { " with " + FaultValues.text($0) } ?? "" }
}

extension FaultPlan.Rule: CustomStringConvertible {
  /// The rule as a plan has it.
  public var description: String {
    let recipients = FaultValues.text(recipients)
    var words: [String]
    switch fault {
    case .greylistFor(let time): words = [fault.word, FaultValues.text(time)] + (recipients.map { ["for", $0] } ?? [])
    case .hang(let phase): words = [fault.word, "at", phase.rawValue] + (recipients.map { ["for", $0] } ?? [])
    case .slow(let delay): words = [fault.word, recipients ?? "100%", FaultValues.text(delay)]
    default: words = [fault.word, recipients ?? "100%"]
    }
    if tries != fault.usualTries { words.append(tries.map(String.init) ?? "always") }
    return words.joined(separator: " ") + FaultPlan.with(reply)
  }
}

extension RelayFault: CustomStringConvertible {
  /// The fault as a plan has it.
  public var description: String {
    switch self {
    case .sessionLimit(let count, let reply): "\(word) \(count)\(FaultPlan.with(reply))"
    case .quota(let rate, let phase, let reply):
      "\(word) \(FaultValues.text(rate))\(phase == .rcpt ? "" : " at \(phase)")\(FaultPlan.with(reply))"
    case .throttle(let rate, let phase, let reply):
      "\(word) \(FaultValues.text(rate))\(phase == .data ? "" : " at \(phase)")\(FaultPlan.with(reply))"
    case .size(let octets, let reply): "\(word) \(octets)\(FaultPlan.with(reply))"
    case .away(let time, let count): "\(word) \(FaultValues.text(time)) after \(count)"
    case .pipelining(let kind): "\(word) \(kind)"
    case .hang(let phase): "\(word) at \(phase)"
    }
  }
}
