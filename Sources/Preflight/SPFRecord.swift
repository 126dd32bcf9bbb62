/// An SPF record as it is written (RFC 7208 §4.6, §5, §6, grammar in §12): pure syntax, nothing is looked up.
struct SPFRecord: Sendable, Equatable {
  enum Qualifier: Character, Sendable {
    case pass = "+"
    case fail = "-"
    case softfail = "~"
    case neutral = "?"
  }

  enum Mechanism: Sendable, Equatable {
    case all
    case include(SPFDomainSpec)
    /// nil: the domain that is checked.
    case a(SPFDomainSpec?, SPFPrefix)
    case mx(SPFDomainSpec?, SPFPrefix)
    case ptr(SPFDomainSpec?)
    case ip(IPAddress, length: Int)
    case exists(SPFDomainSpec)

    /// Counts among the ten look-ups (§4.6.4).
    var looksUp: Bool {
      switch self {
      case .all, .ip: false
      case .include, .a, .mx, .ptr, .exists: true
      }
    }
  }

  struct Directive: Sendable, Equatable {
    let qualifier: Qualifier
    let mechanism: Mechanism
    /// The directive as it is written.
    let text: String
  }

  let directives: [Directive]
  /// Nil also where there is `all`, which goes before it (§6.1).
  let redirect: SPFDomainSpec?

  /// The directive `all`, if there is one; what comes after it is never read.
  var all: Directive? { directives.first { $0.mechanism == .all } }

  /// Whether a TXT record is an SPF record at all (§4.5).
  static func isSPF(_ text: [UInt8]) -> Bool {
    let start = String(decoding: text.prefix(7), as: UTF8.self).lowercased()
    return start == "v=spf1" || start == "v=spf1 "
  }

  struct Fault: Error, Hashable, CustomStringConvertible {
    let description: String
  }

  init(_ text: [UInt8]) throws(Fault) {
    guard text.allSatisfy({ (0x20...0x7E).contains($0) }) else {
      throw Fault(description: "it has a character that is not printable ASCII")
    }
    guard text.count <= Self.longest else { throw Fault(description: "it is longer than \(Self.longest) bytes") }
    var directives: [Directive] = []
    var redirect: SPFDomainSpec?
    var hasExplanation = false
    for term in String(decoding: text, as: UTF8.self).split(separator: " ").dropFirst() {
      if let (name, value) = Self.modifier(term) {
        let spec = SPFDomainSpec(value)
        switch name {
        case "redirect":
          guard redirect == nil else { throw Fault(description: "“redirect” is there twice") }
          guard let spec, spec.isDomain else { throw Self.fault(term) }
          redirect = spec
        case "exp":
          guard !hasExplanation else { throw Fault(description: "“exp” is there twice") }
          guard let spec, spec.isDomain else { throw Self.fault(term) }
          hasExplanation = true
        // Others are for the future; their text must be well-formed all the same.
        default: guard spec != nil else { throw Self.fault(term) }
        }
      } else {
        guard let directive = Self.directive(term) else { throw Self.fault(term) }
        directives.append(directive)
      }
    }
    self.directives = directives
    self.redirect = directives.contains { $0.mechanism == .all } ? nil : redirect
  }

  /// No resolver passes on more in one record than a sane record has.
  private static let longest = 4096

  private static func fault(_ term: Substring) -> Fault {
    Fault(description: "\(ShownText.quoted(term)) is not understood")
  }

  /// `name=value`, where the name ends before any colon or slash.
  private static func modifier(_ term: Substring) -> (name: String, value: Substring)? {
    guard let equals = term.firstIndex(of: "=") else { return nil }
    let name = term[..<equals]
    guard let first = name.first, first.isLetter,
      name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == "." })
    else { return nil }
    return (name.lowercased(), term[equals...].dropFirst())
  }

  private static func directive(_ term: Substring) -> Directive? {
    var rest = term
    var qualifier = Qualifier.pass
    if let first = rest.first, let found = Qualifier(rawValue: first) {
      qualifier = found
      rest = rest.dropFirst()
    }
    let name = rest.prefix { $0 != ":" && $0 != "/" }
    guard let mechanism = mechanism(name.lowercased(), rest.dropFirst(name.count)) else { return nil }
    return Directive(qualifier: qualifier, mechanism: mechanism, text: String(term))
  }

  /// - Parameter rest: The text from the colon or slash on.
  private static func mechanism(_ name: String, _ rest: Substring) -> Mechanism? {
    switch name {
    case "all": return rest.isEmpty ? .all : nil
    case "include": return domain(rest).map(Mechanism.include)
    case "exists": return domain(rest).map(Mechanism.exists)
    case "ptr":
      if rest.isEmpty { return .ptr(nil) }
      return domain(rest).map { Mechanism.ptr($0) }
    case "a", "mx":
      guard let (specText, prefix) = SPFPrefix.split(rest) else { return nil }
      var spec: SPFDomainSpec?
      if !specText.isEmpty {
        guard let found = domain(specText) else { return nil }
        spec = found
      }
      return name == "a" ? .a(spec, prefix) : .mx(spec, prefix)
    case "ip4", "ip6":
      guard rest.first == ":" else { return nil }
      let pieces = rest.dropFirst().split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      guard let address = pieces.first.flatMap({ IPAddress($0) }), pieces[0].contains(":") == (name == "ip6")
      else { return nil }
      guard pieces.count == 2 else { return .ip(address, length: address.bytes.count * 8) }
      guard let length = SPFPrefix.length(pieces[1], atMost: name == "ip4" ? 32 : 128) else { return nil }
      // ::ffff:192.0.2.0/120 is 192.0.2.0/24.
      return .ip(address, length: name == "ip6" && address.isV4 ? max(0, length - 96) : length)
    default: return nil
    }
  }

  private static func domain(_ rest: Substring) -> SPFDomainSpec? {
    guard rest.first == ":", let spec = SPFDomainSpec(rest.dropFirst()), spec.isDomain else { return nil }
    return spec
  }
}

/// The lengths after `a` and `mx`: `/24`, `//64`, `/24//64` (RFC 7208 §5.3).
struct SPFPrefix: Sendable, Equatable {
  var v4 = 32
  var v6 = 128

  func length(for address: IPAddress) -> Int { address.isV4 ? v4 : v6 }

  /// Takes the lengths from the end of `text`; nil when they are there and make no sense.
  static func split(_ text: Substring) -> (rest: Substring, prefix: SPFPrefix)? {
    var prefix = SPFPrefix()
    var rest = text
    if let (start, digits) = trailing("//", of: rest) {
      guard let length = length(digits, atMost: 128) else { return nil }
      prefix.v6 = length
      rest = rest[..<start]
    }
    if let (start, digits) = trailing("/", of: rest) {
      guard let length = length(digits, atMost: 32) else { return nil }
      prefix.v4 = length
      rest = rest[..<start]
    }
    return (rest, prefix)
  }

  static func length(_ text: Substring, atMost most: Int) -> Int? {
    guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      text == "0" || text.first != "0", let number = Int(text), number <= most
    else { return nil }
    return number
  }

  private static func trailing(_ mark: String, of text: Substring) -> (start: Substring.Index, digits: Substring)? {
    let digits = text.reversed().prefix { $0.isNumber }.count
    let before = text.dropLast(digits)
    guard before.hasSuffix(mark) else { return nil }
    return (before.index(before.endIndex, offsetBy: -mark.count), text.suffix(digits))
  }
}
