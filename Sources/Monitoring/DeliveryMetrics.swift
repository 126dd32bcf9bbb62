public import CoreMetrics
public import Foundation

/// A part of a letter's way that is timed.
public enum DeliveryPhase: String, Sendable, Hashable, CaseIterable {
  /// Making the letter's bytes: template, customer, signature.
  case letter
  /// From handing the claim in until it is durable, with the wait for the changes before it.
  case claim
  /// One transaction of the store with all changes that had gathered.
  case commit
  /// Opening a connection, up to the reply to EHLO or AUTH.
  case connect
  /// From MAIL to its reply.
  case mail
  /// From RCPT to its reply; what the relay takes longer than for MAIL where both go out together.
  case rcpt
  /// The same for DATA.
  case data
  /// Sending the letter with its final dot; not of one that was broken off.
  case body
  /// From the final dot to the reply.
  case reply
}

/// Counts and times what a delivery does, through swift-metrics.
///
/// Cheap: two looks at the clock and one lock for each phase. ``none`` measures nothing.
public struct DeliveryMetrics: Sendable {
  private let factory: (any MetricsFactory)?
  private let uptime: @Sendable () -> TimeInterval

  public static let none = DeliveryMetrics(factory: nil, uptime: { 0 })

  /// - Parameter uptime: Seconds since some moment, by a clock that never goes back.
  public init(_ factory: any MetricsFactory, uptime: @escaping @Sendable () -> TimeInterval) {
    self.init(factory: factory, uptime: uptime)
  }

  private init(factory: (any MetricsFactory)?, uptime: @escaping @Sendable () -> TimeInterval) {
    (self.factory, self.uptime) = (factory, uptime)
  }

  /// What concerns one relay; nil for what concerns none.
  public func relay(_ name: String?) -> RelayMetrics { RelayMetrics(name ?? "", factory, uptime) }
}

/// The part of ``DeliveryMetrics`` that concerns one relay. Made once for many letters.
public struct RelayMetrics: Sendable {
  public static let none = DeliveryMetrics.none.relay(nil)

  private let relay: String
  private let factory: (any MetricsFactory)?
  private let uptime: @Sendable () -> TimeInterval
  private let timers: [DeliveryPhase: CoreMetrics.Timer]

  init(_ relay: String, _ factory: (any MetricsFactory)?, _ uptime: @escaping @Sendable () -> TimeInterval) {
    (self.relay, self.factory, self.uptime) = (relay, factory, uptime)
    var timers: [DeliveryPhase: CoreMetrics.Timer] = [:]
    if let factory {
      for phase in DeliveryPhase.allCases {
        timers[phase] = CoreMetrics.Timer(
          label: Metric.phases.name, dimensions: [("relay", relay), ("phase", phase.rawValue)], factory: factory)
      }
    }
    self.timers = timers
  }

  /// The moment at which a phase begins.
  public var moment: TimeInterval { factory == nil ? 0 : uptime() }

  /// The phase has ended.
  ///
  /// - Parameter begin: ``moment`` as it was then.
  public func record(_ phase: DeliveryPhase, since begin: TimeInterval) {
    timers[phase]?.recordNanoseconds(Int64((uptime() - begin) * 1e9))
  }

  /// One answer that decided an attempt.
  public func countReply(_ kind: String) {
    guard let factory else { return }
    Counter(label: Metric.replies.name, dimensions: [("relay", relay), ("class", kind)], factory: factory).increment()
  }
}
