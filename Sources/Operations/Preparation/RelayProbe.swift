import Campaigns
import Delivery
import Files
import Logging
import Preflight

/// Opens one connection to each relay before a plan is frozen, side by side: a wrong password, a relay that is down or
/// one that takes only smaller letters is found while everything can still be changed. Sends nothing.
///
/// Lasts ``longest`` at most, and ``grace`` from the moment at which one relay is known to be fit: a relay that is dead
/// costs the launch through another one no more than that. Fails with the kind `relay` when no relay can be used, and
/// when one that can would refuse the largest letter.
struct RelayProbe {
  let campaign: Campaign
  let needs: LetterNeeds
  let transport: any Transport
  let time: any DeliveryClock
  let log: Logger

  /// How long a relay is tried in all.
  static let longest = Duration.seconds(60)
  /// How long the others are waited for when one relay is fit.
  static let grace = Duration.seconds(2)

  private enum Event: Sendable {
    case opened(Int, Result<RelayCapabilities, RelayUnavailable>)
    case tick
  }

  /// Returns the reasons why some of the relays cannot be used, in the order of the relays.
  func run() async throws(OperatorError) -> [RelayUnavailable] {
    let results = await open()
    var troubles: [RelayUnavailable] = []
    var objections: [String] = []
    for (relay, result) in zip(campaign.relays, results) {
      switch result {
      case .success(let capabilities):
        if campaign.sender.needsSMTPUTF8, !capabilities.smtpUTF8 {
          troubles.append(.noSMTPUTF8(relay))
        } else if let objection = needs.objection(to: capabilities) {
          objections.append("\(relay.name) (\(relay.host):\(relay.port)) \(objection).")
        }
      case .failure(let trouble): troubles.append(trouble)
      }
    }
    guard objections.isEmpty else {
      throw OperatorError(
        .relay,
        """
        \(objections.joined(separator: "\n"))
        Nothing was frozen and nothing was sent. \(LetterNeeds.advice) A relay that cannot take the letters may also be \
        taken out of campaign.yaml.
        """)
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

  /// What opening each relay came to; the sessions are closed again.
  private func open() async -> [Result<RelayCapabilities, RelayUnavailable>] {
    let control = SessionControl(openingLimit: Self.longest)
    let sessions = campaign.relays.map { transport.makeSession(relay: $0, control: control) }
    var results = [Result<RelayCapabilities, RelayUnavailable>?](repeating: nil, count: sessions.count)
    let interval = Duration.milliseconds(200)
    let step = StepProgress.begin(.tryingRelays, of: sessions.count)
    defer { step.end() }
    await withTaskGroup(of: Event.self) { group in
      for (index, session) in sessions.enumerated() {
        group.addTask { .opened(index, await session.open()) }
      }
      group.addTask { await tick(interval) }
      var waits = WaitLog()
      var sinceFit = Duration.zero
      for await event in group {
        switch event {
        case .opened(let index, let result):
          results[index] = result
          step.advance()
        case .tick:
          waits.tell(control, to: log)
          if zip(campaign.relays, results).contains(where: isFit) { sinceFit += interval }
          if sinceFit < Self.grace { group.addTask { await tick(interval) } }
        }
        if !results.contains(where: { $0 == nil }) || sinceFit >= Self.grace { break }
      }
      group.cancelAll()
    }
    // A relay that does not answer QUIT costs no time either.
    control.stop(waiting: .zero)
    await withTaskGroup(of: Void.self) { group in
      for session in sessions { group.addTask { await session.close() } }
    }
    return zip(campaign.relays, results).map { relay, result in result ?? .failure(Self.silent(relay)) }
  }

  private func tick(_ interval: Duration) async -> Event {
    // Cancelled when the probe is over.
    try? await time.pause(for: interval)
    return .tick
  }

  private func isFit(_ relay: Relay, _ result: Result<RelayCapabilities, RelayUnavailable>?) -> Bool {
    guard case .success(let capabilities) = result else { return false }
    return (capabilities.smtpUTF8 || !campaign.sender.needsSMTPUTF8) && needs.objection(to: capabilities) == nil
  }

  private static func silent(_ relay: Relay) -> RelayUnavailable {
    RelayUnavailable(
      kind: .unreachable, phase: .greeting, reply: nil,
      message: """
        \(relay.host):\(relay.port): no session within \(grace.components.seconds) seconds, while another relay is ready. \
        It is tried again during the launch; whether it takes letters as large as the largest is not known.
        """)
  }
}
