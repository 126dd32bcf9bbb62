public import Campaigns
import Mail
import Mustache

/// The script of a call to one customer, from the template `call-script`.
///
/// Pure, as letters are. It lists all mailboxes of the customer, and the servers of those that any letter has
/// instructions for, since the call may have to replace the letter. A set of templates without a script uses the
/// bundled one: campaigns that were begun before scripts existed have calls to make as well.
public struct CallScripts: Sendable {
  private let campaign: Campaign
  private let scripts: [String: TemplateSet.Script]
  private let date: LocalDateTime

  public init(campaign: Campaign, templates: TemplateSet, date: LocalDateTime) throws(TemplateError) {
    self.campaign = campaign
    self.date = date
    scripts = templates.scripts.isEmpty ? try TemplateSet.bundled().scripts : templates.scripts
  }

  /// The script as text, in lines of at most 72 characters where the values allow.
  public func text(for customer: Customer, causes: [CallCause]) throws(LetterError) -> String {
    TextWrapping.wrap(try render(\.text, for: customer, causes))
  }

  /// The script as one `<article>`, to be put between ``htmlBegin(campaign:)`` and ``htmlEnd``.
  public func html(for customer: Customer, causes: [CallCause]) throws(LetterError) -> String {
    try render(\.html, for: customer, causes)
  }

  private func render(
    _ part: KeyPath<TemplateSet.Script, TemplateFile>, for customer: Customer, _ causes: [CallCause]
  ) throws(LetterError) -> String {
    let language = customer.language
    guard let file = scripts[language]?[keyPath: part] else {
      throw LetterError(
        customer: customer.id,
        problem: .missingLanguage(
          language: language, template: TemplateKind.callScriptName, known: scripts.keys.sorted()))
    }
    let rendered = CompiledText(file.mustache.render(values(for: customer, causes)))
    if let name = rendered.absent.first {
      let tag = file.unguardedTag(printing: name)
      throw LetterError(
        customer: customer.id,
        problem: .emptyValue(name: name, file: file.file, line: tag?.line ?? 1, column: tag?.column ?? 1))
    }
    return rendered.filled(with: [])
  }

  /// The values in the shape of ``LetterVariables/callScript``.
  private func values(for customer: Customer, _ causes: [CallCause]) -> [String: Any] {
    let listed = customer.mailboxes.filter { campaign.segments[$0.access]?.letter != nil }
    let others = customer.mailboxes.filter { campaign.segments[$0.access]?.letter == nil }
    let fields = CustomerFields(customer: customer, mailboxes: listed + others, language: customer.language, code: nil)
    let key = RenderKey(
      template: TemplateKind.callScriptName, language: customer.language, filled: fields.filled,
      accesses: listed.map(\.access), programs: listed.map(\.programs), otherAccesses: others.map(\.access))
    let common = CampaignValues(campaign: campaign, date: date, language: customer.language)
    var values = key.values(common: common, segments: campaign.segments) { fields.texts[$0] }
    func optional(_ name: String, _ value: String) {
      values[name] = value.isEmpty ? AbsentValue(name: name) as Any : value.asSingleLine
    }
    optional("phone", customer.phone)
    optional("contact_address", customer.contact?.displayText ?? "")
    optional("contact_person", customer.fullName)
    values["has_mailboxes"] = !listed.isEmpty
    values["letter_may_come"] = causes.contains { $0.kind == .late }
    values["causes"] = causes.map { cause in
      var item: [String: Any] = [
        "detail": cause.detail.isEmpty ? AbsentValue(name: "detail") as Any : cause.detail.asSingleLine,
        "letter": cause.letter ?? AbsentValue(name: "letter") as Any,
      ]
      for flag in CallCause.flags { item[flag] = flag == cause.flag }
      item["may_come"] = cause.kind == .late
      return item
    }
    return values
  }
}

extension CallScripts {
  /// The page around the scripts, up to the first one; the campaign's name is the name of a folder, which needs no
  /// escaping.
  public static func htmlBegin(campaign: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(title) \(campaign)</title>
    <style>
    \(style)
    </style>
    </head>
    <body>

    """
  }

  public static let htmlEnd = "</body>\n</html>\n"

  /// The first line of the scripts as text; a form feed separates one customer from the next.
  public static func textBegin(campaign: String) -> String { "\(title) \(campaign)\n\n" }

  public static let pageBreak = "\u{C}\n"

  /// True for the beginning of a file with scripts, in either form.
  public static func isBegin(_ text: String) -> Bool {
    text.hasPrefix(title) || text.hasPrefix("<!DOCTYPE html>") && text.contains("<title>\(title) ")
  }

  private static let title = "Scripts for the calls of campaign"

  /// One page per script in print; colours that are readable by day and by night; nothing wider than a phone.
  private static let style = """
    :root { color-scheme: light dark; }
    body { margin: 0; background: #ffffff; color: #1c1c1c; font: 16px/1.4 Arial, Helvetica, sans-serif; }
    .call { max-width: 42em; margin: 0 auto; padding: 1em; overflow-wrap: anywhere; }
    .call + .call { border-top: 2px solid #767676; }
    h1 { font-size: 1.3em; line-height: 1.25; margin: 0 0 0.5em; }
    h2 { font-size: 1.05em; line-height: 1.3; margin: 0.9em 0 0.3em; }
    p, ul { margin: 0.3em 0; }
    ul { padding-left: 1.5em; }
    table { border-collapse: collapse; width: 100%; }
    th, td { padding: 0.1em 0; text-align: left; vertical-align: top; }
    th { width: 10em; padding-right: 0.75em; font-weight: bold; }
    .list { list-style: "\\2610\\00a0"; columns: 2; }
    .notes td { border-bottom: 1px solid #767676; height: 1.8em; }
    .notes tr:last-child td { height: 4em; }
    @media (prefers-color-scheme: dark) { body { background: #121212; color: #e8e8e8; } }
    @media (max-width: 480px) { .list { columns: 1; } th { width: 7em; } }
    @media print {
    :root { color-scheme: light; }
    @page { size: A4; margin: 1.2cm 1.5cm; }
    body { background: #ffffff; color: #000000; font-size: 10pt; line-height: 1.25; }
    h2 { margin: 0.6em 0 0.2em; }
    p, ul { margin: 0.2em 0; }
    .call { max-width: none; padding: 0; break-after: page; }
    .call:last-child { break-after: auto; }
    .call + .call { border-top: none; }
    h1, h2 { break-after: avoid; }
    li, tr { break-inside: avoid; }
    }
    """
}

/// One reason to call a customer.
///
/// Encoded as an object of `kind`, `letter` and `detail`, null for a missing one.
public struct CallCause: Sendable, Hashable {
  public enum Kind: String, Sendable, Encodable, CaseIterable {
    /// A segment asks for the call; ``CallCause/detail`` is its reason.
    case request
    case noAddress = "no_address"
    /// A row of the customer was rejected; the detail says which, and why.
    case rejectedRow = "rejected_row"
    /// The letter was taken out before it was sent; the detail says why.
    case excluded
    /// The relay refused the letter, or it was given up; the detail is the last reply.
    case refused, expired
    case uncertain
    /// The letter was sent with an unknown outcome, and not sent again because the campaign was cancelled.
    case uncertainCancelled = "uncertain_cancelled"
    /// The campaign was cancelled before the letter was sent, or before it was accepted.
    case unsent, unaccepted
    /// The letter was not accepted by the deadline, and may still be; the detail is its state, with the relay's last words.
    case late
    /// The letter was not accepted by the deadline and is given up; the detail is the last reply, or that it was never sent.
    case lateExpired = "late_expired"
    /// The relay took the letter, and a report says that it did not reach the mailbox; the detail is what it says.
    case bounced
  }
  public var kind: Kind
  /// The name of the letter that the call is about, when the customer gets several.
  public var letter: String?
  /// The detail; empty when there is nothing to add.
  public var detail: String

  public init(_ kind: Kind, letter: String? = nil, detail: String = "") {
    self.kind = kind
    self.letter = letter
    self.detail = detail
  }

  /// The flag of a script's template that is yes for this cause; several kinds share the same words.
  var flag: String {
    switch kind {
    // In the words of a request, which templates of every version have.
    case .request, .rejectedRow: "is_request"
    case .noAddress: "is_no_address"
    case .excluded: "is_excluded"
    case .refused, .expired, .bounced: "is_refused"
    case .uncertain, .uncertainCancelled: "is_uncertain"
    case .unsent, .unaccepted: "is_unsent"
    case .late, .lateExpired: "is_late"
    }
  }

  static let flags = Set(Kind.allCases.map { CallCause($0).flag })
}

extension CallCause: Encodable {
  private enum CodingKeys: String, CodingKey { case kind, letter, detail }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    try container.encode(letter, forKey: .letter)
    try container.encode(detail.isEmpty ? nil : detail, forKey: .detail)
  }
}
