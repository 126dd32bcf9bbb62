import Campaigns
import Delivery
import Foundation
import SMTP

/// A relay as its opening has shown it, against what a campaign needs of it: pure.
struct RelayCheck {
  let relay: Relay
  let inspection: RelayInspection
  let needs: LetterNeeds
  /// The time until which letters may be sent: the certificate should last as long.
  let end: Date
  let now: Date
  /// Another relay can be used.
  let isSpare: Bool
  let timeText: (Date) -> String

  func findings() -> [PreflightFinding] {
    var findings: [PreflightFinding] = []
    if let trouble = inspection.trouble {
      let others = isSpare ? " A launch continues with the other relays." : ""
      findings.append(
        finding(isSpare ? .warning : .error, "It cannot be used: \(ShownText.plain(trouble.message))\(others)"))
    } else {
      findings.append(finding(.ok, "It answers at \(place)."))
    }
    findings += [security, login].compactMap { $0 }
    if inspection.capabilities != nil { findings += [size, international, extensions].compactMap { $0 } }
    return findings
  }

  private var place: String {
    let host = relay.host.contains(":") ? "[\(relay.host)]:\(relay.port)" : "\(relay.host):\(relay.port)"
    guard let address = inspection.address, address != relay.host else { return host }
    return "\(host) (\(ShownText.plain(address)))"
  }

  private var security: PreflightFinding? {
    guard let tls = inspection.tls else {
      guard relay.tls == .none, inspection.capabilities != nil else { return nil }
      if isOnThisMachine {
        return finding(.ok, "Letters go to it without TLS, and do not leave this machine that way.")
      }
      return finding(
        .warning, "Letters go to it without TLS: whoever is on the way can read and change them.",
        inspection.offersStartTLS
          ? "It offers STARTTLS: take “tls: none” out of campaign.yaml."
          : "Use smtps:// in campaign.yaml if the relay has it.")
    }
    let names = "of \(ShownText.plain(tls.subject)), issued by \(ShownText.plain(tls.issuer))"
    let text =
      "\(ShownText.plain(tls.version))\(relay.tls == .startTLS ? " by STARTTLS" : "") with \(ShownText.plain(tls.cipher)); "
      + "certificate \(names), valid until \(timeText(tls.validUntil))."
    let soon = now.addingTimeInterval(Self.renewal)
    guard tls.validUntil < max(end, soon) else { return finding(.ok, text) }
    let reason =
      tls.validUntil < soon ? "That is within 14 days." : "Letters may be tried again until \(timeText(end))."
    return finding(
      .warning, "\(text) \(reason) From then on nothing can be sent through it.",
      "Ask the relay's operator to renew the certificate.")
  }

  private static let renewal: TimeInterval = 14 * 86_400

  private var isOnThisMachine: Bool {
    relay.host == "localhost" || relay.host.hasPrefix("127.") || relay.host == "::1"
  }

  private var login: PreflightFinding? {
    guard relay.username != nil, inspection.capabilities != nil else { return nil }
    let offered = inspection.mechanisms ?? []
    let mechanism = SASLMechanism.choice(for: relay.authentication, offered: offered)
    let method = mechanism?.rawValue ?? relay.authentication.rawValue.uppercased()
    if inspection.isAuthenticated { return finding(.ok, "It takes the login (AUTH \(method)).") }
    // A login that was tried and refused is covered by the trouble above.
    guard inspection.trouble == nil else { return nil }
    guard inspection.mechanisms != nil else {
      return finding(
        .error, "It offers no AUTH, and campaign.yaml wants AUTH \(method).",
        "Check the port, or take username out if the relay needs none.")
    }
    guard mechanism != nil else {
      let advice = MechanismAdvice(offered: offered, wanted: relay.authentication)
      return finding(.error, "AUTH: \(ShownText.plain(advice.finding)).", advice.advice)
    }
    let secret = relay.authentication == .xoauth2 ? "access token" : "password"
    return finding(
      .unknown, "It offers AUTH \(method); whether it takes the login is not known, because the \(secret) is not here.",
      "Run this check where \(relay.secretPlace) is.")
  }

  private var size: PreflightFinding? {
    guard let capabilities = inspection.capabilities else { return nil }
    guard let largest = needs.largest(through: capabilities) else { return nil }
    if let objection = needs.objection(to: capabilities) {
      return finding(.error, "It \(objection): it would be refused.", LetterNeeds.advice)
    }
    let letter = "the largest letter has \(LetterNeeds.bytes(largest))"
    guard let limit = capabilities.size else {
      return finding(.ok, "It names no limit for a message's size; \(letter).")
    }
    return finding(.ok, "It takes messages up to \(LetterNeeds.bytes(limit)); \(letter).")
  }

  private var international: PreflightFinding? {
    guard needs.international > 0, inspection.capabilities?.smtpUTF8 == false else { return nil }
    let customers = needs.international == 1 ? "1 customer has" : "\(needs.international) customers have"
    return finding(
      .warning,
      "It does not offer SMTPUTF8, and \(customers) an address with letters beyond ASCII before the “@”: they "
        + "cannot be written to through it.",
      "Use a relay with SMTPUTF8 for them, or call them.")
  }

  private var extensions: PreflightFinding? {
    guard let capabilities = inspection.capabilities else { return nil }
    let all = [
      ("PIPELINING", capabilities.pipelining), ("8BITMIME", capabilities.eightBitMIME),
      ("SMTPUTF8", capabilities.smtpUTF8), ("DSN", inspection.offersDSN),
    ]
    let offered = all.filter(\.1).map(\.0)
    let missing = all.filter { !$0.1 }.map(\.0)
    let words =
      offered.isEmpty
      ? "It offers none of the extensions that are used or useful" : "It offers \(offered.joined(separator: ", "))"
    return finding(
      .ok, missing.isEmpty || offered.isEmpty ? "\(words)." : "\(words), not \(missing.joined(separator: ", ")).")
  }

  private func finding(
    _ severity: PreflightFinding.Severity, _ found: String, _ advice: String? = nil
  ) -> PreflightFinding {
    PreflightFinding(severity, .relay, relay.name, found, advice: advice)
  }
}

extension Relay {
  /// Where the password or token comes from.
  fileprivate var secretPlace: String {
    switch token {
    case .file(let file)?: file.path
    case .command(let words)?: words.first ?? "token_command"
    case nil: passwordFile?.path ?? "the password file"
    }
  }
}
