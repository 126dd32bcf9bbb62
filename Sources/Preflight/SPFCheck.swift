import Campaigns
import Mail

/// SPF of the envelope sender's domain: whether there is a list of permitted senders, whether it is sound, and whether
/// our relays are on it.
struct SPFCheck {
  let sender: EmailAddress
  let relays: [Relay]
  let dns: any DNSLookup

  private var domain: String { sender.domain.ascii }

  func findings() async -> [PreflightFinding] {
    switch await SPFPolicy.of(domain, dns) {
    case .unknown(let reason):
      return [.unknown(.spf, domain, "whether there is an SPF record", reason)]
    case .none:
      return [
        finding(
          .error,
          "DNS has no SPF record of \(domain). Without a list of who may send, receivers cannot tell your letters from "
            + "forged ones; many refuse them or put them into spam.",
          "Publish this TXT record, with every other server that sends for the domain added to it (office, website, "
            + "newsletter). Your relay's operator may ask for an “include:” of theirs in its place.",
          publish: suggestion)
      ]
    case .several(let count):
      return [
        finding(
          .error,
          "DNS has \(count) SPF records of \(domain), where only one may be: receivers look at none of them (permerror).",
          "Delete all but one, and put what they allow into that one, behind a single “v=spf1”.")
      ]
    case .faulty(let text, let fault):
      return [
        finding(
          .error,
          "The SPF record \(ShownText.quoted(text)) is wrong: \(fault). Receivers look at none of it (permerror).",
          "Correct the record.")
      ]
    case .record(let record, let text):
      let survey = await SPFSurvey.of(record, domain: domain, sender: "\(sender)", dns: dns)
      let results = await relayResults()
      return [sound(survey, text, results)] + doubts(survey, hasRedirect: record.redirect != nil)
        + results.map { relay, seen in relayFinding(relay, seen) }
    }
  }

  // MARK: The record

  private func sound(
    _ survey: SPFSurvey, _ text: [UInt8], _ results: [(relay: Relay, seen: Seen)]
  ) -> PreflightFinding {
    let record = "The SPF record is \(ShownText.quoted(text))"
    if let fault = survey.faults.first {
      return finding(
        .error, "\(record). \(fault.capitalizedFirst). Receivers look at none of it then (permerror).",
        "Correct the record, or take this term out of it.")
    }
    if survey.lookups > SPFEvaluation.mostLookups {
      let passes = !results.isEmpty && results.allSatisfy { $0.seen.passes }
      return finding(
        passes ? .warning : .error,
        "\(record). It needs \(survey.lookups) look-ups in DNS; after \(SPFEvaluation.mostLookups) receivers give up "
          + "(permerror)" + (passes ? ", though your relays are found before that." : "."),
        "Take terms out: “include”, “a”, “mx”, “exists” and “redirect” cost one each, also inside what is included; "
          + "“ip4” and “ip6” cost nothing.")
    }
    if survey.voids.count > SPFEvaluation.mostVoidLookups {
      return finding(
        .error,
        "\(record). \(survey.voids.count) of its names have no addresses (\(survey.voids.prefix(4).joined(separator: ", ")));"
          + " after \(SPFEvaluation.mostVoidLookups) such look-ups receivers give up (permerror).",
        "Take these names out of the record.")
    }
    if let unknown = survey.unknowns.first {
      return .unknown(.spf, domain, "what all of the SPF record \(ShownText.quoted(text)) refers to", unknown)
    }
    return finding(
      .ok, "\(record); \(survey.lookups) of the \(SPFEvaluation.mostLookups) look-ups a receiver makes.")
  }

  private func doubts(_ survey: SPFSurvey, hasRedirect: Bool) -> [PreflightFinding] {
    var findings: [PreflightFinding] = []
    switch survey.all {
    case .pass:
      findings.append(
        finding(
          .warning, "It ends in “+all”: everybody in the world may send in your name, today too.",
          "Write “~all” or “-all” at its end."))
    case .neutral:
      findings.append(
        finding(
          .warning,
          "It ends in “?all”: it says nothing about servers that are not listed, so forgeries are not doubted.",
          "Write “~all” at its end."))
    case nil where survey.faults.isEmpty && survey.unknowns.isEmpty:
      findings.append(
        finding(
          .warning, "It has no “all” at its end: forgeries from servers that are not listed are not doubted.",
          "Write “~all” at its end."))
    case nil, .fail, .softfail: break
    }
    if survey.usesPTR {
      findings.append(
        finding(
          .warning, "It uses “ptr”, which is slow and no longer to be used (RFC 7208 §5.5); some receivers skip it.",
          "Name the servers by “ip4:”, “ip6:” or “a:” instead."))
    }
    return findings
  }

  // MARK: The relays

  private enum Seen {
    case results([(address: IPAddress, result: SPFEvaluation.Result)])
    case local(String)
    case unknown(String)

    var passes: Bool { if case .results(let all) = self { all.allSatisfy { $0.result == .pass } } else { false } }
  }

  private func relayResults() async -> [(relay: Relay, seen: Seen)] {
    var all: [(Relay, Seen)] = []
    for relay in relays {
      switch await RelayAddresses.of(relay, dns) {
      case .local(let place): all.append((relay, .local(place)))
      case .unknown(let reason): all.append((relay, .unknown(reason)))
      case .open(let addresses):
        var results: [(IPAddress, SPFEvaluation.Result)] = []
        for address in addresses {
          var evaluation = SPFEvaluation(address: address, sender: "\(sender)", helo: relay.host, dns: dns)
          results.append((address, await evaluation.result(for: domain)))
        }
        all.append((relay, .results(results)))
      }
    }
    return all
  }

  private func relayFinding(_ relay: Relay, _ seen: Seen) -> PreflightFinding {
    let other = "The relay may send from other addresses than the one that takes letters; its operator knows them."
    switch seen {
    case .local(let place):
      return finding(
        .warning,
        "Relay “\(relay.name)” is at \(place), which only this machine or its network can see: with which address it "
          + "reaches receivers, and so whether the record allows it, cannot be told from here.",
        "Find out the public address it sends from, and see that the record has it (“ip4:ADDRESS”).")
    case .unknown(let reason):
      return .unknown(.spf, domain, "whether the record allows relay “\(relay.name)”", reason)
    case .results(let all):
      if all.allSatisfy({ $0.result == .pass }) {
        let addresses = all.map { "\($0.address)" }.joined(separator: ", ")
        return finding(.ok, "The record allows relay “\(relay.name)” (\(addresses)). \(other)")
      }
      if let (_, result) = all.first(where: { if case .temperror = $0.result { true } else { false } }),
        case .temperror(let reason) = result
      {
        return .unknown(.spf, domain, "whether the record allows relay “\(relay.name)”", reason)
      }
      let refused = all.filter { $0.result != .pass }
      let words = refused.map { "\($0.address): \($0.result.name)" }.joined(separator: ", ")
      return finding(
        .warning, "The record does not allow relay “\(relay.name)” (\(words)). \(other)",
        "If letters leave from there, add \(refused.map { "“\($0.address.isV4 ? "ip4" : "ip6"):\($0.address)”" }.joined(separator: " ")) "
          + "before “all”, or the “include:” that the relay's operator names.")
    }
  }

  /// The text a suggested record has in place of an address that only the operator knows.
  private static let unknownAddress = "ADDRESS"

  /// The term that allows a relay; nil when the address that it sends from is not known here.
  private static func term(_ relay: Relay) -> String? {
    if let address = IPAddress(relay.host) {
      return address.isLocal ? nil : "\(address.isV4 ? "ip4" : "ip6"):\(address)"
    }
    return relay.host.contains(".") ? "a:\(relay.host)" : nil
  }

  /// A record that allows the relays and the servers that receive the domain's mail, and doubts the rest.
  private var suggestion: PreflightFinding.Entry {
    var terms = ["v=spf1", "mx"]
    for term in relays.map({ Self.term($0) ?? "ip4:\(Self.unknownAddress)" }) where !terms.contains(term) {
      terms.append(term)
    }
    return PreflightFinding.Entry(name: domain, value: (terms + ["~all"]).joined(separator: " "))
  }

  private func finding(
    _ severity: PreflightFinding.Severity, _ found: String, _ advice: String? = nil,
    publish: PreflightFinding.Entry? = nil
  ) -> PreflightFinding {
    let hint =
      publish != nil && relays.contains { Self.term($0) == nil }
      ? " \(Self.unknownAddress) stands for the public address that your relay sends from." : ""
    return PreflightFinding(severity, .spf, domain, found, advice: advice.map { $0 + hint }, publish: publish)
  }
}

extension String {
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
