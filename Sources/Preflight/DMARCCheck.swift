import Campaigns
import Mail

/// DMARC of the domain in From: the policy that receivers apply, and whether SPF and DKIM count for it.
struct DMARCCheck {
  let from: Domain
  /// The envelope sender's domain.
  let envelope: Domain
  let signing: DKIMPolicy?
  let dns: any DNSLookup

  private enum Policy {
    case record(DMARCRecord, at: String, text: [UInt8])
    /// Ends the search too (RFC 7489 §6.6.3).
    case finding(PreflightFinding)
    case none
  }

  func findings() async -> [PreflightFinding] {
    let owner = OrganisationalDomain.of(from.ascii) ?? from.ascii
    var policy = await policy(of: from.ascii)
    if case .none = policy, owner != from.ascii { policy = await self.policy(of: owner) }
    switch policy {
    case .none:
      return [
        PreflightFinding(
          .warning, .dmarc, from.ascii,
          "DNS has no DMARC record of \(from.ascii)\(owner == from.ascii ? "" : ", nor of \(owner)"). Nothing tells "
            + "receivers what to do with forged letters in your name, which often follow a breach; large providers "
            + "demand a record of whoever sends much.",
          advice: "Publish this TXT record: it refuses nothing yet. Once the reports, sent to the address in it, show "
            + "that all your own mail passes, write p=quarantine, then p=reject.",
          publish: PreflightFinding.Entry(
            name: "_dmarc.\(owner)", value: "v=DMARC1; p=none; rua=mailto:postmaster@\(owner)"))
      ]
    case .finding(let finding): return [finding]
    case .record(let record, let place, let text):
      return [stated(record, place, text)] + [alignment(record, place)].compactMap { $0 }
    }
  }

  private func policy(of domain: String) async -> Policy {
    let name = "_dmarc.\(domain)"
    let answer = await dns.answer(name, .txt)
    if case .unknown(let reason) = answer {
      return .finding(.unknown(.dmarc, name, "whether there is a DMARC record", reason))
    }
    let texts = answer.records.compactMap { if case .text(let text) = $0 { text } else { nil } }
    let own = texts.filter(DMARCRecord.isDMARC)
    guard let text = own.first else {
      let near = texts.first { String(decoding: $0.prefix(7), as: UTF8.self).lowercased() == "v=dmarc" }
      return near.map { near in
        .finding(
          error(
            name, "The record \(ShownText.quoted(near)) is not taken for one of DMARC.", "Begin it with “v=DMARC1;”."))
      } ?? .none
    }
    guard own.count == 1 else {
      return .finding(
        error(
          name, "DNS has \(own.count) DMARC records under this name, where only one may be: receivers look at none.",
          "Delete all but one."))
    }
    do throws(DMARCRecord.Fault) {
      return .record(try DMARCRecord(text), at: domain, text: text)
    } catch let fault {
      return .finding(
        error(
          name, "The DMARC record \(ShownText.quoted(text)) is wrong: \(fault). Receivers look at none of it.",
          "Correct the record."))
    }
  }

  private func error(_ name: String, _ found: String, _ advice: String) -> PreflightFinding {
    PreflightFinding(.error, .dmarc, name, found, advice: advice)
  }

  private func effective(_ record: DMARCRecord, _ place: String) -> DMARCRecord.Policy {
    place == from.ascii ? record.policy : record.subdomainPolicy ?? record.policy
  }

  private func stated(_ record: DMARCRecord, _ place: String, _ text: [UInt8]) -> PreflightFinding {
    let name = "_dmarc.\(place)"
    let policy = effective(record, place)
    let consequence =
      switch policy {
      case .none: "forged letters in your name are delivered like real ones"
      case .quarantine: "letters that neither SPF nor DKIM vouches for go into spam"
      case .reject: "letters that neither SPF nor DKIM vouches for are refused"
      }
    let share = record.percent < 100 && policy != .none ? ", for \(record.percent) of 100 of them" : ""
    let found = "The DMARC record is \(ShownText.quoted(text)): \(consequence)\(share)."
    if !record.oddities.isEmpty {
      return PreflightFinding(
        .warning, .dmarc, name,
        "\(found) Receivers skip what they do not know: \(record.oddities.joined(separator: "; ")).",
        advice: "Correct the record.")
    }
    if policy == .none {
      return PreflightFinding(
        .warning, .dmarc, name, found,
        advice: "Not before this launch, but soon: once the reports show that all your own mail passes, write "
          + "p=quarantine, then p=reject.\(record.reports.isEmpty ? " There are none yet: add “rua=mailto:ADDRESS”." : "")"
      )
    }
    return PreflightFinding(.ok, .dmarc, name, found)
  }

  /// Nil where nothing signs here and there is nothing to say beyond what SPF and DKIM have said.
  private func alignment(_ record: DMARCRecord, _ place: String) -> PreflightFinding? {
    let isEnforced = effective(record, place) != .none
    let spf = OrganisationalDomain.isAligned(envelope.ascii, with: from.ascii, strict: record.strictSPF)
    let spfWords =
      "SPF counts for \(from.ascii), because envelope sender and From have \(spf ? "one" : "different") domain\(spf ? "" : "s")"
    switch signing {
    case .relay: return nil
    case nil:
      return PreflightFinding(
        isEnforced ? .error : .warning, .dmarc, from.ascii,
        "\(spfWords); there is no signature. Letters that a receiver forwards come from a server that SPF does not allow, "
          + "so nothing vouches for them then\(isEnforced ? ", and they are refused or go into spam" : "").",
        advice: "Sign the letters: `eilbrief dkim-key` makes a key.")
    case .here(let settings):
      let signed = settings.domain.ascii
      guard OrganisationalDomain.isAligned(signed, with: from.ascii, strict: record.strictDKIM) else {
        let reason =
          record.strictDKIM
          ? "the record demands the very same domain (adkim=s)" : "\(signed) is not a domain of the same owner"
        return PreflightFinding(
          isEnforced ? .error : .warning, .dmarc, from.ascii,
          "The signature (d=\(signed)) does not count for \(from.ascii), because \(reason).",
          advice: "Sign for \(from.ascii): make a key with `eilbrief dkim-key --domain \(from.ascii)`, and set "
            + "“domain” of “dkim” in campaign.yaml.")
      }
      return PreflightFinding(
        .ok, .dmarc, from.ascii, "\(spfWords), and so does DKIM (d=\(signed)): one of them has to pass.")
    }
  }
}
