import Mail

/// Why a letter to an address will probably not be read by the customer, although the address is a valid one.
enum AddressDoubt: Hashable {
  /// The domain is close to another one, which is probably meant.
  case mistyped(meant: String)
  /// The domain ends in a name below which there are no domains.
  case noEnding
  /// Somebody wrote something because a form asked for it: `test@test.de`.
  case placeholder
  /// Nobody reads what is sent there: `noreply@`.
  case unread

  /// - Parameter isContact: The address is one that letters go to.
  init?(_ address: EmailAddress, isContact: Bool) {
    let domain = address.domain.ascii
    if domain.utf8.starts(with: "www.".utf8) {
      self = .mistyped(meant: String(domain.dropFirst(4)))
    } else if let meant = MailboxProviders.meant(by: domain) {
      self = .mistyped(meant: meant)
    } else if address.domain.unicode != domain, let meant = MailboxProviders.unaccented(address.domain.unicode) {
      self = .mistyped(meant: meant)
    } else if Self.isPlaceholder(address) {
      self = .placeholder
    } else if let dot = domain.utf8.lastIndex(of: UInt8(ascii: ".")),
      case let ending = domain[domain.utf8.index(after: dot)...], !TopLevel.isKnown(ending)
    {
      if let meant = TopLevel.meant(by: ending) {
        self = .mistyped(meant: "\(domain[...dot])\(meant)")
      } else {
        self = .noEnding
      }
    } else if isContact, Self.isUnread(address.local) {
      self = .unread
    } else {
      return nil
    }
  }

  /// The mailbox's domain, when the contact's differs from it by one letter: `kanzlei-mueler.example` beside
  /// `kanzlei-mueller.example`. Nil for names that differ in a digit, which are counted, and for short ones.
  static func ownDomain(meantBy contact: EmailAddress, beside mailbox: EmailAddress) -> String? {
    let (typed, own) = (contact.domain.ascii.utf8, mailbox.domain.ascii.utf8)
    guard abs(typed.count - own.count) <= 1, contact.domain != mailbox.domain,
      let name = own.firstIndex(of: UInt8(ascii: ".")), own.distance(from: own.startIndex, to: name) >= 6,
      let changed = OneSlip.changed(Array(typed), Array(own)),
      changed.allSatisfy({ !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      // Below another ending the same name is a domain of its own.
      own.suffix(from: name).elementsEqual(typed.suffix(own.distance(from: name, to: own.endIndex)))
    else { return nil }
    return mailbox.domain.unicode
  }

  /// Words that nobody has for a name.
  private static let empty: Set<String> = [
    "none", "keine", "kein", "keine-email", "keineemail", "keinemail", "keine-mail", "noemail", "no-email", "nomail",
    "no-mail",
    "unbekannt", "unknown", "test", "tests", "testtest", "xx", "xxx", "xxxx", "xyz", "asdf", "asd", "dummy", "fake",
    "null", "nobody",
    "platzhalter", "placeholder", "leer", "nein", "nichtvorhanden", "nicht-vorhanden", "123", "1234",
    "vorname.nachname",
  ]
  /// Words that stand in examples, and in real addresses too.
  private static let vague: Set<String> = [
    "x", "a", "aa", "aaa", "abc", "na", "no", "ka", "k.a", "email", "mail", "foo", "bar", "user", "name", "domain",
    "example", "beispiel", "max",
  ]
  private static let examples: Set<String> = ["domain", "beispiel", "name"]

  private static func isPlaceholder(_ address: EmailAddress) -> Bool {
    let domain = address.domain.ascii
    if isUnfilled(address.local) { return true }
    guard let dot = domain.utf8.lastIndex(of: UInt8(ascii: ".")) else { return false }
    let above = domain.utf8[..<dot]
    let name = above.lastIndex(of: UInt8(ascii: ".")).map { above[above.index(after: $0)...] } ?? above
    let ending = domain.utf8[dot...]
    if ending.elementsEqual(".invalid".utf8) || ending.elementsEqual(".test".utf8) { return true }
    // Reserved for examples (RFC 2606), and the German everyman.
    if domain == "example.com" || domain == "example.net" { return true }
    if name.elementsEqual("mustermann".utf8) || name.elementsEqual("musterfirma".utf8) { return true }
    guard address.local.utf8.count <= 16, name.count <= 16 else { return false }
    let (local, word) = (address.local.lowercased(), String(Substring(name)))
    if empty.contains(local) { return empty.contains(word) || vague.contains(word) }
    guard vague.contains(local), !MailboxProviders.has(domain) else { return false }
    return empty.contains(word) || examples.contains(word) || local == word
  }

  /// `{{email}}`, `#NV`, `*`: what a program or a spreadsheet wrote.
  private static func isUnfilled(_ local: String) -> Bool {
    guard let first = local.utf8.first else { return false }
    switch first {
    case UInt8(ascii: "*"), UInt8(ascii: "#"): return true
    case UInt8(ascii: "u"), UInt8(ascii: "U"): if local.lowercased() == "undefined" { return true }
    default: break
    }
    var previous: UInt8 = 0
    for byte in local.utf8 {
      if byte == UInt8(ascii: "=") || byte == UInt8(ascii: "{") && previous == byte { return true }
      previous = byte
    }
    return false
  }

  private static func isUnread(_ local: String) -> Bool {
    guard let first = local.utf8.first, "nNdDkKmM".utf8.contains(first) else { return false }
    let key = local.lowercased().filter { $0 != "-" && $0 != "." && $0 != "_" }
    return ["noreply", "donotreply", "dontreply", "keineantwort", "nichtantworten", "mailerdaemon", "noresponse"]
      .contains(key)
  }
}
