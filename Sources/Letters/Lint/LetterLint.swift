public import Campaigns
import Foundation
import Mail

/// Checks finished letters for everything that must not go out, whatever the template or the customer file said.
///
/// Pure, and independent of how the letter was made: it reads the words a customer would read. An error keeps a
/// campaign from being launched; a warning is shown and leaves the choice to the operator. The customer's own texts are
/// taken out first (``CustomerTextMask``); letters that are the same without them are checked once.
public struct LetterLint: Sendable {
  public struct Finding: Sendable, Hashable, CustomStringConvertible {
    public enum Severity: String, Sendable, Codable { case error, warning }
    /// The rule's name as in `docs/configuration/lint-rules.md`.
    public let rule: String
    public let severity: Severity
    public let customer: String
    public let part: LetterPart
    /// The line in the finished part, counted from 1; nil when the whole part is meant.
    public let line: Int?
    public let message: String

    public var description: String {
      let place = line.map { ", line \($0)" } ?? ""
      return "\(severity.rawValue): customer \(customer), \(part.rawValue)\(place): \(message)"
    }
  }

  /// The number of characters above which mail programs cut a subject off.
  public static let longestSubject = 78
  /// The number of bytes of HTML above which Gmail cuts a message off.
  static let longestHTML = 102 * 1024
  /// The number of bytes above which a part is no longer a letter.
  static let longestPart = 512 * 1024

  private let campaign: Campaign
  private let inspection: LetterInspection
  private let inspected = InspectionCache()
  private let masked = CampaignTextCache()

  /// - Parameter date: The date the letters bear.
  public init(campaign: Campaign, date: LocalDateTime) {
    self.campaign = campaign
    inspection = LetterInspection(campaign: campaign, date: date)
  }

  /// The findings about `letter`, in the order subject, text, HTML; empty when there are none.
  public func findings(in letter: Letter, for customer: Customer) -> [Finding] {
    let mailboxes = Planner.mailboxes(of: customer, listedIn: letter.template, in: campaign)
    // The texts that the letter needs come first, so that each is known by its number.
    let needed = [letter.code.description] + mailboxes.map(\.address.displayText)
    let own = needed + Self.ownTexts(of: customer, language: letter.language)
    let escaped = own.map(LetterEscaping.html)
    let accesses = mailboxes.map(\.access)
    let campaignTexts = masked.texts(language: letter.language, accesses: accesses) {
      inspection.facts(language: letter.language, accesses: accesses).map(\.value)
    }
    let patterns = TextPatterns(own)
    let mask = CustomerTextMask(own: patterns, campaign: campaignTexts.plain)
    let htmlMask = CustomerTextMask(
      own: own == escaped ? patterns : TextPatterns(escaped), campaign: campaignTexts.escaped)
    let (subject, text, html) = (
      mask.taken(from: letter.subject), mask.taken(from: letter.text), htmlMask.taken(from: letter.html)
    )
    let bare = MaskedLetter(
      subject: subject.bytes, text: text.bytes, html: html.bytes, language: letter.language, accesses: accesses)
    let report = inspected.report(on: bare) { inspection.report(on: bare) }

    var faults = subjectFaults(letter.subject) + report.faults
    if !report.addresses.isEmpty {
      let addresses = Set(
        ([customer.contact] + customer.mailboxes.map(\.address)).compactMap { $0 }.flatMap(Self.spellings))
      for (part, line, address) in report.addresses where !addresses.contains(address.lowercased()) {
        faults.append(
          Fault(
            "foreign-address", .error, part, line, "\(address) is an address neither of this customer nor of the sender"
          ))
      }
    }
    for (part, words, taken) in [(LetterPart.text, "text", text), (.html, "HTML", html)] {
      for (number, value) in needed.enumerated()
      where !taken.found.contains(number) && !inspection.holds(part == .text ? letter.text : letter.html, value, part) {
        let name = number == 0 ? "the verification code" : "a mailbox address"
        faults.append(Fault("fact-missing", .error, part, nil, "\(name) is missing in the \(words)"))
      }
    }
    faults += sizeFaults(letter)
    return faults.sorted { ($0.part.place, $0.line ?? .max) < ($1.part.place, $1.line ?? .max) }.map {
      Finding(
        rule: $0.rule, severity: $0.severity, customer: customer.id, part: $0.part, line: $0.line, message: $0.message)
    }
  }

  static func ownTexts(of customer: Customer, language: String) -> [String] {
    [
      Greeting(customer: customer, language: language).text, customer.id.asSingleLine, customer.company.asSingleLine,
      customer.title.asSingleLine, customer.firstName.asSingleLine, customer.lastName.asSingleLine,
    ] + ([customer.contact] + customer.mailboxes.map(\.address)).compactMap { $0?.displayText }
  }

  private func subjectFaults(_ subject: String) -> [Fault] {
    var faults: [Fault] = []
    func add(_ severity: Finding.Severity, _ message: String) {
      faults.append(Fault("subject", severity, .subject, nil, message))
    }
    if subject.allSatisfy(\.isWhitespace) { add(.error, "the subject is empty") }
    if subject.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
      add(.error, "the subject has a line break or another control character")
    }
    let count = subject.unicodeScalars.count
    if count > Self.longestSubject {
      add(.warning, "the subject has \(count) characters; above \(Self.longestSubject) it is often cut off")
    }
    return faults
  }

  private func sizeFaults(_ letter: Letter) -> [Fault] {
    var faults: [Fault] = []
    for (part, content) in [(LetterPart.text, letter.text), (.html, letter.html)] {
      let kilobytes = content.utf8.count / 1024
      if content.utf8.count > Self.longestPart {
        faults.append(
          Fault("size", .error, part, nil, "\(kilobytes) KB: a letter has at most \(Self.longestPart / 1024) KB"))
      } else if part == .html, content.utf8.count > Self.longestHTML {
        faults.append(
          Fault(
            "size", .warning, part, nil, "\(kilobytes) KB: Gmail cuts off what is above \(Self.longestHTML / 1024) KB"))
      }
    }
    return faults
  }

  static func spellings(of address: EmailAddress) -> [String] {
    [address.description.lowercased(), address.displayText.lowercased()]
  }
}

/// The finding of one rule, independent of the customer who gets the letter.
struct Fault: Sendable, Hashable {
  let rule: String
  let severity: LetterLint.Finding.Severity
  let part: LetterPart
  let line: Int?
  let message: String

  init(
    _ rule: String, _ severity: LetterLint.Finding.Severity, _ part: LetterPart, _ line: Int?, _ message: String
  ) {
    self.rule = rule
    self.severity = severity
    self.part = part
    self.line = line
    self.message = message
  }
}

extension LetterPart {
  fileprivate var place: Int {
    switch self {
    case .subject: 0
    case .text: 1
    case .html: 2
    }
  }
}
