/// The values in a fault plan: shares, times, rates and replies, read and written. Nil for what is none.
enum FaultValues {
  /// Digits only: no sign, no spaces. Nil for anything else and for more than nine digits.
  static func number(_ text: some StringProtocol) -> Int? {
    guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
  }

  /// A number with one of `units` behind it, as milliseconds.
  private static func milliseconds(_ text: some StringProtocol, defaultCount: Int?) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let unit = millisecondsOfUnit[String(text.dropFirst(digits.count)).lowercased()] else { return nil }
    return (digits.isEmpty ? defaultCount : number(digits)).map { $0 * unit }
  }

  private static let millisecondsOfUnit = [
    "ms": 1, "s": 1000, "m": 60_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000,
  ]

  static func isUnit(_ text: String) -> Bool { millisecondsOfUnit[text.lowercased()] != nil }

  /// `200ms`, `30s`, `5m`, `1h`; not nothing, and not longer than `limit`.
  static func time(_ text: String, atMost limit: Duration) -> Duration? {
    guard let time = milliseconds(text, defaultCount: nil).map({ Duration.milliseconds($0) }), time > .zero,
      time <= limit
    else { return nil }
    return time
  }

  static func text(_ time: Duration) -> String {
    let (seconds, attoseconds) = time.components
    return attoseconds == 0 ? "\(seconds)s" : "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000)ms"
  }

  /// `100/h`, `5/s`, `250/10min`: a count of 1 to 10 million, a window of one second to 366 days.
  static func rate(_ text: String) -> SendingRate? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let count = number(parts[0]), (1...10_000_000).contains(count),
      let window = milliseconds(parts[1], defaultCount: 1), (1000...(366 * 86_400_000)).contains(window),
      window % 1000 == 0
    else { return nil }
    return SendingRate(count, per: .milliseconds(window))
  }

  static func text(_ rate: SendingRate) -> String {
    let seconds = rate.window.components.seconds
    let units: [(Int64, String)] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")]
    let (length, unit) = units.first { seconds % $0.0 == 0 && seconds >= $0.0 } ?? (1, "s")
    return "\(rate.count)/\(seconds == length ? "" : String(seconds / length))\(unit)"
  }

  /// Hundredths of a percent, from `2.5` (without the sign): 1 to 10,000.
  static func share(_ text: Substring) -> Int? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = number(parts[0]), whole <= 100, parts.count <= 2 else { return nil }
    var share = whole * 100
    if parts.count == 2 {
      guard parts[1].count <= 2, let decimals = number(parts[1]) else { return nil }
      share += parts[1].count == 1 ? decimals * 10 : decimals
    }
    return (1...10_000).contains(share) ? share : nil
  }

  static func percent(_ share: Int) -> String {
    let decimals = share % 100
    if decimals == 0 { return "\(share / 100)%" }
    return decimals % 10 == 0
      ? "\(share / 100).\(decimals / 10)%" : "\(share / 100).\(decimals < 10 ? "0" : "")\(decimals)%"
  }

  /// An address or a domain in A-labels, with or without `@`.
  static func recipients(_ text: String) -> FaultPlan.Recipients? {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard let domain = parts.last, parts.count <= 2, domain.contains("."),
      domain.utf8.allSatisfy({ $0 < 0x80 }),
      domain.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty })
    else { return nil }
    if parts.count == 2, !parts[0].isEmpty { return .address(text) }
    return .domain(String(domain))
  }

  static func text(_ recipients: FaultPlan.Recipients) -> String? {
    switch recipients {
    case .address(let address): address
    case .domain(let domain): "@" + domain
    case .share(let share): percent(share)
    case .everyone: nil
    }
  }

  /// 400 to 599.
  static func code(_ text: String) -> Int? { number(text).flatMap { (400...599).contains($0) ? $0 : nil } }

  /// `4.x.y` or `5.x.y`, with one to three digits each (RFC 3463 §2).
  static func isStatus(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 3 && (parts[0] == "4" || parts[0] == "5")
      && parts.dropFirst().allSatisfy { $0.utf8.count <= 3 && number($0) != nil }
  }

  /// Printable ASCII; with code and status it stays within the 512 octets of a reply line (RFC 5321 §4.5.3.1.5).
  static func isReplyLine(_ text: String) -> Bool {
    (1...480).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7e).contains($0) }
  }

  static func text(_ reply: FaultReply) -> String {
    ([String(reply.code), reply.status].compactMap(\.self) + reply.lines.map { "\"\($0)\"" }).joined(separator: " ")
  }
}
