import Campaigns
import Foundation
import Logging
import Mail
import Queue

/// The one campaign of a simulation. Customer n has message n.
enum SimulatedPlan {
  static let name = "simulated"
  static let sender = address("support@kanzlei-it.example")
  static let log = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }

  static func isInternational(_ number: Int) -> Bool { number % 23 == 0 }

  /// Made once: parsing addresses takes longer than delivering to them.
  private static let made: [PlannedCustomer] = (1...LimitTrial.letters).map { number in
    // Some addresses only an international relay can take; few domains, so that they are slowed down together.
    let local = isInternational(number) ? "jörg\(number)" : "k\(number)"
    let messageID = try? MessageID(left: "m\(number)", domain: sender.domain)
    guard let messageID else { preconditionFailure("a Message-ID of a simulation") }
    return PlannedCustomer(
      id: "K\(number)", kind: .letter, payload: Data(),
      messages: [
        PlannedMessage(
          recipient: address("\(local)@kanzlei\(number % 7).example"), messageID: messageID, letter: "letter",
          priority: 0,
          template: "letter@0123456789ab")
      ])
  }

  static func freeze(
    letters: Int, in store: SimulatedStore, at now: Date, name: String = SimulatedPlan.name
  ) async throws {
    let next = Countdown(made.prefix(letters))
    try await store.freeze(
      FrozenPlan(
        name: name, planHash: SHA256.digest(of: []), rows: letters, rejectedRows: 0, deadline: now,
        hashKey: Array(repeating: 7, count: 32), inputs: Data()),
      next: { next.next() }, at: now)
  }

  private static func address(_ text: String) -> EmailAddress {
    guard let address = try? EmailAddress(text) else { preconditionFailure("an address of a simulation") }
    return address
  }
}

/// Gives the customers of a plan one by one, in one thread, hence `@unchecked`.
private final class Countdown: @unchecked Sendable {
  private var rest: ArraySlice<PlannedCustomer>
  init(_ customers: ArraySlice<PlannedCustomer>) { rest = customers }
  func next() -> PlannedCustomer? { rest.popFirst() }
}
