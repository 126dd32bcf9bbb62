import Campaigns
import Delivery
import Files
import Foundation
import Letters
import Mail
import Preview
import Queue
import Receipts
public import Reports
import Synchronization

/// The report on a whole campaign, and the proof for one customer, as documents: HTML, PDF or JSON.
///
/// Readers of the store: they may be made while another process delivers. Each counts the customers in one pass, so its
/// figures belong to one moment and add up; memory does not grow with the customers. Fails with the kind `usage` for a
/// campaign that was never launched, `data` for a customer that is not in the plan, `cannotWrite` where a PDF cannot be
/// made.
public struct CampaignDocuments: Sendable {
  public enum Format: String, Sendable, Hashable, CaseIterable { case html, pdf, json }

  private let folder: URL
  private let opened: LaunchedCampaign
  private let campaign: Campaign?
  private let language: DocumentLanguage
  private let command: @Sendable (NextStep) -> String
  private let dependencies: Dependencies
  private let kept: KeptEvidence?

  /// - Parameters:
  ///   - source: The folder with the campaign file, for the facts of the incident.
  ///   - language: Nil: that of the campaign.
  ///   - kept: What was verified before; nil: everything is verified.
  ///   - command: A next step as the operator types it.
  public init(
    _ location: CampaignLocation, source: SourceFolder, language: DocumentLanguage?, kept: KeptEvidence? = nil,
    _ dependencies: Dependencies,
    command: @escaping @Sendable (NextStep) -> String
  ) async throws {
    folder = source.folder
    let campaign = try? CampaignFile.read(folder: folder)
    opened = try await OpenedCampaign(location, dependencies).launched()
    self.campaign = campaign
    self.language = language ?? campaign.flatMap { DocumentLanguage(rawValue: $0.customers.language) } ?? .german
    self.command = command
    self.dependencies = dependencies
    self.kept = kept
  }

  /// What is missing in a document, and what to do; nil when nothing is.
  public var note: OperatorMessage? {
    guard campaign == nil else { return nil }
    return """
      The facts of the incident and what was planned for each segment are missing in it: \(folder.path) has no \
      campaign.yaml that can be read; --made-from DIR names the folder that the campaign was made from.
      """
  }

  // MARK: The whole campaign

  /// - Parameter isStopped: Whether a process of this machine is stopped.
  public func bytes(
    _ format: Format, for audience: CampaignDocument.Audience, isStopped: (Int32) -> Bool
  ) async throws -> [UInt8] {
    let document = try await document(for: audience, isStopped: isStopped)
    if format == .json { return Array((try ReportEncoding.json(document) + "\n").utf8) }
    let commands = DocumentCommands(
      resume: command(.resume), settle: command(.settle), calls: command(.callList), purge: command(.purge),
      verify: command(.verifyReceipts))
    let html = CampaignPage(document, commands: audience == .operator ? commands : nil).html()
    return try Self.bytes(html, format, mark: audience == .operator ? .personal : .anonymous)
  }

  func document(for audience: CampaignDocument.Audience, isStopped: (Int32) -> Bool) async throws -> CampaignDocument {
    let (record, store, now) = (opened.record, opened.store, dependencies.now)
    let isPurged = record.purge != nil
    let (evidence, lines, _) = try await evidence()
    // Before the customers: no call is then about one who was read without it.
    let calls = isPurged ? [:] : try await store.calls(in: record.id)
    let book = isPurged ? nil : try await store.mailboxes(in: record.id)
    let tally = Mutex(CustomerTally(for: audience, calls: calls, deadline: record.plan.deadline, at: now))
    if !isPurged {
      try await store.forEachCustomer(in: record.id) { customer in try tally.withLock { try $0.add(customer) } }
    }
    let counted = tally.withLock { $0 }
    var (timeline, curve) = (CampaignTimeline(zone: zone), AcceptanceCurve(deadline: record.plan.deadline))
    var kept = ReceiptCalls()
    try forEachReceipt(upTo: lines, all: isPurged) { receipt in
      timeline.add(receipt)
      if isPurged { kept.add(receipt) }
      if receipt.event == .accepted || receipt.resolution == Resolution.accepted.rawValue { curve.add(receipt.at) }
    }
    var eta: Date?
    if record.state == .running {
      eta = try await StatusQuery.run(opened.location, dependencies, isStopped: isStopped).status.eta
    }
    let words = ExplanationTexts(language == .german ? .german : .english)
    let meaning: (String) -> String? = { name in ReplyClass(rawValue: name).map(words.says) }
    var figures = isPurged ? try await purgedFigures() : counted.figures
    figures.rows = record.plan.rows
    figures.rejectedRows = record.plan.rejectedRows
    return CampaignDocument(
      audience: audience, campaign: record.plan.name, language: language, zone: zone, madeAt: now, state: record.state,
      plan: record.plan.planHash.labelled, deadline: record.plan.deadline, startedAt: record.startedAt,
      finishedAt: record.finishedAt, eta: eta,
      purge: record.purge.map { PurgeMoment(begunAt: $0.begunAt, finishedAt: $0.finishedAt) },
      incident: campaign.map { IncidentFacts($0, isAsLaunched: isAsLaunched($0)) }, figures: figures,
      affected: isPurged ? nil : counted.affected(campaign?.segments ?? [:]),
      told: isPurged ? curve.history : counted.told, domains: isPurged ? nil : counted.domainOutcomes,
      replies: isPurged ? nil : counted.replies(meaning), calls: isPurged ? nil : counted.calls,
      callsMade: isPurged ? kept.made(deadline: record.plan.deadline) : counted.callsMade,
      passwords: book.map { PasswordSummary($0, calls: calls, deadline: record.plan.deadline) }, timeline: timeline,
      releasedBy: record.plan.approvals.map(ReleasedBy.init), evidence: evidence,
      follows: record.plan.follows)
  }

  /// The counts that a purge leaves.
  private func purgedFigures() async throws -> CampaignFigures {
    let snapshot = try await opened.store.snapshot(of: opened.record.id)
    var figures = CampaignFigures()
    figures.letter = snapshot.customers[.letter] ?? 0
    figures.phone = snapshot.customers[.phone] ?? 0
    figures.none = snapshot.customers[.none] ?? 0
    figures.customers = figures.letter + figures.phone + figures.none
    figures.messages = snapshot.messages
    return figures
  }

  // MARK: One customer

  public func bytes(_ format: Format, ofCustomer id: String) async throws -> [UInt8] {
    let proof = try await proof(of: id)
    if format == .json { return Array((try ReportEncoding.json(proof) + "\n").utf8) }
    let page = try CustomerProofPage(proof, commands: commands(of: id))
    return try Self.bytes(page.html(), format, mark: .personal)
  }

  /// The page of one customer, for a frame of another's.
  public func page(ofCustomer id: String) async throws -> CustomerProofPage {
    try CustomerProofPage(try await proof(of: id), commands: commands(of: id))
  }

  private func commands(of id: String) -> CustomerProofPage.Commands {
    .init(
      verify: command(.verifyReceipts), show: command(.showReceipts(customer: id)),
      prove: command(.proveReceipts(customer: id)))
  }

  func proof(of id: String) async throws -> CustomerProof {
    let record = opened.record
    try record.requireCustomers()
    let customer = try await LetterCustomer.record(id, in: opened.store, record)
    let (evidence, lines, _) = try await evidence()
    var receipts: [Int64: [ProofReceipt]] = [:]
    var called: [ProofReceipt] = []
    let hash = KeyedHash(key: record.plan.hashKey)
    let digest = hash.digest(of: id)
    let sign = Array(digest.hex.utf8)
    try forEachReceipt(upTo: lines, all: true, about: sign) { receipt, line in
      guard receipt.customer == digest else { return }
      let proof = ProofReceipt(receipt, line: SHA256.digest(of: line))
      if let message = receipt.message { receipts[message, default: []].append(proof) }
      if receipt.event == .called { called.append(proof) }
    }
    // After the receipts: the queue has every call that they have.
    let history = try await opened.store.calls(in: record.id)[id] ?? CallHistory()
    return CustomerProof(
      campaign: record.plan.name, language: language, zone: zone, madeAt: dependencies.now,
      plan: record.plan.planHash.labelled, deadline: record.plan.deadline, customer: customer,
      letters: customer.messages.map { .init($0, receipts: receipts[$0.message] ?? []) },
      calls: CustomerProof.calls(history, called, by: hash), reachedAt: history.told?.at, evidence: evidence)
  }

  // MARK: What both have

  /// The zone of the sender, or that of the deadline.
  private var zone: TimeZone {
    campaign.flatMap { $0.sender.timeZone ?? TimeZone(secondsFromGMT: $0.deadline.offset) } ?? .gmt
  }

  /// Whether the campaign file has the facts that the plan was frozen with.
  private func isAsLaunched(_ campaign: Campaign) -> Bool {
    guard let frozen = try? JSONDecoder().decode(InputDigests.self, from: opened.record.plan.inputs),
      let digest = SHA256Digest(bytes: Array(repeating: 0, count: 32))
    else { return true }
    let now = InputDigests(campaign, customerFile: digest, templates: [], signer: nil)
    return SettingKey.Incident.allCases.allSatisfy { key in
      frozen.settings[.incident(key)] == now.settings[.incident(key)]
    }
  }

  /// What the receipts prove, and how many of their lines are sound.
  private func evidence() async throws -> KeptEvidence.Evidence {
    guard let kept else { return try await verified() }
    return try await kept.evidence(of: opened.location) { try await verified(after: $0) }
  }

  private func verified(after part: VerifiedPart? = nil) async throws -> KeptEvidence.Evidence {
    guard FileManager.default.fileExists(atPath: CampaignReceipts(opened.location).file.path) else {
      return (ReceiptEvidence(lines: 0, fault: "receipts.jsonl is not there"), 0, nil)
    }
    let verification = try await ReceiptsVerification.run(opened.location, key: nil, after: part, dependencies)
    let verdict = verification.verdict
    let fault =
      verdict.fault?.description
      ?? (verification.error == nil ? nil : "these are the receipts of another campaign")
    let evidence = ReceiptEvidence(
      lines: verdict.lines, signedLines: verdict.signedLines, head: verdict.head?.hex,
      checkpointAt: verdict.checkpointAt, signedBy: verdict.signedBy?.hex, queueKey: verification.queue?.key?.hex,
      fault: fault)
    return (evidence, verification.error != nil && verdict.fault == nil ? 0 : verdict.lines, verification.part)
  }

  /// - Parameters:
  ///   - all: Also those of attempts and of what relays said.
  ///   - sign: Only those with these bytes; the others are not read.
  private func forEachReceipt(
    upTo lines: Int64, all: Bool, about sign: [UInt8] = [], _ body: (Receipt, _ line: [UInt8]) throws -> Void
  ) throws {
    struct Enough: Error {}
    guard lines > 0 else { return }
    var number: Int64 = 0
    do {
      try ReceiptReader(file: CampaignReceipts(opened.location).file).forEachLine { line, isWhole in
        number += 1
        guard isWhole, number <= lines else { throw Enough() }
        guard line.contains(run: sign) else { return }
        if all || ReceiptEvent.mayBeAct(line) { try body(try Receipt(line: line), line) }
      }
    } catch is Enough {}
  }

  private func forEachReceipt(upTo lines: Int64, all: Bool, _ body: (Receipt) throws -> Void) throws {
    try forEachReceipt(upTo: lines, all: all) { receipt, _ in try body(receipt) }
  }

  private static func bytes(_ html: String, _ format: Format, mark: DocumentMark) throws -> [UInt8] {
    guard format == .pdf else { return Array(html.utf8) }
    do throws(PreviewError) {
      return Array(try PrintedPage.pdf(html, mark: mark.rawValue))
    } catch {
      throw OperatorError(.cannotWrite, "\(error), or use --format html and print the page from a browser.")
    }
  }
}

/// How a PDF says that it is one of ours.
enum DocumentMark: String {
  case personal = "eilbrief report"
  /// Without personal data.
  case anonymous = "eilbrief report for an authority"
}
