import Campaigns
import Delivery
import DeliverySupport
import Foundation
import Logging
import Mail
import Operations
import Preflight
import Queue
import Receipts
import Reports
import SMTP
import Synchronization
import TestSupport
import Testing

/// A campaign in a temporary queue folder with the real store, and a relay, a clock and random bytes that are the test's.
///
/// Customers are numbered `K1`, `K2`, … in the order of the file. The local part of a customer's address says what the
/// relay answers: see ``Answer``.
final class Scene: Sendable {
  /// What the relay answers to letters to a customer.
  enum Answer: String, CaseIterable {
    case accept
    /// For good, with 550 5.1.1.
    case refuse
    /// For good, with 550 5.1.1, but only the first attempt; the next one is accepted.
    case refuseOnce
    /// With 450 to the first three attempts; the next one is accepted.
    case postponeLong
    /// With 450 to the first attempt; the next one is accepted.
    case postpone
    /// Nothing after the final dot of the first attempt; the next one is accepted.
    case lose
    /// As `lose`, then 450 to the second attempt; the third one is accepted.
    case loseThenPostpone
    /// As `lose`, for every attempt.
    case loseAll
    /// Accepts once the observer was shown progress.
    case watch
    /// No letter: the customer is called.
    case call
    /// No letter and no call.
    case nothing
  }

  static let start = Date(timeIntervalSince1970: 1_795_420_800)
  static let relay = ["name: main", "url: \"smtp://relay.example:25\""]
  /// The key of the launched campaign.
  static let key = [UInt8](repeating: 7, count: 32)

  let folder: TemporaryFolder
  let files: TestCampaign
  let location: CampaignLocation
  let time = TestClock(Scene.start)
  let transport: ScriptedTransport
  let observer = RecordingObserver()
  let dependencies: Dependencies
  /// Names of relays that cannot be reached.
  let unreachable: Unreachable

  final class Unreachable: Sendable {
    private let names = Mutex<Set<String>>([])
    private let international = Mutex(true)
    private let limit = Mutex<Int?>(nil)
    /// The SIZE that the relays name.
    var size: Int? {
      get { limit.withLock { $0 } }
      set { limit.withLock { $0 = newValue } }
    }
    var relays: Set<String> {
      get { names.withLock { $0 } }
      set { names.withLock { $0 = newValue } }
    }
    /// Whether the relays offer SMTPUTF8.
    var offersSMTPUTF8: Bool {
      get { international.withLock { $0 } }
      set { international.withLock { $0 = newValue } }
    }
  }

  init(_ answers: Answer..., name: String = "sommer", relay: [String] = Scene.relay, more yaml: String = "") throws {
    folder = try TemporaryFolder()
    files = try TestCampaign(
      name, in: folder.url, customers: answers.enumerated().map { Self.customer($0 + 1, $1) }, encoding: .utf8,
      relay: relay)
    if !yaml.isEmpty { try files.write(yaml: files.yaml() + yaml) }
    location = try CampaignLocation(name: name, queue: folder.url)
    let (relays, observer) = (Unreachable(), observer)
    unreachable = relays
    let transport = ScriptedTransport(
      time: time,
      .init(
        answer: { recipient, attempt in await Self.result(recipient, attempt, observer) },
        open: { name, _ in
          relays.relays.contains(name)
            ? .failure(RelayUnavailable(kind: .unreachable, phase: .connect, reply: nil, message: "\(name) is down"))
            : .success(
              RelayCapabilities(
                pipelining: true, eightBitMIME: true, smtpUTF8: relays.offersSMTPUTF8, size: relays.size))
        }))
    self.transport = transport
    dependencies = Dependencies(
      stores: SQLiteStoreOpener(), transport: { _ in transport }, inspect: { _, _, _ in RelayInspection() },
      dns: { _ in EmptyDNS() }, time: time, randomBytes: Self.randomBytes, jitter: { 0 },
      credentials: nil, timeZone: .gmt, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// Keys are always ``key``; what names a folder is another one each time.
  private static let randomBytes: @Sendable (Int) -> [UInt8] = { count in
    if count == key.count { return key }
    return (0..<count).map { _ in UInt8.random(in: .min ... .max) }
  }

  private static func customer(_ number: Int, _ answer: Answer) -> GeneratedCustomer {
    let access =
      switch answer {
      case .call: "central-inbox"
      case .nothing: "mx"
      default: "imap"
      }
    return GeneratedCustomer(
      id: "K\(number)", company: "Kanzlei Müller", salutation: "Frau", title: "Dr.", firstName: "Zoë",
      lastName: "Müller", language: "de", contact: contact(number, answer), phone: "09999 555-\(100 + number)",
      mailboxes: [.init(address: "post@kanzlei-\(number).example", access: access)])
  }

  static func contact(_ number: Int, _ answer: Answer) -> String { "\(answer.rawValue)@kanzlei-\(number).example" }

  private static func result(_ recipient: String, _ attempt: Int, _ observer: RecordingObserver) async -> SendResult {
    switch Answer(rawValue: String(recipient.prefix { $0 != "@" })) {
    case .refuse: return .reply(.rcpt, 550, "5.1.1 no such mailbox")
    case .refuseOnce: return attempt == 1 ? .reply(.rcpt, 550, "5.1.1 no such mailbox") : .accepted
    case .postponeLong: return attempt <= 3 ? .reply(.rcpt, 450, "4.2.1 mailbox busy") : .accepted
    case .postpone: return attempt == 1 ? .reply(.rcpt, 450, "4.2.1 mailbox busy") : .accepted
    case .lose: return attempt == 1 ? .uncertain : .accepted
    case .loseThenPostpone:
      return attempt == 1 ? .uncertain : attempt == 2 ? .reply(.rcpt, 450, "4.2.1 mailbox busy") : .accepted
    case .loseAll: return .uncertain
    case .watch:
      try? await eventually("progress is shown") { !observer.progress.isEmpty }
      return .accepted
    default: return .accepted
    }
  }

  // MARK: Doing things

  @discardableResult
  func launch(withoutRejected: Bool = false, lateIsFine: Bool = false) async throws -> DeliveryOutcome {
    try await Launch(
      location, .launch(withoutRejected: withoutRejected), lateIsFine: lateIsFine, observer, dependencies
    ).run()
  }

  @discardableResult
  func resume(_ mode: Launch.Mode = .resume) async throws -> DeliveryOutcome {
    try await Launch(location, mode, observer, dependencies).run()
  }

  /// Launches the campaign and stops it before the first letter.
  func launchAndStop() async throws {
    observer.stops = true
    defer { observer.stops = false }
    try await launch()
  }

  func cancel() async throws {
    _ = try await CampaignControl(location, dependencies, isStopped: { _ in false }, report: { _ in }).run(.cancel)
  }

  /// Replaces what stands once in the campaign file.
  func edit(_ old: String, _ new: String) throws {
    let yaml = try files.yaml()
    try #require(yaml.contains(old))
    try files.write(yaml: yaml.replacing(old, with: new))
  }

  /// Adds a line to the customer file.
  func addRow(_ row: String) throws {
    let bytes = try Data(contentsOf: files.customerFile) + Data((row + "\r\n").utf8)
    try bytes.write(to: files.customerFile)
  }

  /// A row whose customer cannot be told: its address is none.
  func addBadRow() throws {
    try addRow("K99;Kanzlei;Frau;;Ute;Weber;de;nobody;09999 1;post@kanzlei-99.example;imap")
  }

  /// A letter that a process has claimed and left on the wire; the campaign is running afterwards.
  func leaveOnTheWire(_ customer: String) async throws {
    let store = try SQLiteStore.open(spool: folder.url, access: .owner)
    let record = try #require(try await store.campaign(named: location.name))
    try await store.setState(.running, of: record.id, at: time.now)
    let due = try await store.due(in: record.id, at: time.now, after: nil, limit: 100)
    let message = try #require(due.first { $0.customer == customer })
    let claim = ClaimRequest(
      message: message.message, fence: message.fence, worker: "gone", relay: "main", at: time.now,
      leaseUntil: time.now.addingTimeInterval(60), sha256: SHA256.digest(of: []))
    _ = try await store.commit([.claim(claim)])
  }

  /// A letter that a process has tried and deferred now, for `seconds`.
  func deferLetter(_ customer: String, for seconds: TimeInterval) async throws {
    try await tryLetter(customer, .deferred(until: time.now.addingTimeInterval(seconds)))
  }

  /// A letter that a process has tried now, with this outcome, after 450 or 550.
  func tryLetter(_ customer: String, _ result: AttemptOutcome.State) async throws {
    let store = try SQLiteStore.open(spool: folder.url, access: .owner)
    let record = try #require(try await store.campaign(named: location.name))
    let due = try await store.due(in: record.id, at: time.now, after: nil, limit: 100)
    let message = try #require(due.first { $0.customer == customer })
    let claim = ClaimRequest(
      message: message.message, fence: message.fence, worker: "gone", relay: "main", at: time.now,
      leaseUntil: time.now.addingTimeInterval(60), sha256: SHA256.digest(of: []))
    guard case .claimed(let right) = try await store.commit([.claim(claim)]).first else {
      Issue.record("\(customer) cannot be claimed")
      return
    }
    let outcome = AttemptOutcome(
      result: result, at: time.now, phase: "rcpt", code: result == .refused ? 550 : 450, enhanced: nil,
      reply: "mailbox busy or gone")
    #expect(try await store.commit([.record(right, outcome)]) == [.done])
  }

  /// Makes every letter speak of an attachment, which it must not.
  func spoilLetters() throws { try edit("Wir prüfen, was abgerufen wurde.", "Im Anhang steht, was abgerufen wurde.") }

  // MARK: Looking at what came of it

  var hasStore: Bool { exists(folder.url.appendingPathComponent("queue.sqlite")) }
  var receipts: URL { files.folder.appendingPathComponent("receipts", isDirectory: true) }
  var receiptsFile: URL { receipts.appendingPathComponent("receipts.jsonl") }

  func exists(_ file: URL) -> Bool { FileManager.default.fileExists(atPath: file.path) }

  /// As the campaign file has it.
  func campaign() throws -> Campaign { try CampaignFile.read(folder: files.folder) }

  func store() throws -> SQLiteStore { try SQLiteStore.open(spool: folder.url, access: .reader) }

  func record() async throws -> CampaignRecord {
    try #require(try await store().campaign(named: location.name))
  }

  func customers() async throws -> [String: CustomerRecord] {
    let found = Mutex<[String: CustomerRecord]>([:])
    try await store().forEachCustomer(in: record().id) { customer in found.withLock { $0[customer.id] = customer } }
    return found.withLock { $0 }
  }

  /// The one letter of a customer.
  func message(_ customer: String) async throws -> MessageRecord {
    let messages = try await customers()[customer]?.messages ?? []
    return try #require(messages.count == 1 ? messages.first : nil)
  }

  /// The state of each customer's letter.
  func states() async throws -> [String: MessageState] {
    try await customers().compactMapValues { $0.messages.first?.state }
  }

  /// Events of the campaign's receipts on disk, after checking that they are sound and signed to the end.
  func soundReceipts() throws -> [Receipt] {
    let verdict = try ReceiptVerifier(folder: receipts).verify()
    #expect(verdict.isSound && verdict.campaign == location.name && verdict.signedLines == verdict.lines)
    return try Data(contentsOf: receiptsFile).split(separator: UInt8(ascii: "\n")).map {
      try Receipt(line: Array($0))
    }
  }
}

/// The error that `body` ends with, as the operator has it.
func failure(
  at place: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async throws -> OperatorError {
  let error = await #expect(throws: (any Error).self, sourceLocation: place) { try await body() }
  return try #require(error.flatMap { OperatorError(describing: $0) }, "\(error as Any)", sourceLocation: place)
}

/// Keeps what it is told, and does what the test says.
final class RecordingObserver: DeliveryObserver {
  enum Note: Hashable {
    case recovered(Int)
    case nothingToSend
    case secretsTrimmed([String])
    case resuming(remaining: Int, total: Int, relays: [String])
    case rescheduled(Int)
    case madeDue(Int)
    case orderKept
    /// Without the commands in it.
    case remark(String)
    case relaysUnusable([RelayUnavailable.Kind])
    case released([String])
    case launched(letters: Int, relays: [String])
    case rehearsing(Int)
    case news(DeliveryNews)
    case late
  }
  struct Refusal: Error {}

  private struct Books {
    var notes: [Note] = []
    var questions: [LaunchQuestion] = []
    var progress: [CampaignStatus] = []
    var ended = 0
    var refuses = false
    var stops = false
  }
  private let books = Mutex(Books())

  let progressInterval: Duration = .milliseconds(1)
  var notes: [Note] { books.withLock { $0.notes } }
  var questions: [LaunchQuestion] { books.withLock { $0.questions } }
  var progress: [CampaignStatus] { books.withLock { $0.progress } }
  var progressEnds: Int { books.withLock { $0.ended } }
  /// Whether it says no when it is asked.
  var refuses: Bool {
    get { books.withLock { $0.refuses } }
    set { books.withLock { $0.refuses = newValue } }
  }
  /// Whether it stops the delivery before the first letter.
  var stops: Bool {
    get { books.withLock { $0.stops } }
    set { books.withLock { $0.stops = newValue } }
  }

  func note(_ event: DeliveryEvent) {
    let note: Note =
      switch event {
      case .recovered(let lost): .recovered(lost)
      case .nothingToSend: .nothingToSend
      case .secretsTrimmed(let warnings): .secretsTrimmed(warnings.map(\.path))
      case .resuming(let remaining, let total, let relays):
        .resuming(remaining: remaining, total: total, relays: relays.map(\.name))
      case .rescheduled(let letters): .rescheduled(letters)
      case .madeDue(let letters): .madeDue(letters)
      case .orderKept: .orderKept
      case .remark(let message):
        .remark(message.pieces.map { if case .text(let text) = $0 { text } else { "" } }.joined())
      case .relaysUnusable(let troubles): .relaysUnusable(troubles.map(\.kind))
      case .released(let approvals): .released(approvals.map(\.name.text))
      case .launched(let letters, let relays, _): .launched(letters: letters, relays: relays.map(\.name))
      case .rehearsing(let letters): .rehearsing(letters)
      case .news(let news, _): .news(news)
      case .late: .late
      }
    books.withLock { $0.notes.append(note) }
  }

  func confirm(_ question: LaunchQuestion) throws {
    books.withLock { $0.questions.append(question) }
    if refuses { throw Refusal() }
  }

  func show(_ progress: CampaignStatus) { books.withLock { $0.progress.append(progress) } }

  func endProgress() { books.withLock { $0.ended += 1 } }

  func untilStopped<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
    guard stops else { return try await work() }
    let task = Task { try await work() }
    task.cancel()
    return try await task.value
  }
}

/// DNS in which no name exists.
struct EmptyDNS: DNSLookup {
  func answer(_ name: String, _ type: DNSType) async -> DNSAnswer { .noSuchName }
}
