import Campaigns
import Delivery
import Files
import Foundation
import Letters
public import Mail
import Preflight
import Queue
import Receipts
import SMTP

/// Sends one customer's real letter to an address of the operator's, as a test, and waits for the relay's answer.
///
/// The letter is made, signed and sent as a launch would, with these differences: another recipient, `[TEST]` in the
/// subject, the field `X-Eilbrief-Test`, a Message-ID of its own, and the sample code, which `verify` finds for nobody.
/// It is encrypted only where `encrypt_to` has a certificate of the other address. It is no message of the campaign: plan,
/// state, status and receipts do not know it. It has a place in the relay's limits, and lines of its own in
/// ``TestLetterLog``: the first before anything is sent.
///
/// Works before a launch and beside a delivery. Fails with the kind `usage` for an address of another customer, `data`
/// when there is no such letter or the campaign was changed since its launch, `relay` when no relay can be used, `stopped`
/// when the limits have no place.
public struct TestLetterRun: Sendable {
  /// What is asked for.
  public struct Order: Sendable {
    public var recipient: EmailAddress
    public var customer: String
    /// Needed where the customer gets several.
    public var letter: String?
    /// The name of the only relay to use; nil for the first that can be.
    public var relay: String?

    /// Fails with the kind `usage` when `to` is no address.
    public init(to: String, customer: String, letter: String? = nil, relay: String? = nil) throws(OperatorError) {
      do throws(AddressError) {
        recipient = try EmailAddress(to)
      } catch {
        throw OperatorError(.usage, "--to \(to): this address \(error); write it as in me@firm.example.")
      }
      self.customer = customer
      self.letter = letter
      self.relay = relay
    }
  }

  private let location: CampaignLocation
  private let order: Order
  private let dependencies: Dependencies

  public init(_ location: CampaignLocation, _ order: Order, _ dependencies: Dependencies) {
    self.location = location
    self.order = order
    self.dependencies = dependencies
  }

  private static let answerLimit = Duration.seconds(10)

  public func run() async throws -> TestLetterResult {
    let record = try await OpenedCampaign(location, dependencies).record
    try record?.requireCustomers()
    let loaded = try LoadedCampaign(location, credentials: dependencies.credentials, at: dependencies.now)
    if let launched = try await LaunchStatus.read(location, loaded, dependencies), !launched.changes.isEmpty {
      throw OperatorError(
        .data,
        """
        \(location.name) was frozen at \(time: launched.frozenAt), and what it is made of has changed since:
          \(launched.changes.map(\.text).joined(separator: "\n  "))
        Customers get the letters as they were then; nothing was sent. Undo the change to test them.
        """)
    }
    let relays = try relays(of: loaded.campaign)
    var used = loaded.campaign
    used.relays = relays
    let transport = dependencies.transport(
      try RelayCredentials.read(used, credentials: dependencies.credentials))
    let letter = try TestLetter(order, loaded, frozenAt: record?.createdAt, dependencies)
    let control = SessionControl(openingLimit: RelayProbe.longest)
    return try await withTaskCancellationHandler {
      do {
        return try await send(letter, through: relays, transport, control, hashKey: record?.plan.hashKey)
      } catch is CancellationError {
        throw Self.stopped
      }
    } onCancel: {
      control.stop(waiting: Self.answerLimit)
    }
  }

  private static let stopped = OperatorError(.stopped, "Stopped; the test letter was not sent.")

  private func relays(of campaign: Campaign) throws -> [Relay] {
    guard let name = order.relay else { return campaign.relays }
    let named = campaign.relays.filter { $0.name == name }
    guard named.isEmpty else { return named }
    throw OperatorError(
      .usage,
      "--relay: campaign.yaml has no relay “\(name)”; it has \(campaign.relays.map(\.name).joined(separator: ", ")).")
  }

  private enum Try {
    case sent(SendResult)
    case unusable(RelayUnavailable)
    case full(until: Date)
  }

  /// Through the first relay that can be used and has a place.
  private func send(
    _ letter: TestLetter, through relays: [Relay], _ transport: any Transport, _ control: SessionControl,
    hashKey: [UInt8]?
  ) async throws -> TestLetterResult {
    var troubles: [RelayUnavailable] = []
    var full: [(relay: Relay, until: Date)] = []
    for relay in relays {
      let session = transport.makeSession(relay: relay, control: control)
      let log = TestLetterLog(location.folder, letter, relay, hashKey: hashKey)
      let came: Try
      do {
        came = try await send(letter, over: session, relay, log)
      } catch {
        await session.close()
        throw error
      }
      await session.close()
      if case .sent(let result) = came {
        let found = TestLetterResult(letter, relay: relay, troubles: troubles, result)
        do {
          try log.end(found, at: dependencies.now)
        } catch let error as FileError {
          // What became of the letter must be known all the same.
          throw OperatorError(
            .cannotWrite, "\(found.lines.joined(separator: "\n"))\nThis could not be written down: \(error)")
        }
        return found
      }
      guard !control.isStopped else { throw Self.stopped }
      if case .unusable(let trouble) = came { troubles.append(trouble) }
      if case .full(let until) = came { full.append((relay, until)) }
    }
    let words = troubles.map { OperatorMessage($0.message) } + full.map(Self.words)
    throw OperatorError(
      full.isEmpty ? .relay : .stopped, "\(words.joined(separator: "\n"))\nThe test letter was not sent.")
  }

  private func send(
    _ letter: TestLetter, over session: any Session, _ relay: Relay, _ log: TestLetterLog
  ) async throws -> Try {
    let capabilities: RelayCapabilities
    switch await session.open() {
    case .failure(let trouble): return .unusable(trouble)
    case .success(let offered): capabilities = offered
    }
    if let objection = letter.objection(to: capabilities, of: relay) { return .unusable(objection) }
    var isCounted = true
    switch try await TestLetterPlace(location, dependencies).take(at: relay) {
    case .taken: break
    case .notCounted: isCounted = false
    case .full(let until): return .full(until: until)
    }
    let message = letter.message(for: capabilities)
    try log.begin(message.bytes, isCounted: isCounted, at: dependencies.now)
    var result = await session.send(letter.envelope, message: message.bytes, encoding: message.encoding)
    // A connection that the relay had closed before our first command is opened again.
    if case .notStarted = result, case .success = await session.open() {
      result = await session.send(letter.envelope, message: message.bytes, encoding: message.encoding)
    }
    return .sent(result)
  }

  private static func words(_ full: (relay: Relay, until: Date)) -> OperatorMessage {
    "\(full.relay.name): its limits (\(full.relay.limits.words)) have no place for a test letter before \(time: full.until)."
  }
}
