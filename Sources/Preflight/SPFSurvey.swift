/// Everything an SPF record leads to, whatever the sender: the number of look-ups in it, and every fault reached
/// through it.
///
/// A receiver stops at the first term that matches; this goes to the end, as a receiver has to for a letter that no
/// term allows.
struct SPFSurvey {
  private(set) var lookups = 0
  /// Names that were asked for and have nothing.
  private(set) var voids: [String] = []
  /// The faults that receivers answer with permerror, as English clauses.
  private(set) var faults: [String] = []
  /// The questions that DNS has not answered.
  private(set) var unknowns: [String] = []
  private(set) var usesPTR = false
  /// The result for a sender that no term matches; through `redirect`. Nil when there is no `all`.
  private(set) var all: SPFRecord.Qualifier?

  private let sender: String
  private let dns: any DNSLookup
  /// A record that includes itself, or very many, ends here.
  private static let enough = 40

  static func of(_ record: SPFRecord, domain: String, sender: String, dns: any DNSLookup) async -> SPFSurvey {
    var survey = SPFSurvey(sender: sender, dns: dns)
    await survey.walk(record, domain, isIncluded: false)
    return survey
  }

  private init(sender: String, dns: any DNSLookup) {
    self.sender = sender
    self.dns = dns
  }

  private mutating func walk(_ record: SPFRecord, _ domain: String, isIncluded: Bool) async {
    let values = SPFDomainSpec.Values(sender: sender, domain: domain, address: nil, helo: domain)
    for directive in record.directives {
      if directive.mechanism.looksUp { lookups += 1 }
      guard lookups < Self.enough else { return }
      switch directive.mechanism {
      case .all:
        if !isIncluded { all = directive.qualifier }
        return
      case .ip: break
      case .ptr: usesPTR = true
      // Most of them depend on the sending address.
      case .exists: break
      case .include(let spec): await follow(spec, values, "include", isIncluded: true)
      case .a(let spec, _): await lookAt(spec, values, [.a, .aaaa])
      case .mx(let spec, _): await lookAt(spec, values, [.mx])
      }
    }
    guard let redirect = record.redirect else { return }
    lookups += 1
    await follow(redirect, values, "redirect", isIncluded: isIncluded)
  }

  private mutating func follow(
    _ spec: SPFDomainSpec, _ values: SPFDomainSpec.Values, _ word: String, isIncluded: Bool
  ) async {
    guard lookups < Self.enough, let text = spec.expanded(values) else { return }
    guard let name = DNSName.checked(text) else {
      faults.append("“\(word)” leads to \(ShownText.quoted(text)), which is no domain")
      return
    }
    switch await SPFPolicy.of(name, dns) {
    case .none: faults.append("“\(word)” leads to \(name), which has no SPF record")
    case .several: faults.append("“\(word)” leads to \(name), which has several SPF records")
    case .faulty(_, let fault): faults.append("“\(word)” leads to \(name), whose record is wrong: \(fault)")
    case .unknown(let reason): unknowns.append("\(name): \(reason)")
    case .record(let record, _): await walk(record, name, isIncluded: isIncluded)
    }
  }

  private mutating func lookAt(_ spec: SPFDomainSpec?, _ values: SPFDomainSpec.Values, _ types: [DNSType]) async {
    guard let text = spec.map({ $0.expanded(values) }) ?? values.domain else { return }
    guard let name = DNSName.checked(text) else {
      voids.append(ShownText.quoted(text))
      return
    }
    var answers: [DNSAnswer] = []
    for type in types { answers.append(await dns.answer(name, type)) }
    if answers.allSatisfy(\.isVoid) { voids.append(name) }
    if answers.allSatisfy({ $0.records.isEmpty }), case .unknown(let reason)? = answers.first(where: { !$0.isVoid }) {
      unknowns.append("\(name): \(reason)")
    }
  }
}
