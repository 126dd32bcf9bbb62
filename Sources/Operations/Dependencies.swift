public import Campaigns
public import Delivery
public import Foundation
public import Logging
import Mail
public import Preflight
public import Queue
public import SMTP

/// What operations are given from outside: store, transport, clock, randomness and what the machine tells of itself.
///
/// The composition root makes it once; tests make one with what they want to see.
public struct Dependencies: Sendable {
  public var stores: any StoreOpener
  /// Delivers letters; by the relays' names the passwords of those that have one.
  public var transport: @Sendable ([String: Password]) -> any Transport
  /// Looks at one relay without sending.
  public var inspect: @Sendable (Relay, [String: Password]) async -> RelayInspection
  /// Asks a name server; nil is the system's.
  public var dns: @Sendable (NameServer?) -> any DNSLookup
  public var time: any DeliveryClock
  /// So many bytes from a cryptographic generator.
  public var randomBytes: @Sendable (Int) -> [UInt8]
  /// In 0 ..< 1, for the spreading of retries.
  public var jitter: @Sendable () -> Double
  /// systemd's folder of credentials; nil when there is none.
  public var credentials: URL?
  /// Of time stamps in logs that state none.
  public var timeZone: TimeZone
  public var log: Logger

  public init(
    stores: any StoreOpener, transport: @escaping @Sendable ([String: Password]) -> any Transport,
    inspect: @escaping @Sendable (Relay, [String: Password]) async -> RelayInspection,
    dns: @escaping @Sendable (NameServer?) -> any DNSLookup, time: any DeliveryClock,
    randomBytes: @escaping @Sendable (Int) -> [UInt8], jitter: @escaping @Sendable () -> Double, credentials: URL?,
    timeZone: TimeZone, log: Logger
  ) {
    self.stores = stores
    self.transport = transport
    self.inspect = inspect
    self.dns = dns
    self.time = time
    self.randomBytes = randomBytes
    self.jitter = jitter
    self.credentials = credentials
    self.timeZone = timeZone
    self.log = log
  }

  var now: Date { time.now }
}
