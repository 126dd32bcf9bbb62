/// A domain's policy for letters that neither SPF nor DKIM vouches for (RFC 7489 §6.3): pure syntax.
struct DMARCRecord: Sendable, Equatable {
  enum Policy: String, Sendable, CaseIterable { case none, quarantine, reject }

  var policy: Policy
  /// The policy for names below the domain; nil when it is the same.
  var subdomainPolicy: Policy?
  var strictDKIM = false
  var strictSPF = false
  /// The percentage of letters to which the policy applies.
  var percent = 100
  /// The addresses to which reports go.
  var reports: [String] = []
  /// The parts that receivers skip, as English clauses.
  var oddities: [String] = []

  struct Fault: Error, Hashable, CustomStringConvertible {
    let description: String
  }

  /// Whether a TXT record is a DMARC record at all: `v=DMARC1` comes first, in exactly these letters.
  static func isDMARC(_ text: [UInt8]) -> Bool {
    let parts = String(decoding: text, as: UTF8.self).split(
      separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first else { return false }
    return first.filter { !$0.isWhitespace } == "v=DMARC1"
  }

  init(_ text: [UInt8]) throws(Fault) {
    let tags: TagList
    do throws(TagList.Fault) {
      tags = try TagList(text)
    } catch {
      throw Fault(description: "\(error)")
    }
    reports = (tags["rua"] ?? "").split(separator: ",").map { $0.filter { !$0.isWhitespace } }
    if let value = tags["p"] {
      if let found = Policy(rawValue: value.lowercased()) {
        policy = found
      } else {
        // §6.6.3: with an address for reports the policy counts as `none`.
        guard !reports.isEmpty else {
          throw Fault(description: "p=\(ShownText.quoted(value)) is none of none, quarantine and reject")
        }
        policy = .none
        oddities.append("p=\(ShownText.quoted(value)) is none of none, quarantine and reject, and counts as none")
      }
    } else {
      guard !reports.isEmpty else { throw Fault(description: "“p=” is missing") }
      policy = .none
      oddities.append("“p=” is missing, which counts as none")
    }
    if let value = tags["sp"] {
      subdomainPolicy = Policy(rawValue: value.lowercased())
      if subdomainPolicy == nil { oddities.append("sp=\(ShownText.quoted(value)) is no policy") }
    }
    strictDKIM = Self.isStrict(tags, "adkim", &oddities)
    strictSPF = Self.isStrict(tags, "aspf", &oddities)
    if let value = tags["pct"] {
      if let number = Int(value), (0...100).contains(number) {
        percent = number
      } else {
        oddities.append("pct=\(ShownText.quoted(value)) is no number from 0 to 100")
      }
    }
    let unreadable = reports.filter { !$0.lowercased().hasPrefix("mailto:") }
    oddities += unreadable.map { "rua=\(ShownText.quoted($0)) does not begin with “mailto:”" }
    for tag in tags.tags where !Self.known.contains(tag.name) {
      oddities.append("“\(tag.name)” is no tag of DMARC")
    }
  }

  /// With those of RFC 9091's successor, which old receivers skip.
  private static let known = ["v", "p", "sp", "adkim", "aspf", "pct", "rua", "ruf", "ri", "rf", "fo", "np", "psd", "t"]

  private static func isStrict(_ tags: TagList, _ name: String, _ oddities: inout [String]) -> Bool {
    guard let value = tags[name] else { return false }
    switch value.lowercased() {
    case "s": return true
    case "r": return false
    default:
      oddities.append("\(name)=\(ShownText.quoted(value)) is neither r nor s")
      return false
    }
  }
}
