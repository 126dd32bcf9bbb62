import Campaigns
import Delivery
import Foundation
import Letters
import Mail
import Operations
import Preflight
import Queue
import Receipts
import Reports

/// The text of what a check found.
struct CheckText {
  let report: CheckReport
  let nextCommand: NextCommand
  let now: Date

  var text: String {
    var parts = ["Campaign \(report.campaign.name)", file, customers]
    if !report.book.rejected.isEmpty { parts.append(rejected) }
    parts.append(letters)
    if !report.warnings.isEmpty {
      parts.append("Warnings\n" + report.warnings.map { "  \(nextCommand.text($0))" }.joined(separator: "\n"))
    }
    parts.append(timing)
    if let release = report.release {
      parts.append(
        "Release: \(release.state.isReleased ? "two have approved it" : "two approvals needed")\n"
          + ApprovalOutput.lines(release, nextCommand))
    }
    if let online = report.online { parts.append(OnlineText.text(online)) }
    parts.append(verdict)
    return parts.joined(separator: "\n\n")
  }

  private var file: String {
    let file = report.book.file
    var lines = ["Customer file \(file.name): \(pluralized(report.book.rows, "row")), \(file.form)"]
    if !report.book.samples.isEmpty {
      lines.append("  Are these written as they should be?")
      lines += report.book.samples.map { "    line \($0.line): \($0.text)" }
    }
    return lines.joined(separator: "\n")
  }

  private var customers: String {
    let counts = report.plan.counts
    var table = TextTable()
    for (kind, count) in [(Outcome.Kind.letter, counts.letter), (.phone, counts.phone), (.none, counts.none)] {
      table.add(kind.rawValue, String(count), "")
      for outcome in report.letters.outcomes where outcome.kind == kind {
        let reasons = outcome.reasons.text
        table.add("", String(outcome.count), kind == .letter ? "nothing to do: \(reasons)" : reasons)
      }
    }
    let text = "Customers: \(counts.customers)\n" + table.text()
    guard report.letters.calledAsWell > 0 else { return text }
    return text + "\n  \(report.letters.calledAsWell) of the letter customers are called as well"
  }

  private var rejected: String {
    let more = report.book.rejected.count - report.firstRejected.count
    let outcome = report.launched.flatMap { _ in RejectedCustomers(report.book, report.plan).outcome }
    return
      ([
        "Rejected rows: \(report.book.rejected.count). Their customers \(report.launched == nil ? "would get" : "get") no letter."
      ]
      + report.firstRejected.map { row in
        "  line \(row.line)\(row.customerID.map { ", customer “\($0)”" } ?? ""): \(row.reason)"
      } + (more > 0 ? ["  and \(more) more (all of them with --rejected FILE or --json)"] : [])
      + [outcome].compactMap { $0 }.map { "  \(nextCommand.text($0))" }).joined(separator: "\n")
  }

  private var letters: String {
    let check = report.letters
    let count = check.count
    guard check.errors.count > 0 else {
      // `38 de, 2 en`
      let languages = check.letters.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
      return
        "Letters: \(count) (\(languages)) made and checked, templates: "
        + "\(CheckDocument.templates(report)), DKIM: \(SigningText.dkim(of: report.campaign))\n"
        + "  S/MIME: \(SigningText.smime(of: report.campaign, report.keys))"
        + (report.encrypted.map { ", \($0) of \(pluralized(count, "letter")) encrypted" } ?? "")
    }
    let named = check.errors.named
    let more = check.errors.count - named.count
    return
      (["Letters: \(pluralized(check.errors.count, "error"))"] + named.map { "  \($0.description)" }
      + (more > 0 ? ["  and \(more) more"] : [])).joined(separator: "\n")
  }

  private var timing: String {
    var lines = ["Relays"]
    for (relay, pace) in zip(CheckDocument.relays(report), report.campaign.relays.map(\.paceWords)) {
      lines.append(
        "  \(relay.name): \(relay.address), \(relay.security), EHLO \(relay.helo), "
          + "\(pluralized(relay.connections, "connection")), \(pace)"
      )
    }
    lines += ([report.campaign.order.words] + report.campaign.paceLines).map { "  \($0)" }
    if report.launched?.isOver != true {
      lines += (ForecastTexts.moments(report.deadline.forecast) + [report.deadline.gap].compactMap { $0 })
        .map { "  \(nextCommand.text($0))" }
    }
    let left = report.deadline.deadline.timeIntervalSince(now)
    lines.append(
      "  The deadline is \(LocalTime.full(report.deadline.deadline)), "
        + (left > 0 ? "in \(LocalTime.span(left))." : "\(LocalTime.span(-left)) ago."))
    return lines.joined(separator: "\n")
  }

  private var verdict: String {
    let blockers = report.blockers.map(nextCommand.text)
    if let launched = report.launched { return verdict(launched, blockers) }
    guard report.isFit else {
      return report.letters.errors.count > 0
        ? "Not ready: the errors above keep the campaign from being launched."
        : "Not ready: correct the rejected rows (`\(nextCommand.line(.checkRejected))` writes them with their reasons), or "
          + "launch with --without-rejected: \(RejectedCustomers(report.book, report.plan).consequence)."
    }
    guard blockers.isEmpty else {
      return "Not ready: `launch` will not begin before this is settled:\n  " + blockers.joined(separator: "\n  ")
    }
    if let online = report.online, let verdict = OnlineText.verdict(online, nextCommand) { return verdict }
    let isClean = report.warnings.isEmpty && report.online?.hasWarnings != true
    let isLate = report.deadline.objection != nil
    let launch = isLate ? NextStep.launchLate(withoutRejected: false) : .launch(withoutRejected: false)
    let next: [NextStep] = [.preview(customer: nil), .rehearse, launch]
    let late = isLate ? " `launch` alone would refuse the deadline." : ""
    return (isClean ? "Ready." : "Ready, but see the warnings above.") + late
      + " Next: \(next.map(nextCommand.line).joined(separator: ", "))"
  }

  private func verdict(_ launched: LaunchStatus, _ blockers: [String]) -> String {
    let frozen =
      "\(report.campaign.name) was frozen at \(LocalTime.full(launched.frozenAt)) and is \(launched.state.rawValue)"
    let resume = nextCommand.line(.resume)
    if launched.isOver { return "\(frozen): nothing of it is sent any more. `\(resume)` says how the others are told." }
    guard launched.changes.isEmpty else {
      return """
        \(frozen). What it is made of has changed since:
          \(launched.changes.map(\.text).joined(separator: "\n  "))
        `resume` would refuse it. \(nextCommand.text(LaunchStatus.goingOn(isOnlyCustomerFile: launched.isOnlyCustomerFileChanged)))
        """
    }
    if launched.remaining == 0 {
      return
        "\(frozen); no letter of it is waiting. Next: \(nextCommand.line(.status)), \(nextCommand.line(.report))"
    }
    let left = "\(frozen); \(pluralized(launched.remaining, "letter")) left"
    guard blockers.isEmpty else { return "\(left). `resume` will not begin:\n  \(blockers.joined(separator: "\n  "))" }
    return "\(left). Next: \(nextCommand.line(.status)), \(resume)"
  }
}

/// The document of `check --json`.
struct CheckDocument: Encodable {
  struct Rejected: Encodable {
    var line: Int
    @OrNull var customer: String?
    var reason: String

    init(_ row: RejectedRow) {
      line = row.line
      customer = row.customerID
      reason = row.reason
    }
  }

  struct Relay: Encodable {
    var name: String
    var address: String
    var security: String
    /// The name in EHLO.
    var helo: String
    var connections: Int
    var limits: [String]

    init(_ relay: Campaigns.Relay, helo: String) {
      self.helo = helo
      name = relay.name
      address = "\(relay.host):\(relay.port)"
      security =
        switch relay.tls {
        case .implicit: "TLS"
        case .startTLS: "STARTTLS"
        case .none: "no TLS"
        }
      connections = relay.connections
      limits = relay.limits.map(\.words)
    }
  }

  struct Launched: Encodable {
    var state: CampaignState
    var frozenAt: Date
    /// Letters that are still to be sent.
    var remaining: Int
    /// The differences from the input that was frozen.
    var changes: [String]

    enum CodingKeys: String, CodingKey {
      case state, remaining, changes
      case frozenAt = "frozen_at"
    }
  }

  struct Online: Encodable {
    /// The name server that was asked; null for the system's.
    @OrNull var resolver: String?
    var findings: [PreflightFinding]
  }

  var schema = 1
  var campaign: String
  var file: CustomerFileReport
  var rows: Int
  /// Written one by one, see ``write(_:)``: there may be a million.
  private var rejected: [Rejected] = []
  private let rejectedRows: RejectedRows
  var customers: [String: Int]
  /// Customers by outcome and reasons, where there are any.
  var reasons: [OutcomeCount]
  /// Customers who get a letter and a call.
  var calledAsWell: Int
  /// Letters by language.
  var letters: [String: Int]
  /// Letters by name.
  var letterNames: [String: Int]
  /// The first kinds of them.
  var letterErrors: [LetterFindings.Kind]
  var letterErrorCount: Int
  var warnings: [String]
  var warningCount: Int
  var templates: String
  /// Who signs the letters with DKIM, and with what.
  var dkim: String
  /// Who signs the letters with S/MIME, and until when.
  var smime: String
  /// Letters that are encrypted as well; null where encryption is not asked for.
  @OrNull var encrypted: Int?
  /// Null while a key that signs cannot be read: it is part of the plan.
  @OrNull var plan: String?
  var relays: [Relay]
  /// The likely time by which the last letter is accepted.
  var finish: Date
  var forecast: ForecastReport
  var order: SendingOrderDocument
  var deadline: Date
  var blockers: [String]
  @OrNull var release: ReleaseDocument?
  @OrNull var launched: Launched?
  /// Null without `--online`.
  @OrNull var online: Online?

  enum CodingKeys: String, CodingKey {
    case schema, campaign, file, rows, rejected, customers, reasons, letters, warnings, templates, dkim, smime,
      encrypted
    case plan, relays, order, finish, forecast, deadline, blockers, release, launched, online
    case calledAsWell = "called_as_well"
    case letterNames = "letter_names"
    case letterErrors = "letter_errors"
    case letterErrorCount = "letter_error_count"
    case warningCount = "warning_count"
  }

  init(_ report: CheckReport, _ nextCommand: NextCommand) {
    let book = report.book
    let counts = report.plan.counts
    campaign = report.campaign.name
    file = CustomerFileReport(book)
    rows = counts.rows
    rejectedRows = book.rejected
    customers = [
      "total": counts.customers, "letter": counts.letter, "phone": counts.phone, "none": counts.none,
    ]
    reasons = report.letters.outcomes
    calledAsWell = report.letters.calledAsWell
    letters = report.letters.letters
    letterNames = counts.letters
    letterErrors = report.letters.errors.named
    letterErrorCount = report.letters.errors.count
    warnings = report.warnings.map(nextCommand.text)
    warningCount = report.warningCount
    templates = Self.templates(report)
    dkim = SigningText.dkim(of: report.campaign)
    smime = SigningText.smime(of: report.campaign, report.keys)
    encrypted = report.encrypted
    plan = report.keys.troubles.isEmpty ? report.plan.hash.labelled : nil
    relays = Self.relays(report)
    finish = report.deadline.finish
    forecast = ForecastReport(report.deadline.forecast)
    order = report.campaign.order.document
    deadline = report.deadline.deadline
    blockers = report.blockers.map(nextCommand.text)
    release = report.release.map(ReleaseDocument.init)
    launched = report.launched.map {
      Launched(
        state: $0.state, frozenAt: $0.frozenAt, remaining: $0.remaining, changes: $0.changes.map(\.text))
    }
    online = report.online.map { Online(resolver: $0.resolver.map { "\($0)" }, findings: $0.findings) }
  }

  func write(to write: @escaping (String) throws -> Void) throws {
    try ReportEncoding.json(self, filling: CodingKeys.rejected.rawValue, to: write) { add in
      try rejectedRows.visit { try add(Rejected($0)) }
    }
  }

  static func relays(_ report: CheckReport) -> [Relay] {
    zip(report.campaign.relays, report.clientNames).map { Relay($0, helo: $1) }
  }

  static func templates(_ report: CheckReport) -> String { report.usesBundledTemplates ? "bundled" : "templates/" }
}
