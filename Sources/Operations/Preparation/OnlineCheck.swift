import Campaigns
import Foundation
import Letters
import Mail
public import Preflight
import SMTP

/// The findings of a check outside this machine: DNS and the relays.
public struct OnlineCheck: Sendable {
  /// The name server that was asked; nil for the system's.
  public let resolver: NameServer?
  public let findings: [PreflightFinding]

  static func run(
    _ loaded: LoadedCampaign, _ check: LetterCheck, resolver: NameServer?, _ dependencies: Dependencies
  ) async throws -> OnlineCheck {
    let campaign = loaded.campaign
    let now = dependencies.now
    let secrets = RelayCredentials.readable(campaign, credentials: dependencies.credentials)
    let preflight = Preflight(
      campaign: campaign, signer: loaded.keys.dkim, needs: try needs(loaded, check, at: now), at: now)
    let findings = await preflight.findings(dns: dependencies.dns(resolver)) { relay in
      await dependencies.inspect(relay, secrets)
    }
    return OnlineCheck(resolver: resolver, findings: findings)
  }

  public func count(_ severity: PreflightFinding.Severity) -> Int { findings.count { $0.severity == severity } }
  public var hasWarnings: Bool { count(.warning) > 0 }

  /// The kind of the errors, the first in the order data, relay, stopped (something could not be found out); nil when
  /// nothing prevents a launch.
  public var fault: OperatorError.Kind? {
    let errors = findings.filter { $0.severity == .error }
    if errors.contains(where: { $0.topic != .relay }) { return .data }
    if !errors.isEmpty { return .relay }
    return count(.unknown) > 0 ? .stopped : nil
  }

  private static func needs(_ loaded: LoadedCampaign, _ check: LetterCheck, at now: Date) throws -> LetterNeeds {
    let isInternational = !loaded.campaign.sender.from.address.isASCII
    let count = isInternational ? check.count : check.international.count
    guard let (letter, customer) = check.largest else { return LetterNeeds(largest: nil, international: count) }
    // Message-ID and boundary are as long with any key.
    let composer = LetterComposer(
      campaign: loaded.campaign, key: [UInt8](repeating: 0, count: 32), signer: loaded.keys.signer)
    let bytes = try composer.bytes(for: letter, to: customer, date: now, encoding: .quotedPrintable)
    return LetterNeeds(largest: bytes.count, international: count)
  }
}
