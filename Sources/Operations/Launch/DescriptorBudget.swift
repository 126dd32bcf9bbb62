import Campaigns
import Files
import SMTP

/// The file descriptors that a delivery needs, made sure of before anything is frozen: the limit is raised as far as it
/// may be, and connections that do not fit are refused with the number of those that do.
///
/// A descriptor that is missing later is nobody's fault but this process's, and by then letters are on their way.
struct DescriptorBudget {
  /// What the program itself has open: the database and its readers, receipts, lock, checkpoints, timers.
  static let own = 64

  private let relays: [Relay]
  /// Descriptors for each connection besides those of the transport, and for all of them together: the relay of a
  /// rehearsal is in the same process.
  private let more: (each: Int, all: Int)

  init(_ relays: [Relay], rehearsing: Bool = false) {
    self.relays = relays
    more = rehearsing ? (2, 16) : (0, 0)
  }

  private var connections: Int { relays.map(\.connections).reduce(0, +) }

  /// Fails with the kind `campaignFile` when the connections do not fit.
  func secure() throws(OperatorError) {
    if let objection = objection() { throw OperatorError(.campaignFile, objection) }
  }

  /// Why the connections do not fit; nil when they do.
  func objection() -> OperatorMessage? {
    let other = Descriptors.open + Self.own + more.all
    let needed = other + CurlTransport.descriptors(for: relays) + connections * more.each
    let limit = Descriptors.raiseLimit(to: needed)
    guard limit < needed else { return nil }
    let each = CurlTransport.descriptorsKept + more.each
    let fitting = max(0, limit - other - (needed - other - connections * each)) / each
    return """
      campaign.yaml asks for \(pluralized(connections, "connection")), which need \(needed) open files, and this process \
      may have \(limit): that is enough for \(fitting). Lower “connections” of the relays to \(fitting) in all, or raise \
      the hard limit (`ulimit -Hn`, or LimitNOFILE= of the service); nothing was begun.
      """
  }
}
