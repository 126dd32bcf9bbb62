import Campaigns
import Foundation
import Mail
import Synchronization

/// A letter without its customer's own texts, in UTF-8.
struct MaskedLetter: Sendable, Hashable {
  let subject: [UInt8]
  let text: [UInt8]
  let html: [UInt8]
  let language: String
  /// The access of each mailbox the letter lists.
  let accesses: [String]

  /// Letters that differ in the HTML alone are rare, and told apart by `==`.
  func hash(into hasher: inout Hasher) {
    hasher.combine(language)
    hasher.combine(accesses)
    subject.withUnsafeBytes { hasher.combine(bytes: $0) }
    text.withUnsafeBytes { hasher.combine(bytes: $0) }
    hasher.combine(html.count)
  }
}

/// The rules that do not depend on the customer: each fault is found once for all letters that differ only in the
/// customers' own texts.
struct LetterInspection: Sendable {
  struct Report: Sendable {
    var faults: [Fault] = []
    /// The remaining mail addresses, other than the sender's: it depends on the customer whether they may be there.
    var addresses: [(part: LetterPart, line: Int, address: String)] = []
  }

  private let campaign: Campaign
  private let noticeURL: String
  private let senderAddresses: Set<String>
  private let date: LocalDateTime

  init(campaign: Campaign, date: LocalDateTime) {
    self.campaign = campaign
    self.date = date
    noticeURL = campaign.sender.noticeURL.absoluteString
    senderAddresses = Set(
      [campaign.sender.from.address, campaign.sender.replyTo?.address, campaign.sender.contact.email]
        .compactMap { $0 }.flatMap(LetterLint.spellings))
  }

  func report(on letter: MaskedLetter) -> Report {
    var report = Report()
    let writtenHTML = String(decoding: letter.html, as: UTF8.self)
    let writtenText = String(decoding: letter.text, as: UTF8.self)
    let writtenSubject = String(decoding: letter.subject, as: UTF8.self)
    let subject = Sentences(text: writtenSubject)
    let text = Sentences(text: writtenText)
    let html = Sentences(html: writtenHTML)
    for (part, content, sentences) in [
      (LetterPart.subject, writtenSubject, subject), (.text, writtenText, text), (.html, writtenHTML, html),
    ] {
      words(of: content, in: part, &report)
      let shown = part == .html ? Sentences.shown(of: content) : content
      for rule in LeftoverRule.all {
        report.faults += rule.findings(in: shown).map { line, found in
          Fault(rule.name, .error, part, line, "“\(Self.named(found))” \(rule.message)")
        }
      }
      for rule in PhraseRule.all {
        let phrases = rule.phrases.filter { $0.mayBeIn(sentences) }
        for sentence in sentences.all where !phrases.isEmpty {
          guard let phrase = phrases.first(where: { $0.isIn(sentence) }) else { continue }
          report.faults.append(
            Fault(rule.name, rule.severity, part, sentence.line, "“\(phrase.text)”: \(rule.message)"))
        }
      }
    }
    links(in: letter.html, &report)
    missing(in: letter, text: text.visible, html: html.visible, &report)
    if let (act, nothing) = Contradiction.find(in: text) {
      report.faults.append(
        Fault(
          Contradiction.name, .error, .text, nothing.line,
          "“\(nothing.phrase)” contradicts “\(act.phrase)” in line \(act.line): who reads both does neither"))
    }
    sameWords(text, html, &report)
    return report
  }

  private func words(of content: String, in part: LetterPart, _ report: inout Report) {
    var urls = 0
    for (line, word) in LetterWords.find(in: content, isHTML: part == .html) {
      switch word {
      case .leftover(let sign):
        report.faults.append(Fault("leftover", .error, part, line, "“\(sign)” is left over from a template"))
      case .address(let address):
        if !senderAddresses.contains(address.lowercased()) { report.addresses.append((part, line, address)) }
      case .url(noticeURL): urls += 1
      case .url(let url):
        report.faults.append(
          Fault(
            "foreign-url", .error, part, line,
            "\(Self.named(url)) is not the notice URL, the only one a letter may hold"))
      case .forbidden(let name):
        report.faults.append(
          Fault(
            "active-content", .error, part, line, "\(name) has no place in a letter: it loads, asks or runs something"))
      }
    }
    if part == .text, urls > 1 {
      report.faults.append(
        Fault("url-twice", .error, part, nil, "the notice URL is there \(urls) times, once is enough"))
    }
  }

  /// Every link's target is the notice URL and is its text too, so nobody has to check where it leads; one link is
  /// enough.
  private func links(in html: [UInt8], _ report: inout Report) {
    let bytes = ByteSearch(html)
    let url = LetterEscaping.html(noticeURL)
    var next = 0
    var right = 0
    while let link = bytes.first("<a ", from: next) {
      if bytes.has("<a href=\"\(url)\">\(url)</a>", at: link) {
        right += 1
      } else {
        report.faults.append(
          Fault(
            "link", .error, .html, bytes.line(of: link),
            "a link must lead to the notice URL and show it: <a href=\"URL\">URL</a>"))
      }
      next = link + 1
    }
    if right > 1 {
      report.faults.append(
        Fault("url-twice", .error, .html, nil, "the notice URL is there \(right) times, once is enough"))
    }
  }

  private func missing(in letter: MaskedLetter, text: ByteSearch, html: ByteSearch, _ report: inout Report) {
    for (part, words, search) in [(LetterPart.text, "text", text), (.html, "HTML", html)] {
      for fact in facts(language: letter.language, accesses: letter.accesses)
      where !search.contains(fact.value.asSingleLine) {
        let fault = Fault("fact-missing", .error, part, nil, "\(fact.name) is missing in the \(words)")
        if !report.faults.contains(fault) { report.faults.append(fault) }
      }
    }
  }

  /// Whether the part shows `value`, for a value that was not found as a text of its own.
  func holds(_ content: String, _ value: String, _ part: LetterPart) -> Bool {
    ByteSearch(flattening: content).contains(part == .html ? LetterEscaping.html(value) : value)
  }

  /// The words of the text are in the HTML, and vice versa.
  private func sameWords(_ text: Sentences, _ html: Sentences, _ report: inout Report) {
    for (part, name, other, lacking) in [
      (LetterPart.html, "HTML", "text", text.words.subtracting(html.words)),
      (.text, "text", "HTML", html.words.subtracting(text.words)),
    ] {
      let words = lacking.subtracting(Self.signsInWords).filter { $0.unicodeScalars.count > 2 }.sorted()
      guard !words.isEmpty else { continue }
      let more = words.count > 5 ? " and \(words.count - 5) more" : ""
      report.faults.append(
        Fault(
          "different-words", .warning, part, nil,
          "the \(name) lacks words of the \(other): \(words.prefix(5).joined(separator: ", "))\(more)"))
    }
  }

  /// The words that the text writes out where the HTML has a sign (≡).
  private static let signsInWords: Set<String> = ["menü", "menu", "drei", "striche", "three", "lines"]

  func facts(language: String, accesses: [String]) -> [(name: String, value: String)] {
    let dates = LetterDate(language: language)
    let incident = campaign.incident
    let contact = campaign.sender.contact
    var facts = [
      ("the date", dates.day(of: date)), ("incident.what", incident.what),
      ("incident.happened", dates.text(incident.happened)), ("incident.discovered", dates.text(incident.discovered)),
      ("incident.consequences", incident.consequences), ("incident.measures", incident.measures),
      ("contact.name", contact.name), ("contact.phone", contact.phone),
      ("contact.email", contact.email.displayText), ("notice_url", noticeURL),
    ]
    facts += incident.data.map { ("incident.data", $0) }
    if let authority = incident.authority {
      facts += [
        ("incident.authority.name", authority.name), ("incident.authority.filed", dates.text(authority.filed)),
        ("incident.authority.reference", authority.reference),
      ]
    }
    for access in accesses {
      guard case .letter(_, let incoming, let outgoing)? = campaign.segments[access] else { continue }
      facts += [("the incoming server", incoming.host.ascii), ("the outgoing server", outgoing.host.ascii)]
    }
    return facts.map { (name: $0.0, value: $0.1.asSingleLine) }
  }

  /// The excerpt that a finding shows: not all of a long line, and no mark.
  private static func named(_ found: String) -> String {
    let clean = found.replacing("\u{1}", with: "…")
    return clean.count > 60 ? clean.prefix(60) + "…" : clean
  }
}

/// The reports on the letters met so far, for all threads. The cache starts empty again when it is full, as
/// ``RenderCache`` does.
final class InspectionCache: Sendable {
  private let limit: Int
  private let reports = Mutex<[MaskedLetter: LetterInspection.Report]>([:])

  init(limit: Int = 256) { self.limit = limit }

  func report(on letter: MaskedLetter, orMake make: () -> LetterInspection.Report) -> LetterInspection.Report {
    if let known = reports.withLock({ $0[letter] }) { return known }
    // Made outside the lock: two threads may make the same report, and both are right.
    let made = make()
    reports.withLock { reports in
      if reports.count >= limit { reports.removeAll(keepingCapacity: true) }
      reports[letter] = made
    }
    return made
  }
}
