import Foundation
import Queue
import Receipts
import TestSupport

/// A campaign whose faults are over, brought to its end as an operator would: gone on with, and what is uncertain settled
/// by the relay's own book.
struct SettledCampaign: Sendable {
  let trial: Trial

  init(_ trial: Trial) { self.trial = trial }

  /// Ends the campaign and compares the books, before and after the uncertain letters are settled; the findings are those
  /// before, and what the settling broke. What an operator could not do is a broken promise.
  func findings() async throws -> Findings {
    do {
      try await trial.finish()
      var findings = try await trial.books().findings()
      guard findings.isClean else { return findings }
      // One that is sent again may meet the relay's fault only then, and is uncertain once more.
      try await settle()
      try await settle()
      let settled = try await trial.books().findings()
      if settled.uncertain > 0 || !settled.isClean {
        throw PowerCutTrial.Broken("after settling: \(settled.uncertain) uncertain, \(settled.broken)")
      }
      findings.resent = settled.resent
      return findings
    } catch let broken as PowerCutTrial.Broken {
      throw broken
    } catch {
      throw PowerCutTrial.Broken("\(error)")
    }
  }

  private func settle() async throws {
    let books = try await trial.books()
    let taken = Set(books.relay.taken.map(\.messageID))
    let customers = Dictionary(trial.campaign.customers.map { ($0.contact, $0.id) }) { first, _ in first }
    for letter in books.queue.letters where letter.state == .uncertain {
      let isTaken = taken.contains(letter.messageID)
      let outcome = try await trial.run(
        "resolve",
        ["--customer", customers[letter.recipient] ?? "", isTaken ? "--assume-accepted" : "--resend"])
      guard outcome.status == 0 else { throw PowerCutTrial.Broken("resolve: \(outcome.errors)") }
    }
    try await trial.finish()
  }
}
