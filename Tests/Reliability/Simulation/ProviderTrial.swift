import Campaigns
import Delivery
import Foundation
import Mail
import Queue
import Receipts

/// One provider behind the relay stops answering: each letter to it keeps a connection for long, and is put off. What that
/// costs the letters to others.
public struct ProviderTrial {
  /// Seconds until all letters to the other domains were accepted.
  public var seconds: Double
  public var others: Int
  /// Attempts at the provider in that time.
  public var attempts: Int

  static let domain = "kanzlei3.example"
  static let connections = 8
  /// Microseconds that a letter takes, and one to the provider that does not answer.
  private static let latency = 500_000
  private static let silence = 20_000_000

  private struct NoReceipts: ReceiptLog {
    func flush() async throws -> Int { 0 }
  }

  /// Everything runs in one thread, hence `@unchecked`.
  private final class Book: @unchecked Sendable {
    var others: [Int] = []
    var attempts: [Int] = []
    var isDone = false
  }

  private struct Sessions: Transport {
    let world: World
    let process: ProcessLife
    let book: Book
    let isSilent: Bool
    func makeSession(relay _: Relay, control _: SessionControl) -> any Session {
      ProviderSession(world: world, process: process, book: book, isSilent: isSilent)
    }
  }

  private final class ProviderSession: Session, @unchecked Sendable {
    let world: World
    let process: ProcessLife
    let book: Book
    let isSilent: Bool

    init(world: World, process: ProcessLife, book: Book, isSilent: Bool) {
      (self.world, self.process, self.book, self.isSilent) = (world, process, book, isSilent)
    }

    func open() async -> Result<RelayCapabilities, RelayUnavailable> {
      .success(RelayCapabilities(pipelining: true, eightBitMIME: true, smtpUTF8: true, size: nil))
    }

    func send(_ envelope: Envelope, message bytes: [UInt8], encoding: TransferEncoding) async -> SendResult {
      func reply(_ phase: Delivery.Phase, _ code: Int, _ text: String) -> SendResult {
        .answered(phase, Reply(code: code, enhanced: EnhancedStatus(prefixOf: text), text: text))
      }
      let isProvider = envelope.recipient.domain.ascii == ProviderTrial.domain
      if isProvider { book.attempts.append(world.clock) }
      let isSilent = isProvider && isSilent
      _ = await world.wait(isSilent ? ProviderTrial.silence : ProviderTrial.latency, of: process)
      if isSilent { return reply(.rcpt, 451, "4.4.1 the recipient's server does not answer") }
      if !isProvider { book.others.append(world.clock) }
      return reply(.final, 250, "2.0.0 Ok: queued")
    }

    func close() async {}
  }

  /// - Parameter isSilent: False: the provider answers as the others do.
  public static func run(seed: UInt64, isSilent: Bool) -> ProviderTrial {
    let world = World(seed: seed, trace: Trace(isPrinting: false))
    let process = ProcessLife(number: 0)
    let store = SimulatedStore()
    let time = SimulatedTimekeeper(process: process, world: world)
    let book = Book()
    let relay = Relay(
      name: "main", host: "main.example", port: 587, tls: .startTLS, connections: connections, limits: [])
    // Unstructured: begun by the simulation's loop, which is no task.
    Task {
      try? await SimulatedPlan.freeze(letters: OracleTrial.letters, in: store, at: time.now)
      let engine = DeliveryEngine(
        campaign: 1, store: store,
        source: SimulatedLetters(envelopeSender: SimulatedPlan.sender, world: world, brokenShare: 0),
        transport: Sessions(world: world, process: process, book: book, isSilent: isSilent), receipts: NoReceipts(),
        settings: .init(
          relays: [relay], retry: RetrySchedule(delays: [.seconds(1800)], giveUpAfter: .seconds(7200)),
          uncertain: .hold, worker: "process 0"), time: time,
        jitter: { world.dice.fraction() }, log: SimulatedPlan.log)
      _ = try? await engine.run()
      book.isDone = true
    }
    while !book.isDone, world.step() {}
    let end = book.others.max() ?? .max
    return ProviderTrial(
      seconds: Double(end) / 1_000_000, others: book.others.count, attempts: book.attempts.count { $0 < end })
  }
}
