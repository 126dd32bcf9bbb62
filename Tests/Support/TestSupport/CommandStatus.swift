import Foundation

/// `eilbrief status --json`, read as another program would.
public struct CommandStatus: Decodable, Sendable {
  public struct Customers: Decodable, Sendable { public let total, letter, phone, none: Int }
  public struct Rows: Decodable, Sendable { public let total, rejected: Int }

  public let schema: Int
  public let campaign: String
  public let state: String
  public let plan: String?
  public let customers: Customers
  public let rows: Rows
  public let messages: [String: Int]

  public static func read(_ campaign: TestCampaign) async throws -> CommandStatus {
    let outcome = try await EilbriefProcess.run("status", campaign.name, "--json", queue: campaign.queue)
    guard outcome.status == 0 else { throw HarnessError("status failed: \(outcome.errors)") }
    return try JSONDecoder().decode(CommandStatus.self, from: Data(outcome.output.utf8))
  }

  /// Every figure is accounted for: who gets a letter gets at least one.
  public var addsUp: Bool {
    let states = messages.filter { $0.key != "total" }.values.reduce(0, +)
    return states == messages["total"] && customers.total == customers.letter + customers.phone + customers.none
      && (state == "draft" || (messages["total"] ?? 0) >= customers.letter)
  }
}
