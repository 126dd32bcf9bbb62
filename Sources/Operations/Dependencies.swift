public import Campaigns
public import Delivery
public import Foundation
public import Logging
import Mail
public import Preflight
public import Queue
public import SMTP

/// Everything that operations get from outside: store, transport, clock, random numbers and facts about the machine.
///
/// The composition root makes it once; tests make their own with what they need.
public struct Dependencies: Sendable {
  public var stores: any StoreOpener
  /// Makes the transport that delivers letters, with what its relays are logged in to.
  public var transport: @Sendable (RelaySecrets) -> any Transport
  /// Inspects one relay without sending anything; the control has the limit, and says what is waited for.
  public var inspect: @Sendable (Relay, RelaySecrets, SessionControl) async -> RelayInspection
  /// This machine's name for EHLO.
  public var clientName: @Sendable () -> String
  /// Makes the look-ups through a name server; nil is the system's.
  public var dns: @Sendable (NameServer?) -> any DNSLookup
  public var time: any DeliveryClock
  /// Returns the given number of bytes from a cryptographic generator.
  public var randomBytes: @Sendable (Int) -> [UInt8]
  /// Returns a random number in 0 ..< 1, which spreads retries.
  public var jitter: @Sendable () -> Double
  /// systemd's folder of credentials; nil when there is none.
  public var credentials: URL?
  /// The time zone of time stamps in logs that state none.
  public var timeZone: TimeZone
  public var log: Logger

  public init(
    stores: any StoreOpener, transport: @escaping @Sendable (RelaySecrets) -> any Transport,
    inspect: @escaping @Sendable (Relay, RelaySecrets, SessionControl) async -> RelayInspection,
    clientName: @escaping @Sendable () -> String = { ClientName.ofThisMachine },
    dns: @escaping @Sendable (NameServer?) -> any DNSLookup, time: any DeliveryClock,
    randomBytes: @escaping @Sendable (Int) -> [UInt8], jitter: @escaping @Sendable () -> Double, credentials: URL?,
    timeZone: TimeZone, log: Logger
  ) {
    self.stores = stores
    self.transport = transport
    self.inspect = inspect
    self.clientName = clientName
    self.dns = dns
    self.time = time
    self.randomBytes = randomBytes
    self.jitter = jitter
    self.credentials = credentials
    self.timeZone = timeZone
    self.log = log
  }

  var now: Date { time.now }

  /// The same with the campaign in each line of the log.
  func logging(of campaign: String) -> Dependencies {
    var named = self
    named.log[metadataKey: "campaign"] = "\(campaign)"
    return named
  }
}
