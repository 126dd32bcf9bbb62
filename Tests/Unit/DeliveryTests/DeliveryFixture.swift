import Campaigns
import Delivery
import DeliverySupport
import Foundation
import Logging
import Mail
import Monitoring
import Queue
import Receipts
import Synchronization

/// A frozen campaign in a real store in a folder of its own, and an engine over a scripted relay.
final class DeliveryFixture: Sendable {
  let folder: URL
  let store: SQLiteStore
  let record: CampaignRecord
  let time: TestClock
  let transport: ScriptedTransport

  static let messageText = "From: a@sender.example\r\n\r\nHello\r\n"

  init(
    recipients: [String], time: TestClock = TestClock(), _ script: ScriptedTransport.Script = .init()
  ) async throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("delivery-\(UUID().uuidString)")
    self.time = time
    transport = ScriptedTransport(time: time, script)
    store = try SQLiteStore.open(spool: folder, access: .owner)
    try await Self.freeze(recipients, "test", in: store, at: time.now)
    guard let record = try await store.campaign(named: "test") else { throw FixtureError() }
    self.record = record
    try await store.setState(.running, of: record.id, at: time.now)
  }

  /// Another campaign of the same queue.
  func again(_ name: String = "again", recipients: Int) async throws -> CampaignRecord {
    try await Self.freeze(Self.recipients(recipients), name, in: store, at: time.now)
    guard let record = try await store.campaign(named: name) else { throw FixtureError() }
    try await store.setState(.running, of: record.id, at: time.now)
    return record
  }

  private static func freeze(_ recipients: [String], _ name: String, in store: SQLiteStore, at now: Date) async throws {
    let customers = try recipients.enumerated().map { number, address in
      PlannedCustomer(
        id: "K\(number + 1)", kind: .letter, payload: Data(address.utf8),
        messages: [
          PlannedMessage(
            recipient: try EmailAddress(address),
            messageID: try MessageID(left: "m\(number + 1)", domain: Domain("sender.example")), letter: "test",
            priority: 0, template: "test@0")
        ])
    }
    let position = Mutex(0)
    try await store.freeze(
      FrozenPlan(
        name: name, planHash: SHA256.digest(of: []), rows: customers.count, rejectedRows: 0,
        deadline: now.addingTimeInterval(86_400), hashKey: Array(repeating: 7, count: 32), inputs: Data("{}".utf8)),
      next: {
        position.withLock { position in
          defer { position += 1 }
          return position < customers.count ? customers[position] : nil
        }
      }, at: now)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  static func recipients(_ count: Int) -> [String] { (1...count).map { "k\($0)@d\($0 % 7).example" } }

  static func relay(
    _ name: String = "main", connections: Int = 4, limits: [RateLimit] = []
  ) -> Relay {
    Relay(name: name, host: "\(name).example", port: 587, tls: .startTLS, connections: connections, limits: limits)
  }

  func engine(
    relays: [Relay] = [DeliveryFixture.relay()], uncertain: UncertainPolicy = .hold, store: (any MessageStore)? = nil,
    giveUpAfter: Duration = .seconds(4 * 86_400), time: (any DeliveryClock)? = nil, source: (any MessageSource)? = nil,
    sender: String = "a@sender.example", stopAt: RefusalShare = .standard, hours: SendingHours? = nil,
    deadline: DeliveryDeadline? = nil, canary: Canary? = nil, pausesForCanary: Bool = true,
    campaign: CampaignRecord? = nil, destinations: [DestinationRule] = [], exchangers: (any ExchangerLookup)? = nil,
    metrics: DeliveryMetrics = .none, tell: @escaping @Sendable (DeliveryNews) async -> Void = { _ in }
  ) async throws -> DeliveryEngine {
    let record = campaign ?? record
    var settings = DeliveryEngine.Settings(
      relays: relays,
      retry: RetrySchedule(delays: [.seconds(1800), .seconds(3600)], giveUpAfter: giveUpAfter), uncertain: uncertain,
      stopAt: stopAt, hours: hours, destinations: destinations, exchangers: exchangers, deadline: deadline,
      canary: canary, pausesForCanary: pausesForCanary, worker: "test")
    settings.metrics = metrics
    return DeliveryEngine(
      campaign: record.id, store: store ?? self.store,
      source: try source ?? PlainSource(sender: EmailAddress(sender)),
      transport: transport,
      receipts: try await ReceiptFile.complete(in: Spool(folder: folder), campaign: record, from: self.store),
      settings: settings,
      time: time ?? self.time, jitter: { 0 }, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, tell: tell)
  }

  /// Every state that has a message.
  func states() async throws -> [MessageState: Int] {
    try await store.snapshot(of: record.id).messages.filter { $0.value > 0 }
  }

  func messages() async throws -> [String: MessageRecord] {
    let found = Mutex<[String: MessageRecord]>([:])
    try await store.forEachCustomer(in: record.id) { customer in
      found.withLock { found in
        for message in customer.messages { found[message.recipient.description] = message }
      }
    }
    return found.withLock { $0 }
  }
}

private struct FixtureError: Error {}

private struct PlainSource: MessageSource {
  let envelopeSender: EmailAddress

  init(sender: EmailAddress) { envelopeSender = sender }

  var needsSMTPUTF8: Bool { !envelopeSender.isASCII }

  func envelope(of message: DueMessage) -> Envelope {
    Envelope(sender: envelopeSender, recipient: message.recipient)
  }

  func bytes(for message: DueMessage, date: Date, encoding: TransferEncoding) throws -> [UInt8] {
    Array("Message-ID: \(message.messageID)\r\nDate: \(Int(date.timeIntervalSince1970))\r\n\r\nHello\r\n".utf8)
  }
}
