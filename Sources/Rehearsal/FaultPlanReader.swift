/// Reads the text form of a fault plan and writes it.
///
/// A rule is `FAULT RECIPIENTS [DELAY] [TRIES]`; rules are separated by commas or line ends; `#` starts a comment that
/// lasts to the end of its line. `RECIPIENTS` is a share (`2.5%`), an address or a domain (`@kanzlei.example`). `DELAY`
/// is needed by `slow` and by nothing else. `TRIES` says how many attempts of each recipient are hit, or `always`;
/// without it ``Fault/usualTries`` holds. Two rules have another shape: `connections COUNT` and `refuse-all`.
///
///     greylist 10%, unknown 3%, full k1042@kanzlei.example
///     slow 5% 2s           # accepted, two seconds late
///     temporary 1% 3       # deferred three times, then accepted
///     connections 4
///
/// The first rule that is wrong is thrown as a ``FaultPlanError``; nothing is guessed.
struct FaultPlanReader {
  static let words = [
    "greylist", "temporary", "full", "unknown", "reject", "slow", "lost-reply", "lost-message", "421", "cut-data",
    "connections", "refuse-all",
  ]

  private var plan: FaultPlan
  private var shares = 0
  private var rule = 0
  private var line = 0
  private var text: Substring = ""

  private init(seed: UInt64) { plan = FaultPlan(seed: seed) }

  static func read(_ text: String, seed: UInt64) throws(FaultPlanError) -> FaultPlan {
    var reader = FaultPlanReader(seed: seed)
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      reader.line += 1
      for part in line.prefix(while: { $0 != "#" }).split(separator: ",") {
        let words = part.split(whereSeparator: \.isWhitespace)
        guard let first = words.first, let last = words.last else { continue }
        reader.rule += 1
        reader.text = part[first.startIndex..<last.endIndex]
        try reader.readRule(first.lowercased(), words.dropFirst().map(String.init))
      }
    }
    return reader.plan
  }

  private mutating func readRule(_ word: String, _ arguments: [String]) throws(FaultPlanError) {
    var arguments = arguments[...]
    switch word {
    case "connections":
      guard plan.connectionLimit == nil else { throw error(.repeated(word)) }
      let count = try next(&arguments, "a number of connections")
      guard let limit = Self.number(count), (1...10_000).contains(limit) else { throw error(.badCount(count)) }
      plan.connectionLimit = limit
    case "refuse-all":
      guard !plan.refusesEverything else { throw error(.repeated(word)) }
      plan.refusesEverything = true
    default:
      guard Self.words.contains(word) else { throw error(.unknownWord(word)) }
      let recipients = try recipients(try next(&arguments, "whom it hits: a share, an address or a domain"))
      let fault = try fault(word, &arguments)
      plan.rules.append(FaultPlan.Rule(fault, recipients, tries: try tries(of: fault, &arguments)))
    }
    if let surplus = arguments.first { throw error(.surplus(surplus)) }
  }

  private func fault(_ word: String, _ arguments: inout ArraySlice<String>) throws(FaultPlanError) -> Fault {
    switch word {
    case "greylist": return .greylist
    case "temporary": return .temporary
    case "full": return .full
    case "unknown": return .unknown
    case "reject": return .reject
    case "lost-reply": return .lostReply
    case "lost-message": return .lostMessage
    case "421": return .shutdown
    case "cut-data": return .cutData
    default:  // "slow": `words` holds no other
      let text = try next(&arguments, "the delay, such as 2s or 200ms,")
      guard let delay = Self.delay(text) else { throw error(.badDelay(text)) }
      return .slow(delay)
    }
  }

  private func tries(of fault: Fault, _ arguments: inout ArraySlice<String>) throws(FaultPlanError) -> Int? {
    guard let text = arguments.popFirst() else { return fault.usualTries }
    if text.lowercased() == "always" { return nil }
    guard let tries = Self.number(text), (1...1000).contains(tries) else { throw error(.badTries(text)) }
    return tries
  }

  private mutating func recipients(_ text: String) throws(FaultPlanError) -> FaultPlan.Recipients {
    if text.hasSuffix("%") {
      guard let share = Self.share(text.dropLast()) else { throw error(.badShare(text)) }
      shares += share
      guard shares <= 10_000 else { throw error(.sharesOver100(Self.percent(shares))) }
      return .share(share)
    }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard let domain = parts.last, parts.count <= 2, domain.contains("."),
      domain.utf8.allSatisfy({ $0 < 0x80 }),
      domain.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty })
    else { throw error(.badRecipients(text)) }
    if parts.count == 2, !parts[0].isEmpty { return .address(text) }
    return .domain(String(domain))
  }

  private func next(_ arguments: inout ArraySlice<String>, _ what: String) throws(FaultPlanError) -> String {
    guard let argument = arguments.popFirst() else { throw error(.missing(what)) }
    return argument
  }

  private func error(_ reason: FaultPlanError.Reason) -> FaultPlanError {
    FaultPlanError(reason: reason, rule: rule, line: line, text: String(text))
  }

  /// Digits only: no sign, no spaces. Nil for anything else and for more than nine digits.
  private static func number(_ text: some StringProtocol) -> Int? {
    guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
  }

  /// Hundredths of a percent.
  private static func share(_ text: Substring) -> Int? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = number(parts[0]), whole <= 100, parts.count <= 2 else { return nil }
    var share = whole * 100
    if parts.count == 2 {
      guard parts[1].count <= 2, let decimals = number(parts[1]) else { return nil }
      share += parts[1].count == 1 ? decimals * 10 : decimals
    }
    return (1...10_000).contains(share) ? share : nil
  }

  private static func delay(_ text: String) -> Duration? {
    let unit = text.drop { $0.isNumber }
    guard let count = number(text.prefix(text.count - unit.count)) else { return nil }
    let delay: Duration
    switch unit {
    case "ms": delay = .milliseconds(count)
    case "s": delay = .seconds(count)
    case "m": delay = .seconds(count * 60)
    default: return nil
    }
    return delay <= .seconds(3600) ? delay : nil
  }

  fileprivate static func percent(_ share: Int) -> String {
    let decimals = share % 100
    if decimals == 0 { return "\(share / 100)%" }
    return decimals % 10 == 0
      ? "\(share / 100).\(decimals / 10)%" : "\(share / 100).\(decimals < 10 ? "0" : "")\(decimals)%"
  }

  fileprivate static func text(_ delay: Duration) -> String {
    let (seconds, attoseconds) = delay.components
    return attoseconds == 0 ? "\(seconds)s" : "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000)ms"
  }
}

extension FaultPlan: CustomStringConvertible {
  /// Reads the text form: one rule per line or several with commas, for example `greylist 10%, full
  /// k1042@kanzlei.example, slow 5% 2s, temporary @b.example 3, connections 4, refuse-all`.
  ///
  /// - Throws: ``FaultPlanError`` for the first rule that is wrong.
  public init(parsing text: String, seed: UInt64 = 0) throws(FaultPlanError) {
    self = try FaultPlanReader.read(text, seed: seed)
  }

  /// The text form on one line; reading it gives the same plan (the seed is not part of it). Empty for no faults.
  public var description: String {
    var parts = rules.map { rule in
      var words = [rule.fault.word]
      switch rule.recipients {
      case .address(let address): words.append(address)
      case .domain(let domain): words.append("@" + domain)
      case .share(let share): words.append(FaultPlanReader.percent(share))
      }
      if case .slow(let delay) = rule.fault { words.append(FaultPlanReader.text(delay)) }
      if rule.tries != rule.fault.usualTries { words.append(rule.tries.map(String.init) ?? "always") }
      return words.joined(separator: " ")
    }
    if let connectionLimit { parts.append("connections \(connectionLimit)") }
    if refusesEverything { parts.append("refuse-all") }
    return parts.joined(separator: ", ")
  }
}
