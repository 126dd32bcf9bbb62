import Delivery

/// A report that follows no standard, or the words beside one that does.
struct PlainReport: Sendable {
  private let mail: MailParts
  private let text: ReportText
  private let addresses: FailedAddresses
  /// The addresses that the text is about, whoever they are.
  private let listed: [FailedAddresses.Found]
  private let announced: Range<Int>

  init(_ mail: MailParts, _ text: ReportText) {
    self.mail = mail
    self.text = text
    addresses = FailedAddresses(text.lines)
    listed = addresses.find(expecting: text.original.recipients)
    announced = Self.announced(in: text.lines)
  }

  /// What the words say of one recipient.
  struct Words: Sendable {
    /// The server's reply, or the words in its place.
    var reply: String?
    /// Other words that may tell what was meant, the nearest first.
    var context: [String] = []
  }

  /// One report for each recipient that is found; nil when there is none.
  func reports(_ kind: MailKind) -> [RecipientReport]? {
    // Fields of a standard report in a text of its own.
    let fields = DeliveryStatus(text: text.lines).recipients.filter { $0.address?.contains("@") == true }
    if !fields.isEmpty {
      return fields.map { field in
        report(
          kind, field.address, field.status, words(about: field.address, isOnly: fields.count == 1), field.diagnostic)
      }
    }
    let found = recipients()
    guard !found.isEmpty else { return nil }
    // The same is said of all that the text does not name.
    var unnamed: RecipientReport?
    return found.map { one in
      guard one.lines == text.lines.indices, !addresses.names(one.address) else {
        return report(kind, one.address, nil, words(one, isOnly: found.count == 1), nil)
      }
      let said = unnamed ?? report(kind, one.address, nil, words(one, isOnly: found.count == 1), nil)
      unnamed = said
      return RecipientReport(
        kind, one.address, status: said.status, class: said.class, permanent: said.permanent, reply: said.reply)
    }
  }

  private func report(
    _ kind: MailKind, _ address: String?, _ status: EnhancedStatus?, _ words: Words, _ diagnostic: String?
  ) -> RecipientReport {
    guard kind != .success else { return RecipientReport(.success, address, status: status, reply: diagnostic) }
    let refusal = Refusal(diagnostic ?? words.reply, status: status, context: words.context, isDelay: kind == .delay)
    return RecipientReport(
      kind, address, status: refusal.status, class: refusal.class, permanent: refusal.permanent, reply: refusal.reply)
  }

  /// By the header that names them, else by the text, else by the quoted mail.
  private func recipients() -> [FailedAddresses.Found] {
    let expected = text.original.recipients
    if let header = mail.headers["x-failed-recipients"] {
      let named = MailAddresses.all(in: header).map(\.address)
      if !named.isEmpty {
        return named.map { address in
          listed.first { $0.address.lowercased() == address.lowercased() } ?? .init(address, in: text.lines.indices)
        }
      }
    }
    let found = addresses.find(expecting: expected, ignoring: senders, inProse: false)
    if !found.isEmpty { return found }
    if let name = bareName() { return [name] }
    if expected.count == 1 { return [.init(expected[0], in: text.lines.indices)] }
    let inProse = addresses.find(expecting: expected, ignoring: senders)
    if !inProse.isEmpty { return inProse }
    if !listed.isEmpty { return listed }
    return (expected.isEmpty ? namedInSubject : expected).map { .init($0, in: text.lines.indices) }
  }

  /// `Returned mail: message not deliverable: <info@firma.example>`
  private var namedInSubject: [String] {
    let senders = senders
    return MailAddresses.all(in: mail.headers["subject"] ?? "", atMost: 20).map(\.address)
      .filter { !senders.contains($0.lowercased()) && !AutomaticMail.isMailSystem(address: $0) }
  }

  /// A user name without domain on a line of its own below an introduction, as AOL writes it: at the domain that reports.
  private func bareName() -> FailedAddresses.Found? {
    guard let from = mail.headers["from"].flatMap({ MailAddresses.first(in: $0) }),
      AutomaticMail.isMailSystem(address: from), let domain = from.split(separator: "@").last
    else { return nil }
    for (number, line) in text.lines.enumerated().dropFirst() {
      let name = line.trimmed
      guard line.first?.isWhitespace == true, (2...32).contains(name.utf8.count),
        name.utf8.allSatisfy({ (97...122).contains($0 | 32) || (48...57).contains($0) || $0 == 46 || $0 == 95 }),
        text.lines[number - 1].trimmed.hasSuffix(":")
      else { continue }
      return .init("\(name)@\(domain.lowercased())", in: text.lines.indices)
    }
    return nil
  }

  /// Who sent the letter: to them the report is.
  private var senders: Set<String> {
    let own = mail.headers.values(["to", "delivered-to", "from", "x-original-to", "reply-to"])
      .flatMap { MailAddresses.all(in: $0).map(\.address) }
    return Set((own + text.original.senders).map { $0.lowercased() })
  }

  /// Whether the text lists addresses as reports do, each alone on its line or before a colon, and not the sender's own.
  var listsAddresses: Bool {
    let senders = senders
    return addresses.listsAddress(introduced: false) { !senders.contains($0) }
  }

  /// Whether a letter of the one that the mail is to comes back with it, and addresses are listed.
  var returnsLetter: Bool {
    let own = Set(
      mail.headers.values(["to", "delivered-to"]).flatMap { MailAddresses.all(in: $0).map { $0.address.lowercased() } })
    return listsAddresses && text.original.senders.contains { own.contains($0.lowercased()) }
  }

  /// Whether the text has a server's reply.
  var quotesReply: Bool { text.lines.contains { SaidReply.start(in: $0) != nil } }

  /// Whether the text has a server's reply, the mail that it is about, or a list of addresses that are not of the domain the
  /// mail is from, as those at the end of a person's letter are.
  var hasEvidence: Bool {
    if !text.original.headers.all.isEmpty || text.lines.contains(where: { SaidReply.start(in: $0) != nil }) {
      return true
    }
    let senders = senders
    let domain = mail.headers["from"].flatMap { MailAddresses.first(in: $0) }?.lowercased().split(separator: "@").last
    return addresses.listsAddress(introduced: true) { !senders.contains($0) }
      || addresses.listsAddress(introduced: false) {
        !senders.contains($0) && $0.split(separator: "@").last != domain
      }
  }

  // MARK: Words

  /// Of these lines; they are read for each recipient.
  private static let announcedLimit = 200

  /// The lines about a recipient that the text does not name: below the one that announces what went wrong.
  private static func announced(in lines: [Substring]) -> Range<Int> {
    guard let line = lines.firstIndex(where: { $0.trimmed.hasSuffix(":") && FailedAddresses.introduces($0) }),
      let start = lines[(line + 1)...].firstIndex(where: { !isBlank($0) })
    else { return 0..<min(announcedLimit, lines.endIndex) }
    return start..<min(start + announcedLimit, lines.endIndex)
  }

  private func words(_ found: FailedAddresses.Found, isOnly: Bool) -> Words {
    let own = text.lines[found.lines == text.lines.indices ? announced : found.lines]
    // The paragraph of the address first: what follows may be about something else.
    let paragraph = own.prefix { !Self.isBlank($0) }
    var below = own[paragraph.endIndex...].drop(while: Self.isBlank).prefix { !Self.isBlank($0) }
    // "For the following reason:", and below it the reason.
    if below.count == 1, below.first?.trimmed.hasSuffix(":") == true {
      below = own[below.endIndex...].drop(while: Self.isBlank).prefix { !Self.isBlank($0) }
    }
    let whole = isOnly ? text.lines[...] : own
    let reply =
      SaidReply.find(in: paragraph, naming: found.address) ?? SaidReply.find(in: below, naming: found.address)
      ?? SaidReply.find(in: whole, naming: found.address)
    var near = Self.joined(paragraph)
    if let range = near.firstRange(of: found.address) { near.removeSubrange(range) }
    near = near.trimmingPrefix { "<>:;,. \t*-\"'()".contains($0) }.trimmed
    let context = [near, Self.joined(below), Self.joined(whole.prefix(60))].filter { $0.contains { $0.isLetter } }
    return Words(reply: reply ?? context.first, context: context)
  }

  /// What the words say of a recipient that a standard report names.
  func words(about address: String?, isOnly: Bool) -> Words {
    let key = address?.lowercased() ?? ""
    if let found = listed.first(where: { $0.address.lowercased() == key }) { return words(found, isOnly: isOnly) }
    guard isOnly else { return Words() }
    return Words(reply: nil, context: [Self.joined(text.lines.prefix(60))].filter { $0.contains { $0.isLetter } })
  }

  private static func isBlank(_ line: Substring) -> Bool { line.allSatisfy(\.isWhitespace) }

  /// On one line, without what repeats the letter's headers: its subject says nothing of its delivery.
  private static func joined(_ lines: some Sequence<Substring>) -> String {
    let said = lines.map(\.trimmed).filter { line in
      !line.isEmpty
        && MailHeaders.fieldName(of: line[...]).map {
          !["subject", "betreff", "date", "sent", "from", "objet", "asunto", "oggetto"].contains($0.lowercased())
        } ?? true
    }
    return String(said.joined(separator: " ").prefix(2_000))
  }
}
