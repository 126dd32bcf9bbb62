import Delivery

/// The machine-readable part of a report (RFC 3464, RFC 6533): what it says of each recipient.
struct DeliveryStatus: Sendable {
  struct Recipient: Sendable {
    var address: String?
    var original: String?
    var action: Action?
    var status: EnhancedStatus?
    var diagnostic: String?
  }

  enum Action: Sendable { case failed, delayed, delivered }

  private(set) var recipients: [Recipient] = []

  /// The reports of all status parts of `mail`, without those of mails inside it.
  init(_ mail: MailParts) {
    var quotedBelow: Int?
    for part in mail.parts.dropFirst() {
      if let depth = quotedBelow, part.depth > depth { continue }
      quotedBelow = part.kind == .message ? part.depth : nil
      if part.type.hasSuffix("delivery-status") { read(part.text) }
    }
  }

  /// From the text of a report whose parts are not marked as such.
  init(text: some Sequence<Substring>) {
    read(text.joined(separator: "\n"))
  }

  private static let recipientLimit = 1_000

  private mutating func read(_ text: String) {
    var current: Recipient?
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let isBlank = { (line: Substring) in line.allSatisfy(\.isWhitespace) }
    var at = lines.startIndex
    while recipients.count < Self.recipientLimit, let start = lines[at...].firstIndex(where: { !isBlank($0) }) {
      // A group that names nobody belongs to the recipient before it.
      if let some = current, some.address != nil, Self.namesRecipient(lines[start]) {
        recipients.append(some)
        current = nil
      }
      let end = lines[start...].firstIndex(where: isBlank) ?? lines.endIndex
      for (name, value) in MailHeaders(fieldsOf: lines[start..<end]).all { take(name, value.trimmed, &current) }
      at = end
    }
    if let current, current.address ?? current.original != nil, recipients.count < Self.recipientLimit {
      recipients.append(current)
    }
  }

  private static func namesRecipient(_ line: Substring) -> Bool {
    MailHeaders.fieldName(of: line).map { ["original-recipient", "final-recipient"].contains($0.lowercased()) } ?? false
  }

  private mutating func take(_ name: String, _ value: String, _ current: inout Recipient?) {
    switch name {
    case "original-recipient":
      finish(&current) { $0.original != nil || $0.address != nil && $0.status != nil && $0.action != nil }
      current = current ?? Recipient()
      current?.original = Self.address(value)
    case "final-recipient":
      finish(&current) { $0.address != nil }
      current = current ?? Recipient()
      current?.address = Self.address(value)
    case "action":
      current = current ?? Recipient()
      if current?.action == nil { current?.action = Self.action(value) }
    case "status":
      current = current ?? Recipient()
      if current?.status == nil { current?.status = Self.status(value) }
    case "diagnostic-code":
      var recipient = current ?? Recipient()
      let text = Self.withoutType(value)
      if !text.isEmpty { recipient.diagnostic = [recipient.diagnostic, text].compactMap { $0 }.joined(separator: " ") }
      current = recipient
    default: break
    }
  }

  /// Keeps `current` when it is complete and another recipient begins.
  private mutating func finish(_ current: inout Recipient?, when isComplete: (Recipient) -> Bool) {
    guard let some = current, isComplete(some) else { return }
    if some.address ?? some.original != nil { recipients.append(some) }
    current = nil
  }

  /// The address behind `rfc822;`, of whatever type it is said to be; what is no address is kept as it is, if it says
  /// anything.
  private static func address(_ value: String) -> String? {
    let bare = withoutType(value)
    if let found = MailAddresses.first(in: Unicode6533.decoded(bare)) { return found }
    let word = bare.trimmingPrefix { "<\"' ".contains($0) }.prefix { !"<>\"' ;".contains($0) }
    return word.isEmpty ? nil : String(word)
  }

  /// The value without the type at its front (`rfc822;`, `smtp;`, `X-Postfix;`).
  private static func withoutType(_ value: String) -> String {
    guard let end = value.prefix(40).firstIndex(of: ";"),
      value[..<end].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == " " || $0 == "." }),
      value[..<end].split(separator: " ").count <= 1
    else { return value }
    return String(value[value.index(after: end)...]).trimmed
  }

  private static func action(_ value: String) -> Action? {
    switch value.lowercased().prefix(while: { $0.isLetter }) {
    case "failed", "failure", "fail", "error", "denied", "undelivered", "expired": .failed
    case "delayed", "delay", "deferred", "warning": .delayed
    case "delivered", "relayed", "expanded", "deliverable", "success", "delivery": .delivered
    default: nil
    }
  }

  /// The first enhanced status in `5.1.1 (bad destination mailbox address)` and the like.
  private static func status(_ value: String) -> EnhancedStatus? {
    for word in value.split(whereSeparator: { " \t(),;:".contains($0) }).prefix(8) {
      if let status = EnhancedStatus(prefixOf: word) { return status }
    }
    return nil
  }
}

extension DeliveryStatus.Recipient {
  /// What became of the letter: by the action, else by the class of the status, else by the reply's code.
  var kind: MailKind {
    switch action {
    case .failed: return .bounce
    case .delayed: return .delay
    case .delivered: return .success
    case nil: break
    }
    switch status?.class {
    case 2: return .success
    case 4: return .delay
    default: return .bounce
    }
  }
}

/// Addresses of other scripts as RFC 6533 §3 writes them in ASCII: `\x{E4}`.
enum Unicode6533 {
  static func decoded(_ text: String) -> String {
    guard text.contains("\\x{") else { return text }
    var decoded = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "\\") {
      decoded += rest[..<start]
      let escape = rest[start...].prefix(12)
      guard escape.hasPrefix("\\x{"), let end = escape.firstIndex(of: "}"),
        let value = UInt32(escape[..<end].dropFirst(3), radix: 16), let scalar = Unicode.Scalar(value)
      else {
        decoded += "\\"
        rest = rest[rest.index(after: start)...]
        continue
      }
      decoded.unicodeScalars.append(scalar)
      rest = rest[rest.index(after: end)...]
    }
    return decoded + rest
  }
}

extension StringProtocol {
  /// Without white space around it.
  var trimmed: String {
    guard let start = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else {
      return ""
    }
    return String(self[start...last])
  }
}
