import Campaigns
import Delivery
import Files
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
    _ loaded: LoadedCampaign, _ check: LetterCheck, contacts: ContactDomains, resolver: NameServer?,
    _ dependencies: Dependencies
  ) async throws -> OnlineCheck {
    let step = StepProgress.begin(.lookingOutside)
    defer { step.end() }
    let campaign = loaded.campaign
    let now = dependencies.now
    let secrets = RelayCredentials.readable(campaign, credentials: dependencies.credentials)
    let preflight = Preflight(
      campaign: campaign, signer: loaded.keys.dkim, needs: try check.needs(loaded, at: now), contacts: contacts,
      at: now)
    let makeDNS = { @Sendable in dependencies.dns(resolver) }
    let log = dependencies.logging(of: campaign.name).log
    let findings = await preflight.findings(dns: makeDNS) { relay in
      let control = SessionControl(openingLimit: RelayProbe.longest)
      return await WaitLog.telling(control, to: log) {
        await dependencies.inspect(relay, secrets, control)
      }
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
}
