import Campaigns
import Delivery

/// Opens one connection to each relay before a plan is frozen: a wrong password or a relay that is down is found while
/// everything can still be changed. Sends nothing.
enum RelayProbe {
  /// Returns the reasons why some of the relays cannot be used; fails with the kind `relay` when none can.
  static func run(_ campaign: Campaign, _ transport: any Transport) async throws(OperatorError) -> [RelayUnavailable] {
    var troubles: [RelayUnavailable] = []
    for relay in campaign.relays {
      let session = transport.makeSession(relay: relay)
      switch await session.open() {
      case .success(let capabilities):
        await session.close()
        if campaign.sender.needsSMTPUTF8, !capabilities.smtpUTF8 { troubles.append(.noSMTPUTF8(relay)) }
      case .failure(let trouble): troubles.append(trouble)
      }
    }
    guard troubles.count < campaign.relays.count else {
      let isOurs = troubles.contains { $0.kind == .noDescriptors }
      let messages = troubles.map(\.message).joined(separator: "\n")
      throw OperatorError(
        isOurs ? .stopped : .relay,
        "\(messages)\nNothing was frozen and nothing was sent. Settle that, then launch again.")
    }
    return troubles
  }
}
