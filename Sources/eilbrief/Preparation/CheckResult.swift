import Campaigns
import Delivery
import Foundation
import Letters
import Mail

/// What `check` found: the whole of it, for people and as JSON.
struct CheckResult: Encodable {
  struct File: Encodable {
    var name: String
    var encoding: String
    var byteOrderMark: Bool
    var delimiter: String
    var lineEnd: String
    /// Rows with letters beyond ASCII, to see that the encoding was found.
    var samples: [Sample]

    enum CodingKeys: String, CodingKey {
      case name, encoding, delimiter, samples
      case byteOrderMark = "byte_order_mark"
      case lineEnd = "line_end"
    }
  }
  struct Sample: Encodable {
    var line: Int
    var text: String
  }
  struct Rejected: Encodable {
    var line: Int
    var customer: String?
    var reason: String
  }
  struct RelayLine: Encodable {
    var name: String
    var address: String
    var security: String
    var connections: Int
    var limits: [String]
  }

  var campaign: String
  var file: File
  var rows: Int
  var rejected: [Rejected]
  var customers: [String: Int]
  /// Customers by outcome and reasons, where there are any.
  var reasons: [OutcomeCount]
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
  /// Letters that are encrypted as well; nil where encryption is not asked for.
  var encrypted: Int?
  /// Nil while a key that signs cannot be read: it is part of the plan.
  var plan: String?
  var relays: [RelayLine]
  /// When the last letter can have been tried once, as far as the relays' limits go.
  var finish: Date
  var deadline: Date
  /// Why `launch` will not begin on this machine as it is: a password or a key is missing, or receipts are in the way.
  /// Warnings name them too, and they leave `check` its exit 0: a campaign may be read through where its secrets are not.
  var blockers: [String]
  /// Nil when no approval is asked for, and when it was launched.
  var release: ReleaseReport?
  /// Nil when the campaign was never launched.
  var launched: LaunchedBefore?
  /// Nil without `--online`.
  var online: OnlineCheck?

  enum CodingKeys: String, CodingKey {
    case campaign, file, rows, rejected, customers, reasons, letters, warnings, templates, dkim, smime, encrypted, plan
    case relays, finish, deadline, blockers, release, launched, online
    case calledAsWell = "called_as_well"
    case letterNames = "letter_names"
    case letterErrors = "letter_errors"
    case letterErrorCount = "letter_error_count"
    case warningCount = "warning_count"
  }

  /// Whether the files are fit: to be launched, or to go on with.
  var isGood: Bool { launched.map { !$0.isRefused } ?? (rejected.isEmpty && letterErrorCount == 0) }

  /// - Parameter launched: what the spool has of it.
  init(
    _ prepared: PreparedCampaign, _ plan: Plan, _ check: LetterCheck, launched: LaunchedBefore?,
    options: CampaignOptions, at now: Date
  ) throws {
    let campaign = prepared.campaign
    let book = prepared.book
    self.campaign = campaign.name
    file = File(
      name: book.file.name, encoding: book.file.encoding.rawValue, byteOrderMark: book.file.hasByteOrderMark,
      delimiter: Self.name(book.file.delimiter), lineEnd: book.file.lineEnd.rawValue,
      samples: book.samples.map { Sample(line: $0.line, text: $0.text) })
    rows = plan.counts.rows
    rejected = book.rejected.map { Rejected(line: $0.line, customer: $0.customerID, reason: $0.reason) }
    customers = [
      "total": plan.counts.customers, "letter": plan.counts.letter, "phone": plan.counts.phone,
      "none": plan.counts.none,
    ]
    reasons = check.outcomes
    calledAsWell = check.calledAsWell
    letters = check.letters
    letterNames = plan.counts.letters
    letterErrors = Array(check.errors.kinds.prefix(LetterFindings.named))
    letterErrorCount = check.errors.count
    templates = prepared.templates.isBundled ? "bundled" : "templates/"
    dkim = CampaignSigning.dkim(of: campaign)
    smime = prepared.signing.smime(of: campaign)
    encrypted = prepared.signing.signer?.recipients == nil ? nil : check.encrypted
    self.plan = prepared.signing.troubles.isEmpty ? "sha256:\(plan.hash.hex)" : nil
    relays = campaign.relays.map(Self.line)
    let outlook = DeadlineOutlook(prepared, letters: plan.counts.messages, at: now)
    finish = outlook.finish
    deadline = outlook.deadline
    self.launched = launched
    blockers = []
    let international = check.international.warnings(sender: campaign.sender)
    warnings = book.warnings.map(\.message) + check.warnings.texts + international
    warningCount = book.warnings.count + check.warnings.count + international.count
    do {
      _ = try RelayCredentials.read(campaign)
    } catch let error as SecretFileError {
      blockers.append("\(error)")
    }
    if let objection = try CampaignReceipts(options).objection(isLaunched: launched != nil) {
      blockers.append(objection)
    }
    blockers += prepared.signing.troubles.map { "\($0)" }
    if launched == nil, prepared.signing.troubles.isEmpty,
      let release = try CampaignRelease.read(prepared, plan, options)
    {
      self.release = ReleaseReport(release)
      if let objection = release.objection { blockers.append(objection) }
    }
    warnings += blockers.map { "`launch` will not begin: \($0)" }
    if campaign.dkim == nil { warnings.append(Self.unsigned) }
    if case .here(let settings) = campaign.dkim, settings.rsa == nil { warnings.append(Self.withoutRSA) }
    warnings += prepared.signing.warnings(of: campaign, encryptedTo: check.encryptedTo, at: now)
    // A launched campaign keeps its deadline, and what is left to send is not the whole of it.
    guard launched == nil else { return }
    if outlook.isPast {
      warnings.append("the deadline has passed; set another one in campaign.yaml, it is printed in every letter")
    }
    if outlook.isUnreachable {
      warnings.append(
        "the relays' limits do not allow all letters before the deadline: who is not reached by then is on the telephone list"
      )
    }
  }

  private static let unsigned =
    "the letters are not signed with DKIM, and large providers refuse such mail or take it for spam: make a key with "
    + "`eilbrief dkim-key`, or write “dkim: relay” in campaign.yaml where the relay signs"

  private static let withoutRSA =
    "letters signed with Ed25519 alone count as unsigned with many receivers: add an RSA key (`eilbrief dkim-key`)"

  private static func name(_ delimiter: Character) -> String {
    switch delimiter {
    case ";": "semicolon"
    case ",": "comma"
    default: "tab"
    }
  }

  private static func line(_ relay: Relay) -> RelayLine {
    let security =
      switch relay.tls {
      case .implicit: "TLS"
      case .startTLS: "STARTTLS"
      case .none: "no TLS"
      }
    return RelayLine(
      name: relay.name, address: "\(relay.host):\(relay.port)", security: security, connections: relay.connections,
      limits: relay.limits.map { "\($0.count) in \(LocalTime.span($0.window.seconds))" })
  }
}
