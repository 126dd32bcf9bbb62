public import Campaigns
import Mail
import Mustache

/// Makes each customer's letter from the campaign and its templates.
///
/// Pure: the same campaign, templates, date and customer give the same letter, on every machine. May be used from
/// several threads at once. A needed value that is empty, a language without a template, and an unknown access are each
/// a ``LetterError`` with the customer's id; unknown names in a template were found when it was loaded.
public struct LetterRenderer: Sendable {
  private let campaign: Campaign
  private let templates: TemplateSet
  private let date: LocalDateTime
  private let codes: VerificationCodes
  private let cache = RenderCache()

  /// - Parameters:
  ///   - date: The date the letters bear; it belongs to the frozen plan, so that a letter can be rendered again.
  ///   - codes: Those of the frozen campaign for letters that are sent; samples for letters that are only shown.
  /// - Throws: ``TemplateError`` when the campaign names a template that is not there.
  public init(
    campaign: Campaign, templates: TemplateSet, date: LocalDateTime, codes: VerificationCodes
  ) throws(TemplateError) {
    self.campaign = campaign
    self.templates = templates
    self.date = date
    self.codes = codes
    var faults: [TemplateError.Fault] = []
    for letter in campaign.letterNames where templates.texts[letter] == nil {
      let segments = campaign.segments.filter { $0.value.letter == letter }.keys.sorted()
      let asking = segments.isEmpty ? "letters:" : "segment \(segments.joined(separator: ", "))"
      faults.append(
        .init(
          file: "templates/\(letter)", line: nil, column: nil,
          message: "there is no such template, but \(asking) asks for it; "
            + "there are: \(templates.names.joined(separator: ", "))"))
    }
    guard faults.isEmpty else { throw TemplateError(faults) }
  }

  /// - Parameter letter: One of the customer's ``Outcome/letters``.
  public func letter(_ letter: String, for customer: Customer) throws(LetterError) -> Letter {
    let draft = try draft(letter, for: customer)
    let cut = cache.entry(for: draft.key) {
      let values = draft.key.values(common: common(draft.key.language), segments: campaign.segments) {
        Placeholder.field($0)
      }
      return RenderCache.Entry(
        subject: CompiledText(draft.texts.subject.mustache.render(values)),
        text: CompiledText(TextWrapping.wrap(draft.texts.text.mustache.render(values), leavesMarks: true)),
        html: CompiledText(draft.texts.html.mustache.render(values)))
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
    return try finished(
      draft, customer: customer, subject: cut.subject.filled(with: fields), text: cut.text.filled(with: fields),
      html: cut.html.filled(with: fields.map(LetterEscaping.html)))
  }

  /// The same letter, rendered again by swift-mustache; ``letter(_:for:)`` must agree with it.
  func plainLetter(_ letter: String, for customer: Customer) throws(LetterError) -> Letter {
    let draft = try draft(letter, for: customer)
    let values = draft.key.values(common: common(draft.key.language), segments: campaign.segments) {
      draft.fields.texts[$0]
    }
    return try finished(
      draft, customer: customer, subject: draft.texts.subject.mustache.render(values),
      text: draft.texts.text.mustache.render(values), html: draft.texts.html.mustache.render(values))
  }

  private struct Draft {
    let key: RenderKey
    let fields: CustomerFields
    let code: VerificationCode
    let texts: TemplateSet.Texts
  }

  private func common(_ language: String) -> CampaignValues {
    CampaignValues(campaign: campaign, date: date, language: language)
  }

  private func draft(_ letter: String, for customer: Customer) throws(LetterError) -> Draft {
    guard Planner.letters(for: customer, in: campaign).contains(letter) else {
      throw LetterError(customer: customer.id, problem: .notAsked(letter: letter))
    }
    let language = customer.language
    // The presence of the template was checked when the renderer was made.
    guard let texts = templates.texts[letter]?[language] else {
      throw LetterError(
        customer: customer.id,
        problem: .missingLanguage(
          language: language, template: letter, known: templates.languages(of: letter)))
    }
    let mailboxes = Planner.mailboxes(of: customer, listedIn: letter, in: campaign)
    let code = codes.code(of: letter, forCustomer: customer.id)
    let others = customer.mailboxes.filter { campaign.segments[$0.access]?.letter != letter }
    let fields = CustomerFields(customer: customer, mailboxes: mailboxes + others, language: language, code: code)
    let key = RenderKey(
      template: letter, language: language, filled: fields.filled, accesses: mailboxes.map(\.access),
      programs: mailboxes.map(\.programs), otherAccesses: others.map(\.access))
    return Draft(key: key, fields: fields, code: code, texts: texts)
  }

  private func finished(
    _ draft: Draft, customer: Customer, subject: String, text: String, html: String
  ) throws(LetterError) -> Letter {
    var subject = subject[...]
    while subject.utf8.last == UInt8(ascii: "\n") { subject = subject.dropLast() }
    guard !subject.utf8.contains(UInt8(ascii: "\n")) else {
      throw LetterError(customer: customer.id, problem: .severalLinesInSubject)
    }
    // A template in the set has a digest.
    guard let digest = templates.digest(of: draft.key.template) else {
      preconditionFailure("template \(draft.key.template) has no digest")
    }
    return Letter(
      subject: String(subject), text: TextWrapping.wrap(text), html: html, language: draft.key.language,
      template: draft.key.template, code: draft.code, templateDigest: digest)
  }
}
