import Campaigns
import Foundation
import Mail

/// The DKIM record of each key that signs the letters, against the key itself.
struct DKIMCheck {
  let signing: DKIMPolicy?
  /// Nil when nothing here signs, and when a key file cannot be read.
  let signer: DKIMSigner?
  let from: Domain
  let dns: any DNSLookup

  func findings() async -> [PreflightFinding] {
    switch signing {
    case nil:
      return [
        PreflightFinding(
          .warning, .dkim, from.ascii,
          "The letters are not signed with DKIM, and large providers refuse such mail or take it for spam.",
          advice: "Make a key with `eilbrief dkim-key`, publish the record that it prints, and name the key in "
            + "campaign.yaml; or write “dkim: relay” where the relay signs.")
      ]
    case .relay:
      return [
        PreflightFinding(
          .warning, .dkim, from.ascii,
          "The relay signs (“dkim: relay”): with which key, and so which record DNS must have, is not known here.",
          advice: "Send yourself a letter through the relay and look at its source: “Authentication-Results” must have "
            + "“dkim=pass” with header.d=\(from.ascii), or a domain of yours above it.")
      ]
    case .here(let settings):
      guard let signer else {
        return [
          PreflightFinding(
            .unknown, .dkim, settings.domain.ascii,
            "The keys that sign cannot be read here, so they cannot be compared with what DNS has.",
            advice: "Run this check where the key files are.")
        ]
      }
      var findings: [PreflightFinding] = []
      for key in signer.keys { findings.append(await finding(key, signer.domain)) }
      return findings
    }
  }

  private func finding(_ key: DKIMSigner.Key, _ domain: Domain) async -> PreflightFinding {
    let record = DKIMRecord(domain: domain, selector: key.selector, key: key.key)
    let answer = await dns.answer(record.name, .txt)
    if case .unknown(let reason) = answer {
      return .unknown(.dkim, record.name, "whether the key's record is there", reason)
    }
    let texts = answer.records.compactMap { if case .text(let text) = $0 { text } else { nil } }
    let judgement = DKIMKeyRecord.judge(texts, key: key.key)
    return PreflightFinding(
      judgement.severity, .dkim, record.name, judgement.found, advice: judgement.advice,
      publish: judgement.severity == .error
        ? PreflightFinding.Entry(name: record.name, value: record.value) : nil)
  }
}

/// A key's record (RFC 6376 §3.6.1, RFC 8463) as verifiers read it: pure.
enum DKIMKeyRecord {
  struct Judgement: Sendable, Equatable {
    var severity: PreflightFinding.Severity
    var found: String
    var advice: String?
  }

  /// - Parameter texts: Every TXT record of the key's name.
  static func judge(_ texts: [[UInt8]], key: DKIMKey) -> Judgement {
    let kind = key.algorithm == .rsa ? "RSA" : "Ed25519"
    let unverifiable = "Receivers cannot check the \(kind) signature, and count it as none."
    guard let text = texts.first else {
      return Judgement(
        severity: .error, found: "DNS has no record of the \(kind) key. \(unverifiable)",
        advice: "Publish this TXT record, and wait until it is seen everywhere before you launch.")
    }
    func fault(_ words: String, _ advice: String = "Publish this one in its place.") -> Judgement {
      Judgement(severity: .error, found: "\(words) \(unverifiable)", advice: advice)
    }
    guard texts.count == 1 else {
      return fault(
        "DNS has \(texts.count) TXT records under this name, where only one may be.", "Leave this one alone.")
    }
    let shown = "The record \(ShownText.quoted(text, limit: 120))"
    let tags: TagList
    do throws(TagList.Fault) {
      tags = try TagList(text)
    } catch {
      return fault("\(shown) is no DKIM record: \(error).")
    }
    if let version = tags["v"], version != "DKIM1" || tags.tags.first?.name != "v" {
      return fault("\(shown) is no DKIM record: it does not begin with “v=DKIM1”.")
    }
    guard let encoded = tags["p"]?.filter({ !$0.isWhitespace }) else {
      return fault("\(shown) has no key: “p=” is missing.")
    }
    guard !encoded.isEmpty else {
      return fault(
        "The record says that the key is revoked (“p=” is empty).",
        "If it was revoked because others had it, make a new one with `eilbrief dkim-key`; else publish this record.")
    }
    let type = tags["k"] ?? "rsa"
    guard type == key.algorithm.keyType else {
      return fault("The record is for another kind of key (k=\(ShownText.quoted(type))).")
    }
    if let hashes = tags["h"], !list(hashes).contains("sha256") {
      return fault("The record does not allow SHA-256 (h=\(ShownText.quoted(hashes))), with which letters are signed.")
    }
    if let services = tags["s"], !list(services).contains(where: { $0 == "*" || $0 == "email" }) {
      return fault("The record is not for e-mail (s=\(ShownText.quoted(services))).")
    }
    if let problem = keyProblem(encoded, key) { return fault(problem) }
    if list(tags["t"] ?? "").contains("y") {
      return Judgement(
        severity: .warning,
        found:
          "The record has the key, but says that DKIM is only tried out (“t=y”): receivers may take signed letters "
          + "for unsigned ones.",
        advice: "Take “t=y” out of the record.")
    }
    return Judgement(severity: .ok, found: "The record has the \(kind) key that signs.", advice: nil)
  }

  private static func keyProblem(_ encoded: String, _ key: DKIMKey) -> String? {
    let wanted = Data(key.publicBytes).base64EncodedString()
    if encoded == wanted { return nil }
    if wanted.hasPrefix(encoded) {
      return "The record's key is cut off: \(encoded.utf8.count) of \(wanted.utf8.count) characters of “p=” are there."
    }
    guard let bytes = Data(base64Encoded: encoded) else { return "The record's key is damaged: “p=” is not base64." }
    if Array(bytes) == key.publicBytes { return nil }
    if key.algorithm == .rsa, bytes.count > 128, key.publicBytes.suffix(bytes.count) == Array(bytes)[...] {
      return "The record has the key in a form that many receivers do not read (RSAPublicKey)."
    }
    return "The record has another key than the one that signs."
  }

  private static func list(_ text: String) -> [String] {
    text.split(separator: ":").map { $0.filter { !$0.isWhitespace } }
  }
}
