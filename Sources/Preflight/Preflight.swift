public import Campaigns
public import Foundation
public import Mail
public import SMTP

/// Everything outside this machine that decides whether letters arrive and are believed: DNS and the relays, checked
/// before a launch. Sends nothing, changes nothing.
///
/// Each result is a value; nothing is thrown. What cannot be found out is ``PreflightFinding/Severity/unknown``.
public struct Preflight: Sendable {
  private let campaign: Campaign
  private let signer: DKIMSigner?
  private let needs: LetterNeeds
  private let contacts: ContactDomains
  private let now: Date

  /// - Parameter signer: Nil when nothing here signs, and when a key file cannot be read.
  public init(
    campaign: Campaign, signer: DKIMSigner?, needs: LetterNeeds, contacts: ContactDomains = ContactDomains(),
    at now: Date
  ) {
    self.campaign = campaign
    self.signer = signer
    self.needs = needs
    self.contacts = contacts
    self.now = now
  }

  /// Returns the findings in the order of ``PreflightFinding/Topic``.
  ///
  /// - Parameters:
  ///   - makeDNS: Makes a resolver. One is asked about the campaign itself, others about its customers' domains.
  ///   - relays: Inspects one relay; the relays are inspected side by side.
  public func findings(
    dns makeDNS: @escaping @Sendable () -> any DNSLookup,
    relays inspect: @escaping @Sendable (Relay) async -> RelayInspection
  ) async -> [PreflightFinding] {
    async let seen = inspections(inspect)
    async let reached = ContactDomainCheck(domains: contacts, dns: makeDNS).findings()
    let dns = makeDNS()
    let from = campaign.sender.from.address
    let envelope = campaign.bounces?.address ?? from
    var findings = await SPFCheck(sender: envelope, relays: campaign.relays, dns: dns).findings()
    findings += await DKIMCheck(signing: campaign.dkim, signer: signer, from: from.domain, dns: dns).findings()
    findings += await DMARCCheck(from: from.domain, envelope: envelope.domain, signing: campaign.dkim, dns: dns)
      .findings()
    findings += await MXCheck(sender: campaign.sender, bounces: campaign.bounces, dns: dns).findings()
    return await findings + reached + relayFindings(seen)
  }

  private func inspections(
    _ inspect: @escaping @Sendable (Relay) async -> RelayInspection
  ) async -> [RelayInspection] {
    await withTaskGroup(of: (Int, RelayInspection).self) { group in
      for (index, relay) in campaign.relays.enumerated() {
        group.addTask { (index, await inspect(relay)) }
      }
      var all = [RelayInspection](repeating: RelayInspection(), count: campaign.relays.count)
      for await (index, inspection) in group { all[index] = inspection }
      return all
    }
  }

  private func relayFindings(_ inspections: [RelayInspection]) -> [PreflightFinding] {
    let usable = inspections.count { $0.trouble == nil }
    // The last letter may be sent for the first time at the deadline, as far as anybody knows.
    let window = TimeInterval(campaign.retry.giveUpAfter.components.seconds)
    let end = max(campaign.deadline.date, now).addingTimeInterval(window)
    return zip(campaign.relays, inspections).flatMap { relay, inspection in
      RelayCheck(
        relay: relay, inspection: inspection, needs: needs, end: end, now: now, isSpare: usable > 0,
        timeText: { "\(campaign.localTime($0))" }
      ).findings()
    }
  }
}
