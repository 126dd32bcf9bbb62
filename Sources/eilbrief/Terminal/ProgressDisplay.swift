import Campaigns
import Foundation
import Queue
import Receipts
import Reports

/// Shows how a delivery goes on: a live line on a terminal, a plain line every few seconds otherwise.
///
/// It reads the store like any other reader, so what it says is what is durable.
struct ProgressDisplay: Sendable {
  let store: any MessageStore
  let campaign: Int64
  let relays: [Relay]
  let isTerminal: Bool
  let now: @Sendable () -> Date

  /// Runs until cancelled. What cannot be read just now is not shown: a display stops no delivery.
  func run() async throws {
    var last = ""
    var allowance: RelayAllowance?
    // The limits' arithmetic grows with the letters that are left: not with every live line.
    let linesAnAllowance = isTerminal ? 20 : 1
    var lines = 0
    while true {
      try await Task.sleep(for: isTerminal ? .milliseconds(250) : .seconds(5))
      guard let snapshot = try? await store.snapshot(of: campaign) else { continue }
      var status = CampaignStatus(snapshot, at: now())
      if lines % linesAnAllowance == 0 {
        let waiting = status.count(.queued) + status.count(.deferred)
        allowance = try? await RelayLimits.allowance(of: relays, sending: waiting, from: store, at: now())
      }
      lines += 1
      if let allowance { status.estimate(within: allowance, at: now()) }
      let line = Self.line(status, now: now())
      guard line != last else { continue }
      last = line
      Console.print(isTerminal ? "\r\u{1B}[K\(line)" : line, terminator: isTerminal ? "" : "\n")
    }
  }

  /// Ends the live line, so that what follows starts on a line of its own.
  func finish() {
    if isTerminal { Console.print("\r\u{1B}[K", terminator: "") }
  }

  /// `412 of 1000 done · 31.2/s · 588 left · about 19 s · accepted 401, refused 3, deferred 8`
  static func line(_ status: CampaignStatus, now: Date) -> String {
    let done = status.total - status.remaining
    var parts = ["\(done) of \(status.total) done"]
    if status.ratePerSecond > 0, status.waitsForLimitUntil == nil {
      parts.append(status.ratePerSecond.formatted(.number.precision(.fractionLength(1)).grouping(.never)) + "/s")
    }
    if status.remaining > 0 { parts.append("\(status.remaining) left") }
    if status.count(.queued) + status.count(.sending) == 0, let due = status.nextDue, due > now {
      parts.append("next attempt at \(LocalTime.clock(due))")
    } else if let eta = status.eta {
      if let moment = status.waitsForLimitUntil, moment > now {
        parts.append("the relays' limits allow the next at \(LocalTime.clock(moment))")
      }
      parts.append("about \(LocalTime.span(eta.timeIntervalSince(now)))")
    }
    let shown: [MessageState] = [.accepted, .deferred, .refused, .expired, .uncertain, .excluded, .cancelled]
    let counts = shown.filter { status.count($0) > 0 }.map { "\($0.rawValue) \(status.count($0))" }
    if !counts.isEmpty { parts.append(counts.joined(separator: ", ")) }
    return parts.joined(separator: " · ")
  }
}
