import Campaigns
import Foundation
import Letters
import Mail
import Preflight
import SMTP

/// What `check --online` found outside this machine.
struct OnlineCheck: Encodable {
  /// The name server that was asked; nil for the system's.
  var resolver: String?
  var findings: [PreflightFinding]

  /// Opening a relay may take as long as a person waits for a check, not as long as a launch would.
  private static let timeouts = Timeouts(connect: .seconds(20), greeting: .seconds(60))

  static func run(
    _ prepared: PreparedCampaign, _ check: LetterCheck, server: NameServer?, at now: Date
  ) async throws -> OnlineCheck {
    let campaign = prepared.campaign
    let transport = CurlTransport(
      passwords: RelayCredentials.readable(campaign), clientName: RelayCredentials.clientName, timeouts: timeouts,
      clock: ContinuousClock())
    let preflight = Preflight(
      campaign: campaign, signer: prepared.signing.dkim, needs: try needs(prepared, check, at: now), at: now)
    let findings = await preflight.findings(dns: DNSResolver(server: server, clock: ContinuousClock())) { relay in
      await transport.inspect(relay)
    }
    return OnlineCheck(resolver: server.map { "\($0)" }, findings: findings)
  }

  func count(_ severity: PreflightFinding.Severity) -> Int { findings.count { $0.severity == severity } }

  var hasWarnings: Bool { count(.warning) > 0 }

  /// Nil when the command ends with 0, as far as this goes.
  var status: ExitStatus? {
    let errors = findings.filter { $0.severity == .error }
    if errors.contains(where: { $0.topic != .relay }) { return .data }
    if !errors.isEmpty { return .relay }
    return count(.unknown) > 0 ? .stopped : nil
  }

  private static func needs(_ prepared: PreparedCampaign, _ check: LetterCheck, at now: Date) throws -> LetterNeeds {
    let isInternational = !prepared.campaign.sender.from.address.isASCII
    let letters = check.letters.values.reduce(0, +)
    let count = isInternational ? letters : check.international.count
    guard let (letter, customer) = check.largest else { return LetterNeeds(largest: nil, international: count) }
    // Message-ID and boundary are as long with any key.
    let composer = LetterComposer(
      campaign: prepared.campaign, key: [UInt8](repeating: 0, count: 32), signer: prepared.signing.signer)
    let bytes = try composer.bytes(for: letter, to: customer, date: now, encoding: .quotedPrintable)
    return LetterNeeds(largest: bytes.count, international: count)
  }
}
