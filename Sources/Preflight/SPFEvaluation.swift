/// A receiver's evaluation of an SPF record: `check_host()` of RFC 7208 §4, for one sending address.
///
/// Looks up no more than a receiver does: ten terms that need DNS, two answers with nothing in them, ten names of an MX
/// or of PTR.
struct SPFEvaluation {
  enum Result: Sendable, Equatable {
    case none, neutral, pass, fail, softfail
    /// DNS did not answer.
    case temperror(String)
    case permerror(String)

    var name: String {
      switch self {
      case .none: "none"
      case .neutral: "neutral"
      case .pass: "pass"
      case .fail: "fail"
      case .softfail: "softfail"
      case .temperror: "temperror"
      case .permerror: "permerror"
      }
    }
  }

  static let mostLookups = 10
  static let mostVoidLookups = 2
  private static let mostNames = 10

  let address: IPAddress
  /// The envelope's sender.
  let sender: String
  let helo: String
  let dns: any DNSLookup
  private(set) var lookups = 0
  private var voids = 0

  init(address: IPAddress, sender: String, helo: String, dns: any DNSLookup) {
    self.address = address
    self.sender = sender
    self.helo = helo
    self.dns = dns
  }

  private struct End: Error { let result: Result }

  mutating func result(for domain: String) async -> Result {
    do {
      return try await check(domain)
    } catch let end as End {
      return end.result
    } catch {
      return .permerror("\(error)")
    }
  }

  private mutating func check(_ domain: String) async throws -> Result {
    guard let name = DNSName.checked(domain), name.contains(".") else { return .none }
    let record: SPFRecord
    switch await SPFPolicy.of(name, dns) {
    case .none: return .none
    case .unknown(let reason): throw End(result: .temperror(reason))
    case .several: throw End(result: .permerror("\(name) has several SPF records"))
    case .faulty(let text, let fault): throw End(result: .permerror("\(name) has \(ShownText.quoted(text)): \(fault)"))
    case .record(let found, _): record = found
    }
    let values = SPFDomainSpec.Values(sender: sender, domain: name, address: address, helo: helo)
    for directive in record.directives where try await matches(directive.mechanism, values) {
      switch directive.qualifier {
      case .pass: return .pass
      case .fail: return .fail
      case .softfail: return .softfail
      case .neutral: return .neutral
      }
    }
    guard let redirect = record.redirect else { return .neutral }
    try count()
    let result = try await check(expanded(redirect, values))
    guard result != .none else {
      throw End(
        result: .permerror("redirect leads to \(ShownText.quoted(expanded(redirect, values))), which has no SPF record")
      )
    }
    return result
  }

  private mutating func matches(_ mechanism: SPFRecord.Mechanism, _ values: SPFDomainSpec.Values) async throws -> Bool {
    if mechanism.looksUp { try count() }
    switch mechanism {
    case .all: return true
    case .ip(let network, let length): return address.isWithin(network, length: length)
    case .include(let spec):
      let target = expanded(spec, values)
      switch try await check(target) {
      case .pass: return true
      case .none: throw End(result: .permerror("include leads to \(ShownText.quoted(target)), which has no SPF record"))
      default: return false
      }
    case .exists(let spec): return try await !records(expanded(spec, values), .a).isEmpty
    case .a(let spec, let prefix): return try await has(spec.map { expanded($0, values) } ?? values.domain, prefix)
    case .mx(let spec, let prefix):
      let hosts = try await records(spec.map { expanded($0, values) } ?? values.domain, .mx).compactMap {
        if case .mx(_, let host) = $0 { host } else { nil as String? }
      }
      guard hosts.count <= Self.mostNames else {
        throw End(result: .permerror("“mx” leads to more than \(Self.mostNames) servers"))
      }
      for host in hosts where try await has(host, prefix, counts: false) { return true }
      return false
    case .ptr(let spec): return try await isNamed(below: spec.map { expanded($0, values) } ?? values.domain)
    }
  }

  private mutating func count() throws {
    lookups += 1
    guard lookups <= Self.mostLookups else {
      throw End(result: .permerror("it needs more than \(Self.mostLookups) look-ups"))
    }
  }

  private func expanded(_ spec: SPFDomainSpec, _ values: SPFDomainSpec.Values) -> String { spec.expanded(values) ?? "" }

  private mutating func has(_ name: String, _ prefix: SPFPrefix, counts: Bool = true) async throws -> Bool {
    try await records(name, address.isV4 ? .a : .aaaa, counts: counts).contains {
      if case .address(let found) = $0 { address.isWithin(found, length: prefix.length(for: address)) } else { false }
    }
  }

  /// The mechanism of §5.5, for those who still publish it: a name of the address, at or below `domain`, that leads
  /// back to the address.
  private mutating func isNamed(below domain: String) async throws -> Bool {
    // A failure here means no match, not an error.
    for case .name(let name) in await dns.answer(address.reverseName, .ptr).records.prefix(Self.mostNames) {
      guard name == domain.lowercased() || name.hasSuffix(".\(domain.lowercased())") else { continue }
      if await dns.answer(name, address.isV4 ? .a : .aaaa).records.contains(.address(address)) { return true }
    }
    return false
  }

  private mutating func records(_ name: String, _ type: DNSType, counts: Bool = true) async throws -> [DNSRecord] {
    // A name that cannot be one has no records (§4.8).
    let answer = DNSName.checked(name) == nil ? .noSuchName : await dns.answer(name, type)
    if case .unknown(let reason) = answer { throw End(result: .temperror(reason)) }
    if answer.isVoid, counts {
      voids += 1
      guard voids <= Self.mostVoidLookups else {
        throw End(result: .permerror("more than \(Self.mostVoidLookups) of its look-ups find nothing"))
      }
    }
    return answer.records
  }
}

/// The one SPF record of a domain, or the reason there is none (RFC 7208 §4.5).
enum SPFPolicy: Sendable, Equatable {
  case none
  case several(count: Int)
  case faulty([UInt8], SPFRecord.Fault)
  case record(SPFRecord, text: [UInt8])
  case unknown(String)

  static func of(_ domain: String, _ dns: any DNSLookup) async -> SPFPolicy {
    let answer = await dns.answer(domain, .txt)
    if case .unknown(let reason) = answer { return .unknown(reason) }
    let texts = answer.records.compactMap { if case .text(let text) = $0, SPFRecord.isSPF(text) { text } else { nil } }
    guard let text = texts.first else { return .none }
    guard texts.count == 1 else { return .several(count: texts.count) }
    do throws(SPFRecord.Fault) {
      return .record(try SPFRecord(text), text: text)
    } catch {
      return .faulty(text, error)
    }
  }
}
