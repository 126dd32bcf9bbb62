import Campaigns
import Foundation
import Mail
import Queue
import Receipts
import RelayLogs

/// `resolve --relay-log`: settles each uncertain letter by what the relay's logs say of it, and says what stays open.
///
/// Every log is read to its end before anything is settled; all letters are settled in one transaction.
struct LogResolution {
  let options: CampaignOptions
  let owned: OwnedSpool
  let record: CampaignRecord
  /// Ids of customers who are uncertain; empty for all.
  let customers: [String]
  let logs: [String]

  /// No attempt lasts longer, whenever its process was found to be lost: a worker's lease is as long.
  private static let longestAttempt: TimeInterval = 1800

  func run(at now: Date) async throws {
    let all = try await owned.store.uncertain(in: record.id)
    let chosen = customers.isEmpty ? all : all.filter { customers.contains($0.customer) }
    guard !chosen.isEmpty else {
      Console.print("No letter of \(options.campaign) is uncertain.")
      return
    }
    let findings: RelayLogSearch.Findings
    do {
      findings = try await search(chosen)
    } catch {
      // What the last process left behind is uncertain all the same.
      try await owned.writeReceipts(of: record, at: now)
      throw error
    }
    for path in findings.foreign { Console.error("\(path): not a line of this file is of a relay's log known here.") }
    let settled = try await settle(chosen, findings.verdicts, now)
    try await owned.writeReceipts(of: record, at: now)
    let open = report(chosen, findings.verdicts, settled, now)
    if open > 0 { throw SilentFailure(status: .someNotAccepted) }
  }

  private func search(_ messages: [UncertainMessage]) async throws -> RelayLogSearch.Findings {
    let search = try RelayLogSearch(paths: logs, zone: .current)
    let sender = try CampaignFile.read(folder: options.folder).sender.from.address
    let neighbours = LogNeighbours(
      of: messages.map { (relay: $0.relay, begin: $0.attemptedAt, end: Self.end(of: $0)) },
      recipients: messages.map(\.recipient))
    try await owned.store.forEachCustomer(in: record.id) { customer in
      for message in customer.messages { neighbours.note(message) }
    }
    return try search.judge(
      messages.map { message in
        UncertainAttempt(
          message: message.message, messageID: message.messageID, sender: sender, recipient: message.recipient,
          sharesRecipient: neighbours.letters(to: message.recipient) > 1, relay: message.relay,
          attempts: message.attempts, begin: message.attemptedAt, end: Self.end(of: message))
      }, accepted: neighbours.accepted)
  }

  private static func end(of message: UncertainMessage) -> Date {
    max(message.attemptedAt, min(message.changedAt, message.attemptedAt.addingTimeInterval(longestAttempt)))
  }

  private func settle(
    _ messages: [UncertainMessage], _ verdicts: [Int64: LogVerdict], _ now: Date
  ) async throws -> Set<Int64> {
    let settlements = messages.compactMap { message -> Settlement? in
      switch verdicts[message.message] {
      case .taken(let evidence):
        Settlement(
          message: message.message, fence: message.fence, resolution: .accepted, evidence: evidence.description)
      case .notTaken(let evidence) where record.state != .cancelled:
        Settlement(
          message: message.message, fence: message.fence, resolution: .resend, evidence: evidence.description)
      case .notTaken, .open, nil: nil
      }
    }
    return Set(try await owned.store.settle(settlements, in: record.id, at: now))
  }

  // MARK: What the operator reads

  /// Returns how many stay uncertain.
  private func report(
    _ messages: [UncertainMessage], _ verdicts: [Int64: LogVerdict], _ settled: Set<Int64>, _ now: Date
  ) -> Int {
    var accepted = 0
    var queued = 0
    var open: [UncertainMessage] = []
    for message in messages {
      switch verdicts[message.message] {
      case .taken(let evidence) where settled.contains(message.message):
        accepted += 1
        Console.print("\(name(message, among: messages)): accepted by the relay\n\(text(evidence, message))")
      case .notTaken(let evidence) where settled.contains(message.message):
        queued += 1
        Console.print("\(name(message, among: messages)): not taken, queued again\n\(text(evidence, message))")
      case .notTaken(let evidence):
        open.append(message)
        Console.print(
          "\(name(message, among: messages)): not taken, and stays uncertain because the campaign is \(record.state.rawValue)\n"
            + text(evidence, message))
      case .open(let gap):
        open.append(message)
        Console.print(
          "\(name(message, among: messages)): stays uncertain\n\(indented(hidden(words(of: gap, now), message)))")
      case .taken, nil:
        open.append(message)
        Console.print("\(name(message, among: messages)): stays uncertain\n    it was changed meanwhile")
      }
    }
    Console.print("\(accepted) accepted, \(queued) queued again, \(open.count) still uncertain.")
    if queued > 0 { Console.print("`\(options.words("resume"))` sends those queued again.") }
    if !open.isEmpty { Console.print(next(open)) }
    return open.count
  }

  /// The customer; with the letter, where there are several.
  private func name(_ message: UncertainMessage, among all: [UncertainMessage]) -> String {
    Set(all.map(\.letter)).count > 1 ? "\(message.customer), \(message.letter)" : message.customer
  }

  private func words(of gap: LogGap, _ now: Date) -> String {
    guard case .notCovered(let from, let to) = gap else { return gap.description }
    let wait =
      to > now
      ? "\nIt cannot yet: try again after \(LocalTime.full(to)), once the relay has logged something more." : ""
    return
      "\(gap): by this machine's clock it must reach from \(LocalTime.full(from)) to \(LocalTime.full(to))\(wait)"
  }

  /// As in the receipt.
  private func text(_ evidence: LogEvidence, _ message: UncertainMessage) -> String {
    indented(
      AddressRedaction.evidence(
        evidence.description, recipientLocal: message.recipient.local, messageID: message.messageID))
  }

  private func hidden(_ words: String, _ message: UncertainMessage) -> String {
    AddressRedaction.text(words, recipientLocal: message.recipient.local, keeping: message.messageID)
  }

  private func indented(_ text: String) -> String {
    text.split(separator: "\n").map { "    " + $0.map { $0.isControl ? "·" : String($0) }.joined() }
      .joined(separator: "\n")
  }

  private static func customers(_ messages: [UncertainMessage]) -> [String] {
    var ids: [String] = []
    for message in messages where !ids.contains(message.customer) { ids.append(message.customer) }
    return ids
  }

  private func next(_ open: [UncertainMessage]) -> String {
    let words = options.words
    return """
      Still uncertain: \(Self.customers(open).joined(separator: ", "))
        \(words("resolve", "--relay-log FILE …"))                 with more of the relay's log
        \(words("resolve", "--customer ID --assume-accepted"))    it was taken
        \(words("resolve", "--customer ID --resend"))             send it again
      """
  }
}

extension Character {
  /// What a terminal might take for a command.
  fileprivate var isControl: Bool {
    unicodeScalars.contains { $0.properties.generalCategory == .control }
  }
}
