import Files
import Mail

/// The reason why no address is read from a cell.
enum AddressFault: Hashable {
  case syntax(AddressError)
  /// The text stands for no address: `k.A.`, `NULL`, `none@none`.
  case noAddress
  case telephone
  case webPage
  /// `(at)` and the like in place of the @.
  case spelledAt(String)
  case wideAt(Unicode.Scalar)
  /// The domain is a provider's without its dot.
  case noDot(AddressError, provider: String)
  /// Something is beside the address, so that it is not certain that it is meant.
  case beside(AddressError, EmailAddress)
  case several(Int)
  /// Of several addresses the first is to be taken, and it is not certain which one that is.
  case firstUnclear(Int)
  case mixed(MixedScripts)

  // MARK: Which one it is

  /// Of a text without an @; nil when it is of no known kind.
  static func without(_ text: String) -> AddressFault? {
    for scalar: Unicode.Scalar in ["＠", "﹫"] where text.unicodeScalars.contains(scalar) { return .wideAt(scalar) }
    let small = text.lowercased()
    if let word = spelledAt(in: small),
      small.contains(where: { $0 == "." || $0 == "(" || $0 == "[" || $0 == " " })
    {
      return .spelledAt(word.trimmingBlanks())
    }
    if small.hasPrefix("www.") || small.hasPrefix("http://") || small.hasPrefix("https://") { return .webPage }
    let digits = text.utf8.count { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    if digits >= 5,
      behindLabel(text).unicodeScalars.allSatisfy({
        ("0"..."9").contains($0) || "+-/().,".unicodeScalars.contains($0) || CellBlank.contains($0)
      })
    {
      return .telephone
    }
    return isNothing(small) || NoValue.isPlaceholder(text) ? .noAddress : nil
  }

  private static let ats = [
    "(at)", "[at]", "{at}", "<at>", "(ät)", "[ät]", " at ", " ät ", "_at_", "-at-", "(a)", "%40",
  ].map { (word: $0, bytes: Array($0.utf8)) }

  /// The first of the ways to write an @ in letters that is in the text.
  private static func spelledAt(in small: String) -> String? {
    let text = Array(small.utf8)
    return ats.first { word, bytes in
      // The bytes are compared first: comparing characters takes long.
      text.indices.contains { text[$0] == bytes[0] && text[$0...].starts(with: bytes) } && small.contains(word)
    }?.word
  }

  /// `Tel. 09999 5551`
  private static func behindLabel(_ text: String) -> Substring {
    let word = text.prefix { $0.isLetter }
    let labels = ["tel", "telefon", "telefax", "fax", "mobil", "mobile", "handy", "phone", "festnetz"]
    return labels.contains(word.lowercased()) ? text.dropFirst(word.count).drop { $0 == ":" || $0 == "." } : text[...]
  }

  /// Of a text in which both sides of the @ stand for nothing: `none@none`, `@`.
  static func noValue(_ text: String, at sign: Character) -> AddressFault? {
    let parts = text.lowercased().split(separator: sign, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].isEmpty == parts[1].isEmpty else { return nil }
    return parts.allSatisfy { isNothing(String($0)) } ? .noAddress : nil
  }

  /// `gmailcom`: a provider's domain without its dot.
  static func undotted(_ text: String, _ error: AddressError) -> AddressFault? {
    guard error.reason == .noDotInDomain, let at = text.lastIndex(of: "@") else { return nil }
    let domain = text[text.index(after: at)...].lowercased().filter { $0.isLetter || $0.isNumber || $0 == "-" }
    return MailboxProviders.undotted(domain).map { .noDot(error, provider: $0) }
  }

  /// What is written where nothing is known, without its signs and blanks.
  private static let nothing: Set<String> = [
    "ka", "na", "nv", "nb", "null", "nil", "nan", "none", "kein", "keine", "keiner", "keines", "keinemail",
    "keineemail",
    "keineemailadresse", "keinemailadresse", "keineadresse", "keineangabe", "keineangaben", "keinevorhanden", "leer",
    "empty",
    "unbekannt", "unknown", "nichtbekannt", "nichtvorhanden", "nichtverfügbar", "nichtangegeben", "fehlt", "folgt",
    "wirdnachgereicht", "tbd", "tba", "todo", "ohne", "ohneemail", "entfällt", "entfaellt", "bezug", "ref", "wert",
    "value", "name",
    "zahl", "num", "div0", "fehler", "error", "undefined", "missing", "nein", "no", "noemail", "nomail", "notavailable",
    "notapplicable", "notknown", "aucun", "aucune", "email", "mail", "emailadresse", "mailadresse", "adresse",
    "kontakt",
    "contact", "contactemail", "emailaddress", "test", "dummy", "platzhalter", "privat", "siehebemerkung", "siehenotiz",
    "telefon", "telefonisch", "nurtelefon", "nurtelefonisch", "post", "perpost", "fax", "perfax", "brief", "false",
    "falsch",
  ]

  private static func isNothing(_ small: String) -> Bool {
    let key = String(small.filter { $0.isLetter || $0.isNumber })
    if key.isEmpty || nothing.contains(key) { return true }
    return key.utf8.count <= 8 && (key.allSatisfy { $0 == "x" } || key.allSatisfy { $0 == "0" })
  }

  // MARK: In words

  /// The whole reason. The text is shown without what is around it, where places are counted; a telephone number is not.
  func description(of cell: String, in field: CustomerSource.Field) -> String {
    let shown = self == .telephone ? "" : " \(QuotedText(CellBlank.trimmed(cell)))"
    return "the \(field.rawValue) address\(shown) \(clause(in: field))"
  }

  private func clause(in field: CustomerSource.Field) -> String {
    let isContact = field == .contact
    switch self {
    case .syntax(let error): return "\(error); \(Self.remedy(for: error, in: field))"
    case .noAddress:
      return isContact
        ? "stands for no address; leave the cell empty, then the customer is called"
        : "stands for no address; enter the mailbox, or remove the row if there is none"
    case .telephone:
      return "is a telephone number; "
        + (isContact
          ? "move it to the column of telephone numbers and leave the cell empty, then the customer is called"
          : Self.enterMailbox)
    case .webPage:
      return "is the address of a web page; "
        + (isContact
          ? Self.enterContact : Self.enterMailbox)
    case .spelledAt(let word): return "has \(QuotedText(word)) in place of the @; enter the address with its @"
    case .wideAt(let scalar):
      return "has the wide “\(scalar)” (\(scalar.codePoint)) in place of the @; enter the address with a plain @"
    case .noDot(let error, let provider): return "\(error); is \(provider) meant? Correct the address"
    case .beside(let error, let address):
      return
        "\(error): something is beside \(QuotedText(address.displayText)); leave in the cell only the address that is meant"
    case .several(let count):
      return isContact
        ? "holds \(count.asSeveral) addresses, and a letter goes to one: leave one of them in the cell, or write “contact: first” "
          + "below “customers:” in campaign.yaml, which takes the first of every cell; whoever is to have a letter too "
          + "needs a row with an id of their own"
        : "holds \(count.asSeveral) addresses, and a row is for one mailbox: give each a row of its own, with the same id"
    case .firstUnclear(let count):
      return
        "holds \(count.asSeveral) addresses, and which one is the first cannot be told; leave in the cell only the one that "
        + "the letter goes to"
    case .mixed(let mixed): return Self.clause(mixed)
    }
  }

  private static let enterContact = "enter an e-mail address, or leave the cell empty, then the customer is called"
  private static let enterMailbox = "enter the address of the mailbox"

  private static func remedy(for error: AddressError, in field: CustomerSource.Field) -> String {
    switch error.reason {
    case .noAt, .empty: field == .contact ? enterContact : enterMailbox
    case .space, .invisible, .control: "remove it"
    default: "correct the address"
    }
  }

  private static func clause(_ mixed: MixedScripts) -> String {
    let script = mixed.script.name.map { "the \($0) letter" } ?? "the letter"
    let place = mixed.place.map { " at character \($0)" } ?? ""
    let among = mixed.around.name.map { "among \($0) letters" } ?? "among letters of another script"
    var text = "has \(script) “\(mixed.letter)” (\(mixed.letter.codePoint))\(place) \(among)"
    if let like = mixed.lookAlike, let name = mixed.around.name {
      text += ", where it looks like the \(name) “\(like)” (\(like.codePoint))"
    }
    if let inDNS = mixed.inDNS { text += "; its domain is \(inDNS)" }
    if let other = mixed.other { text += "; it reads like \(QuotedText(other)), which is another address" }
    return text + "; type the whole address anew"
  }
}

extension Unicode.Scalar {
  /// `U+0430`
  var codePoint: String {
    let hex = String(value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
  }
}

extension Int {
  fileprivate var asSeveral: String { self >= AddressSearch.most ? "\(AddressSearch.most) or more" : "\(self)" }
}
