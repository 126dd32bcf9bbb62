import Campaigns
import Delivery

/// Opens one connection to each relay before a plan is frozen: a wrong password or a relay that is down is found while
/// everything can still be changed. Sends nothing.
enum RelayProbe {
  /// Fails with exit 69 when no relay can be used.
  static func run(_ campaign: Campaign, _ transport: any Transport) async throws {
    var troubles: [RelayTrouble] = []
    for relay in campaign.relays {
      let session = transport.makeSession(relay: relay)
      switch await session.open() {
      case .success(let capabilities):
        await session.close()
        if campaign.sender.needsSMTPUTF8, !capabilities.smtpUTF8 { troubles.append(.noSMTPUTF8(relay)) }
      case .failure(let trouble): troubles.append(trouble)
      }
    }
    let words = troubles.map(\.message).joined(separator: "\n")
    guard troubles.count < campaign.relays.count else {
      throw Failure(.relay, "\(words)\nNothing was frozen and nothing was sent. Settle that, then launch again.")
    }
    if !troubles.isEmpty { Console.error("\(words)\nGoing on with the others.") }
  }
}
