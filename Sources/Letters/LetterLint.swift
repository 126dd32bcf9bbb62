public import Campaigns
import Foundation
import Mail

/// Checks finished letters for what must not go out, whatever the template or the customer file said.
///
/// Pure, and independent of how the letter was made: it reads the words a customer would read. An error keeps a campaign
/// from being launched; a warning is shown and leaves the choice to the operator.
public struct LetterLint: Sendable {
  public struct Finding: Sendable, Hashable, CustomStringConvertible {
    public enum Severity: String, Sendable { case error, warning }
    public let severity: Severity
    public let customer: String
    public let part: LetterPart
    /// In the finished part, counted from 1; nil when the whole part is meant.
    public let line: Int?
    public let message: String

    public var description: String {
      let place = line.map { ", line \($0)" } ?? ""
      return "\(severity.rawValue): customer \(customer), \(part.rawValue)\(place): \(message)"
    }
  }

  /// Above this many characters mail programs cut a subject off.
  public static let longestSubject = 78

  private let campaign: Campaign
  private let noticeURL: String
  private let senderAddresses: Set<String>

  public init(campaign: Campaign) {
    self.campaign = campaign
    noticeURL = campaign.sender.noticeURL.absoluteString
    senderAddresses = Set(
      [campaign.sender.from.address, campaign.sender.replyTo?.address, campaign.sender.contact.email]
        .compactMap { $0 }.flatMap(Self.spellings))
  }

  /// What is wrong with `letter`, in the order subject, text, HTML; empty when nothing is.
  public func findings(in letter: Letter, for customer: Customer) -> [Finding] {
    let own = senderAddresses.union(
      ([customer.contact] + customer.mailboxes.map(\.address)).compactMap { $0 }.flatMap(Self.spellings))
    var findings: [Finding] = []
    func add(_ part: LetterPart) -> (Finding.Severity, Int?, String) -> Void {
      { findings.append(Finding(severity: $0, customer: customer.id, part: part, line: $1, message: $2)) }
    }
    checkSubject(letter.subject, report: add(.subject))
    for (part, content) in [(LetterPart.subject, letter.subject), (.text, letter.text), (.html, letter.html)] {
      let report = add(part)
      var urls = 0
      for (line, word) in LetterWords.find(in: content, isHTML: part == .html) {
        switch word {
        case .leftover(let sign): report(.error, line, "“\(sign)” is left over from a template")
        case .address(let address):
          if !own.contains(address.lowercased()) {
            report(.error, line, "\(address) is an address neither of this customer nor of the sender")
          }
        case .url(let url):
          if url == noticeURL {
            urls += 1
          } else {
            report(.error, line, "\(url) is not the notice URL, the only one a letter may hold")
          }
        case .forbidden(let name):
          report(.error, line, "\(name) has no place in a letter: it loads, asks or runs something")
        }
      }
      if part == .text, urls > 1 { report(.error, nil, "the notice URL is there \(urls) times, once is enough") }
    }
    checkLinks(in: letter.html, report: add(.html))
    checkFacts(in: letter, of: customer, report: add(.text))
    return findings
  }

  private func checkSubject(_ subject: String, report: (Finding.Severity, Int?, String) -> Void) {
    if subject.allSatisfy(\.isWhitespace) { report(.error, nil, "the subject is empty") }
    if subject.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
      report(.error, nil, "the subject has a line break or another control character")
    }
    let count = subject.unicodeScalars.count
    if count > Self.longestSubject {
      report(.warning, nil, "the subject has \(count) characters; above \(Self.longestSubject) it is often cut off")
    }
  }

  /// Every link's target is the notice URL and is its text too, so nobody has to look where it leads.
  private func checkLinks(in html: String, report: (Finding.Severity, Int?, String) -> Void) {
    let bytes = ByteSearch(Array(html.utf8))
    let url = LetterEscaping.html(noticeURL)
    var next = 0
    while let link = bytes.first("<a ", from: next) {
      if !bytes.has("<a href=\"\(url)\">\(url)</a>", at: link) {
        report(
          .error, bytes.line(of: link), "a link must lead to the notice URL and show it: <a href=\"URL\">URL</a>")
      }
      next = link + 1
    }
  }

  /// The text part is complete by itself (it is set to lines, so any blank counts as one): all facts of the incident, the contact, each mailbox with its servers.
  private func checkFacts(
    in letter: Letter, of customer: Customer, report: (Finding.Severity, Int?, String) -> Void
  ) {
    let text = ByteSearch(flattening: letter.text)
    let code = [(name: "the verification code", value: letter.code.description)]
    for fact in facts(of: letter, customer: customer) + code
    where !text.contains(fact.value.asSingleLine) {
      report(.error, nil, "\(fact.name) is missing in the text")
    }
  }

  private func facts(of letter: Letter, customer: Customer) -> [(name: String, value: String)] {
    let dates = LetterDate(language: letter.language)
    let incident = campaign.incident
    let contact = campaign.sender.contact
    var facts = [
      ("incident.what", incident.what), ("incident.happened", dates.text(incident.happened)),
      ("incident.discovered", dates.text(incident.discovered)), ("incident.consequences", incident.consequences),
      ("incident.measures", incident.measures), ("contact.name", contact.name), ("contact.phone", contact.phone),
      ("contact.email", contact.email.displayText), ("notice_url", noticeURL),
    ]
    facts += incident.data.map { ("incident.data", $0) }
    if let authority = incident.authority {
      facts += [
        ("incident.authority.name", authority.name), ("incident.authority.filed", dates.text(authority.filed)),
        ("incident.authority.reference", authority.reference),
      ]
    }
    for mailbox in Planner.mailboxes(of: customer, listedIn: letter.template, in: campaign) {
      guard case .letter(_, let incoming, let outgoing)? = campaign.segments[mailbox.access] else { continue }
      facts += [
        ("a mailbox address", mailbox.address.displayText), ("the incoming server", incoming.host.ascii),
        ("the outgoing server", outgoing.host.ascii),
      ]
    }
    return facts.map { (name: $0.0, value: $0.1) }
  }

  private static func spellings(of address: EmailAddress) -> [String] {
    [address.description.lowercased(), address.displayText.lowercased()]
  }
}
