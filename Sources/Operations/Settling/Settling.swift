import Foundation
import Queue
public import Receipts

/// A letter that the operator has settled.
public struct SettledLetter: Sendable, Hashable {
  /// The customer's id.
  public let customer: String
  public let letter: String
  public let resolution: Resolution
  /// The state it had: uncertain, refused or expired.
  public let before: MessageState
  /// The relay's last words; nil when there were none.
  public let reply: String?
}

/// Settles uncertain letters, by the operator's decision or by the logs of the relay, and opens refused and expired ones
/// again.
///
/// Letters that the last process left on the wire become uncertain first. Customers that are named must all have a
/// letter that can be settled so, or nothing is settled (kind `data`).
public struct Settling: Sendable {
  /// An event during the operation.
  public enum Event: Sendable {
    case recovered(lost: Int)
  }

  let location: CampaignLocation
  let dependencies: Dependencies
  /// The ids of customers; empty for all.
  let customers: [String]

  public init(_ location: CampaignLocation, customers: [String], _ dependencies: Dependencies) {
    self.location = location
    self.customers = customers
    self.dependencies = dependencies
  }

  /// Settles uncertain letters as `accepted` or `resend`. Refused and expired letters of named customers are sent again
  /// too (`reopen`): of all customers nobody means to send those again by one word.
  ///
  /// - Parameter letter: The only letter to settle, where customers get several.
  public func decide(
    _ resolution: Resolution, letter: String?, report: (Event) -> Void
  ) async throws -> [SettledLetter] {
    let opened = try await OpenedCampaign(location, dependencies).launchedWithCustomers()
    let spool = try writableSpool()
    let (record, now) = (opened.record, dependencies.now)
    let lost = try await spool.store.recover(campaign: record.id, at: now)
    if lost > 0 {
      report(.recovered(lost: lost))
      if customers.isEmpty {
        try await spool.writeReceipts(of: record, at: now)
        throw OperatorError(
          .stopped, "nothing was settled: look at all uncertain letters (\(step: .status)), then run this again.")
      }
    }
    let resolutions: [Resolution] = resolution == .resend && !customers.isEmpty ? [.resend, .reopen] : [resolution]
    let found = try await letters(for: resolutions, letter: letter, in: record, spool)
    var settled: [Resolution: Set<String>] = [:]
    for id in customers.isEmpty ? [nil] : customers.map(Optional.some) {
      for resolution in resolutions {
        let ids = try await spool.store.resolve(
          in: record.id, customer: id, letter: letter, as: resolution, evidence: "operator", at: now)
        settled[resolution, default: []].formUnion(ids)
      }
    }
    try await spool.writeReceipts(of: record, at: now)
    return found.filter { settled[$0.resolution]?.contains($0.customer) == true }
  }

  /// Judges each letter by the logs. The logs are searched for each letter, so it does not matter whether anybody has
  /// seen the letters that have just become uncertain.
  public func byLogs(_ paths: [String], report: (Event) -> Void) async throws -> LogSettling {
    let opened = try await OpenedCampaign(location, dependencies).launchedWithCustomers()
    let spool = try writableSpool()
    let lost = try await spool.store.recover(campaign: opened.record.id, at: dependencies.now)
    if lost > 0 { report(.recovered(lost: lost)) }
    _ = try await named(for: [.accepted, .resend], in: opened.record, spool)
    return try await LogSettling.run(
      location, customers: customers, paths: paths, opened.record, spool, dependencies)
  }

  /// Fails with the kind `stopped` while somebody delivers, and says how it is stopped and goes on.
  private func writableSpool() throws -> WritableSpool {
    do {
      return try WritableSpool(location, besideWorker: true, dependencies)
    } catch SpoolLockError.held(let holder) where holder.pid > 0 && !holder.isWorker {
      func step(_ step: NextStep) -> NextStep {
        holder.campaign == location.name ? step : .other(campaign: holder.campaign, step)
      }
      throw OperatorError(
        .stopped,
        """
        the spool is in use by process \(holder.pid) on \(holder.host), which is at work on “\(holder.campaign)”, and letters \
        are settled while no process is. Nothing was settled. Type \(step: step(.pause)) (or press Ctrl-C in its terminal where it asks), then this command \
        again, then \(step: step(.resume)).
        """)
    }
  }

  /// The letters that can be settled so, those of all customers or of the named ones.
  private func letters(
    for resolutions: [Resolution], letter: String?, in record: CampaignRecord, _ spool: WritableSpool
  ) async throws -> [SettledLetter] {
    let named = try await named(for: resolutions, in: record, spool)
    if customers.isEmpty {
      return try await spool.store.uncertain(in: record.id).filter { letter == nil || $0.letter == letter }
        .flatMap { message in
          resolutions.map {
            SettledLetter(
              customer: message.customer, letter: message.letter, resolution: $0, before: .uncertain, reply: nil)
          }
        }
    }
    return named.records.flatMap { customer in
      customer.messages.filter { letter == nil || $0.letter == letter }.compactMap { message in
        resolutions.first { $0.origins.contains(message.state) }.map {
          SettledLetter(
            customer: customer.id, letter: message.letter, resolution: $0, before: message.state, reply: message.reply)
        }
      }
    }
  }

  /// Fails with the kind `data` when one of the named customers is not one of the campaign, or has no letter that can be
  /// settled so.
  private func named(
    for resolutions: [Resolution], in record: CampaignRecord, _ spool: WritableSpool
  ) async throws -> NamedCustomers {
    let named = try await NamedCustomers.read(customers, of: record, in: spool.store)
    let states = resolutions.reduce(into: Set<MessageState>()) { $0.formUnion($1.origins) }
    do {
      try named.require(
        states, of: record, consequence: "nothing was settled",
        lack: resolutions.contains(.reopen) ? "not uncertain, refused or expired" : "not uncertain")
    } catch {
      // What the last process left on the wire has become uncertain all the same.
      try await spool.writeReceipts(of: record, at: dependencies.now)
      throw error
    }
    return named
  }
}
