public import Campaigns
import Mail
import Mustache

/// Makes each customer's letter from the campaign and its templates.
///
/// Pure: the same campaign, templates, date and customer give the same letter, on every machine. May be used from
/// several threads at once. A value that is needed and empty, a language without a template, an unknown access: all are
/// a ``LetterError`` with the customer's id; unknown names in a template were found when it was loaded.
public struct LetterRenderer: Sendable {
  private let campaign: Campaign
  private let templates: TemplateSet
  private let date: LocalDateTime
  private let codes: VerificationCodes
  private let cache = ShapeCache()

  /// - Parameters:
  ///   - date: The date the letters bear; it belongs to the frozen plan, so that a letter can be rendered again.
  ///   - codes: Those of the frozen campaign for letters that are sent; samples for letters that are looked at.
  /// - Throws: ``TemplateError`` when a segment names a template that is not there.
  public init(
    campaign: Campaign, templates: TemplateSet, date: LocalDateTime, codes: VerificationCodes
  ) throws(TemplateError) {
    self.campaign = campaign
    self.templates = templates
    self.date = date
    self.codes = codes
    var faults: [TemplateError.Fault] = []
    for (access, segment) in campaign.segments.sorted(by: { $0.key < $1.key }) {
      guard case .letter(let template, _, _) = segment, templates.texts[template] == nil else { continue }
      faults.append(
        .init(
          file: "templates/\(template)", line: nil, column: nil,
          message: "there is no such template, but segment \(access) asks for it; "
            + "there are: \(templates.names.joined(separator: ", "))"))
    }
    guard faults.isEmpty else { throw TemplateError(faults) }
  }

  public func letter(for customer: Customer) throws(LetterError) -> Letter {
    let draft = try draft(for: customer)
    let cut = cache.entry(for: draft.shape) {
      let values = draft.shape.values(common: common(draft.shape.language), segments: campaign.segments) {
        LetterMark.field($0)
      }
      return ShapeCache.Entry(
        subject: CutText(draft.texts.subject.mustache.render(values)),
        text: CutText(TextWrapping.wrap(draft.texts.text.mustache.render(values), leavesMarks: true)),
        html: CutText(draft.texts.html.mustache.render(values)))
    }
    for (text, file) in [
      (cut.subject, draft.texts.subject), (cut.text, draft.texts.text), (cut.html, draft.texts.html),
    ] {
      guard let name = text.absent.first else { continue }
      let tag = file.unguardedTag(printing: name)
      throw LetterError(
        customer: customer.id,
        problem: .emptyValue(name: name, file: file.file, line: tag?.line ?? 1, column: tag?.column ?? 1))
    }
    let fields = draft.fields.texts
    return try letter(
      draft, customer: customer, subject: cut.subject.filled(with: fields), text: cut.text.filled(with: fields),
      html: cut.html.filled(with: fields.map(LetterEscaping.html)))
  }

  /// The same letter, rendered anew by swift-mustache: what ``letter(for:)`` must agree with.
  func plainLetter(for customer: Customer) throws(LetterError) -> Letter {
    let draft = try draft(for: customer)
    let values = draft.shape.values(common: common(draft.shape.language), segments: campaign.segments) {
      draft.fields.texts[$0]
    }
    return try letter(
      draft, customer: customer, subject: draft.texts.subject.mustache.render(values),
      text: draft.texts.text.mustache.render(values), html: draft.texts.html.mustache.render(values))
  }

  private struct Draft {
    let shape: LetterShape
    let fields: CustomerFields
    let code: VerificationCode
    let texts: TemplateSet.Texts
  }

  private func common(_ language: String) -> CampaignValues {
    CampaignValues(campaign: campaign, date: date, language: language)
  }

  private func draft(for customer: Customer) throws(LetterError) -> Draft {
    var mailboxes: [Customer.Mailbox] = []
    var chosen: [String] = []
    for mailbox in customer.mailboxes {
      guard let segment = campaign.segments[mailbox.access] else {
        throw LetterError(customer: customer.id, problem: .unknownAccess(mailbox.access))
      }
      guard case .letter(let template, _, _) = segment else { continue }
      mailboxes.append(mailbox)
      if !chosen.contains(template) { chosen.append(template) }
    }
    guard let template = chosen.first else { throw LetterError(customer: customer.id, problem: .noLetter) }
    guard chosen.count == 1 else { throw LetterError(customer: customer.id, problem: .severalTemplates(chosen)) }
    let language = customer.language
    guard let texts = templates.texts[template]?[language] else {
      throw LetterError(
        customer: customer.id,
        problem: .missingLanguage(
          language: language, template: template, known: templates.languages(of: template)))
    }
    let code = codes.code(of: template, forCustomer: customer.id)
    let fields = CustomerFields(customer: customer, mailboxes: mailboxes, language: language, code: code)
    let shape = LetterShape(
      template: template, language: language, filled: fields.filled, accesses: mailboxes.map(\.access),
      programs: mailboxes.map(\.programs))
    return Draft(shape: shape, fields: fields, code: code, texts: texts)
  }

  private func letter(
    _ draft: Draft, customer: Customer, subject: String, text: String, html: String
  ) throws(LetterError) -> Letter {
    var subject = subject[...]
    while subject.utf8.last == UInt8(ascii: "\n") { subject = subject.dropLast() }
    guard !subject.utf8.contains(UInt8(ascii: "\n")) else {
      throw LetterError(customer: customer.id, problem: .severalLinesInSubject)
    }
    // A template in the set has a digest.
    guard let digest = templates.digest(of: draft.shape.template) else {
      preconditionFailure("template \(draft.shape.template) has no digest")
    }
    return Letter(
      subject: String(subject), text: TextWrapping.wrap(text), html: html, language: draft.shape.language,
      template: draft.shape.template, code: draft.code, templateDigest: digest)
  }
}
