public import Foundation

/// The settings of a rehearsal relay. A plain value: nothing is checked or opened before ``RehearsalRelay/start()``.
public struct RelayOptions: Sendable {
  /// How the messages that the relay takes are kept. The journal always has an entry for each.
  public enum Keeping: Sendable, Hashable {
    /// One file per message, `000001.eml` and so on in the order of acceptance, mode 0600. The folder is made with mode
    /// 0700 if it is not there; numbers continue after the highest one in it, and no file is ever overwritten.
    case folder(URL)
    /// The bytes stay in the journal.
    case memory
    /// Only envelope, Message-ID and size are kept: for measuring.
    case envelopes
  }

  /// The extensions that EHLO offers besides ENHANCEDSTATUSCODES (and AUTH, with ``login``). What is not offered is not
  /// accepted either, except pipelined commands, which are always answered in order.
  public enum Extension: String, Sendable, CaseIterable {
    case pipelining = "PIPELINING"
    case eightBitMIME = "8BITMIME"
    case size = "SIZE"
    case smtpUTF8 = "SMTPUTF8"
  }

  public struct Login: Sendable, Hashable {
    public var user: String
    public var password: String
    public init(user: String, password: String) {
      self.user = user
      self.password = password
    }
  }

  /// 0 takes any free port.
  public var port: Int
  public var faults: FaultPlan
  public var keeping: Keeping
  public var extensions: Set<Extension>
  /// With a login the relay offers AUTH PLAIN and LOGIN (without TLS: it listens on loopback only) and refuses MAIL
  /// without it.
  public var login: Login?
  /// The largest message in octets; offered with SIZE, and a larger message is refused whether SIZE is offered or not.
  /// `size` in the plan stands above it.
  public var maximumSize: Int
  /// The time by which the faults go that know time: quotas, throttling, greylisting, absences. It counts from any
  /// moment and must never go back. Nil is the relay's own: that of its thread, by which late replies always go.
  public var now: (@Sendable () -> Duration)?

  public init(
    port: Int = 0, faults: FaultPlan = .none, keeping: Keeping = .memory,
    extensions: Set<Extension> = Set(Extension.allCases), login: Login? = nil, maximumSize: Int = 10_485_760,
    now: (@Sendable () -> Duration)? = nil
  ) {
    self.port = port
    self.faults = faults
    self.keeping = keeping
    self.extensions = extensions
    self.login = login
    self.maximumSize = maximumSize
    self.now = now
  }
}
