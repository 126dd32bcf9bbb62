import Files
import Preflight

/// The words of `check --online`.
public enum OnlineText {
  private static let width = 100

  public static func text(_ online: OnlineCheck) -> String {
    let server = online.resolver.map { "name server \($0)" } ?? "the system's name servers"
    var lines = ["Online: DNS as \(server) gave it, relays opened as a launch opens them; nothing was sent"]
    for topic in PreflightFinding.Topic.allCases {
      let findings = online.findings.filter { $0.topic == topic }
      guard !findings.isEmpty else { continue }
      lines.append("  \(headline(topic))")
      lines += findings.flatMap(self.lines)
    }
    return lines.joined(separator: "\n")
  }

  /// The last sentence of `check`; nil when nothing online prevents a launch.
  public static func verdict(_ online: OnlineCheck, _ nextCommand: NextCommand) -> String? {
    let again = "`\(nextCommand.line(.checkOnline(resolver: online.resolver.map { "\($0)" })))`"
    let errors = online.count(.error)
    if errors > 0 {
      let isDNS = online.findings.contains { $0.severity == .error && $0.topic != .relay }
      return
        "Not ready: \(pluralized(errors, "error")) online, see above. Settle \(errors == 1 ? "it" : "them"), then "
        + "\(again) once more\(isDNS ? "; a record of DNS may take an hour or more to be seen everywhere." : ".")"
    }
    let unknown = online.count(.unknown)
    guard unknown > 0 else { return nil }
    return
      "Not known to be ready: \(pluralized(unknown, "thing")) could not be found out, see above. Try \(again) again."
  }

  private static func headline(_ topic: PreflightFinding.Topic) -> String {
    switch topic {
    case .spf: "SPF: the list in DNS of the servers that may send for the envelope sender's domain"
    case .dkim: "DKIM: the public key in DNS with which receivers check a letter's signature"
    case .dmarc: "DMARC: what receivers do with letters in your name that neither SPF nor DKIM vouches for"
    case .mx: "MX: the mail servers to which answers and bounces go"
    case .contacts: "Contacts: whether the domains that letters go to take mail"
    case .relay: "Relays: whether they take the letters"
    }
  }

  private static func lines(_ finding: PreflightFinding) -> [String] {
    let start = "    \(DisplayWidth.padded(finding.severity.rawValue, to: 9))"
    let indent = String(repeating: " ", count: 13)
    var lines = wrapped("\(finding.about): \(finding.found)", first: start, rest: indent)
    if let advice = finding.advice { lines += wrapped("To do: \(advice)", first: indent, rest: indent) }
    if let entry = finding.publish {
      // A value is never broken: it is to be copied.
      lines += ["name   \(entry.name)", "type   \(entry.type)", "value  \(entry.value)"].map { "\(indent)  \($0)" }
    }
    return lines
  }

  private static func wrapped(_ text: String, first: String, rest: String) -> [String] {
    var lines: [String] = []
    var line = first
    var used = DisplayWidth.of(first)
    var isEmpty = true
    for word in text.split(separator: " ") {
      let columns = DisplayWidth.of(word)
      if !isEmpty, used + 1 + columns > width {
        lines.append(line)
        (line, used) = (rest, DisplayWidth.of(rest))
        isEmpty = true
      }
      line += isEmpty ? "\(word)" : " \(word)"
      used += isEmpty ? columns : columns + 1
      isEmpty = false
    }
    return lines + [line]
  }
}
