import Foundation

/// The domains below which the large providers of mailboxes give out addresses, and which domain was probably meant by one
/// that differs from them by a slip of the finger.
struct MailboxProviders {
  /// What is looked at of each provider before the name itself: most domains are far from all of them.
  private struct Sketch: Sendable {
    let letters: UInt64
    let count: Int

    init(_ domain: String) {
      letters = domain.utf8.reduce(0) { $0 | 1 << UInt64($1 & 63) }
      count = domain.utf8.count
    }

    /// Whether `slips` letters more, less or other may be between the two: each changes the set of letters by two at most.
    func isNear(_ other: Sketch, slips: Int) -> Bool {
      abs(count - other.count) <= slips && (letters ^ other.letters).nonzeroBitCount <= 2 * slips
    }
  }

  /// In the order in which they are suggested.
  private static let providers = [
    "gmail.com", "gmx.de", "web.de", "t-online.de", "googlemail.com", "gmx.net", "gmx.at", "gmx.ch", "hotmail.com",
    "hotmail.de",
    "outlook.com", "outlook.de", "yahoo.com", "yahoo.de", "icloud.com", "freenet.de", "aol.com", "aol.de", "arcor.de",
    "live.de",
    "live.com", "live.at", "msn.com", "me.com", "mac.com", "posteo.de", "posteo.net", "mailbox.org", "mail.de",
    "email.de",
    "vodafone.de", "vodafonemail.de", "kabelmail.de", "unitybox.de", "unity-mail.de", "netcologne.de", "ewetel.net",
    "ewe.net",
    "osnanet.de", "online.de", "onlinehome.de", "alice-dsl.net", "alice.de", "o2online.de", "o2mail.de", "1und1.de",
    "ionos.de",
    "magenta.de", "versanet.de", "htp-tel.de", "mnet-online.de", "mnet-mail.de", "genion.de", "lycos.de",
    "tutanota.com",
    "tutanota.de", "tuta.io", "protonmail.com", "proton.me", "pm.me", "fastmail.com", "zoho.com", "hushmail.com",
    "yandex.com",
    "yandex.ru", "mail.ru", "a1.net", "aon.at", "chello.at", "utanet.at", "inode.at", "kabsi.at", "magenta.at",
    "drei.at", "liwest.at",
    "bluewin.ch", "hispeed.ch", "sunrise.ch", "swissonline.ch", "vtxmail.ch", "quickline.ch", "hotmail.ch",
    "hotmail.at", "yahoo.at",
    "yahoo.ch", "outlook.at", "icloud.de", "orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "hotmail.fr",
    "yahoo.fr",
    "libero.it", "hotmail.it", "hotmail.co.uk", "yahoo.co.uk", "btinternet.com", "wp.pl", "onet.pl", "o2.pl",
    "seznam.cz",
    "neuf.fr", "bbox.fr", "outlook.fr", "gmx.fr", "virgilio.it", "tiscali.it", "alice.it", "outlook.it",
    "interia.pl", "gazeta.pl", "poczta.onet.pl", "outlook.es", "hotmail.es", "yahoo.es", "telefonica.net", "mynet.com",
    "hotmail.nl", "outlook.com.tr", "xs4all.nl", "planet.nl", "kpnplanet.nl", "hetnet.nl", "upcmail.nl", "proximus.be",
    "comcast.net", "verizon.net", "att.net", "ymail.com", "rocketmail.com", "gmx.com", "gmx.eu", "gmx.info", "gmx.org",
    "gmx.biz",
    "mail.com", "email.com", "inbox.com", "live.fr", "live.nl", "live.ch", "ziggo.nl", "kpnmail.nl", "telenet.be",
    "skynet.be",
  ]
  private static let sketches = providers.map(Sketch.init)
  private static let known = Set(providers)
  private static let withoutDots = Dictionary(providers.map { ($0.filter { $0 != "." }, $0) }) { first, _ in first }

  /// Domains of others that differ from a provider's by one letter.
  private static let others: Set<String> = [
    "mail.be", "mail.dk", "mail.fr", "mail.it", "mails.de", "emails.de", "maile.de", "weg.de", "wer.de", "wub.de",
    "we.de", "wdb.de",
    "gms.de", "gmd.de", "gm.de", "gmp.de", "live.be", "life.de", "love.de", "line.de", "alive.de", "drive.at",
    "free.de", "ewe.de",
    "onlines.de", "msc.com", "msg.com", "mm.com", "ma.com", "mace.com", "mai.com", "cloud.com", "icloud.net", "aon.com",
    "aol.net",
    "alo.de", "ao.com", "aok.de", "ao.de", "a1.com", "ionos.com", "ionos.at", "online.net", "one.de", "orange.ch",
    "tuta.com", "pm.de",
    "email.it", "zoho.eu", "zoho.in", "att.com", "arte.net", "web.at", "proton.ch", "at.net", "ebe.de", "mailbox.at",
    "we.net",
    "drei.de", "o2.de", "op.pl", "w2.pl", "yahoo.it", "yahoo.in", "alice.fr", "alice.es", "neuf.de", "bbox.de",
    "planet.de", "planet.com", "planet.fr", "plane.nl", "mynet.de", "my.net", "free.it", "gazeta.de", "tiscali.de",
    "tiscali.fr", "telefonica.de", "mac.de", "me.de",
    "protonmail.ch", "hotmail.co.jp", "hotmail.co.nz", "hotmail.co.th", "hotmail.co.in", "hotmail.co.kr", "yahoo.co.jp",
    "yahoo.co.nz", "yahoo.co.th", "yahoo.co.in", "yahoo.co.kr", "yahoo.co.id", "live.co.uk", "fastmail.fm", "aol.at",
    "eon.at",
  ]

  static func has(_ domain: String) -> Bool { known.contains(domain) }

  /// The provider's domain that was probably meant by `domain` (A-labels); nil for a provider's own, and for one that is far
  /// from all of them.
  static func meant(by domain: String) -> String? {
    let sketch = Sketch(domain)
    guard sketch.count <= 24 else { return nil }
    for name in ["gmail", "googlemail"] where domain.utf8.starts(with: name.utf8) {
      // There are no others of these.
      let rest = domain.utf8.dropFirst(name.utf8.count)
      if rest.first == UInt8(ascii: "."), !rest.elementsEqual(".com".utf8) { return "\(name).com" }
    }
    var isFar = true
    for (index, provider) in sketches.enumerated() where provider.isNear(sketch, slips: 1) {
      if isFar, known.contains(domain) { return nil }
      isFar = false
      let meant = providers[index]
      guard OneSlip.isBetween(Array(domain.utf8), Array(meant.utf8)) else { continue }
      if others.contains(domain) || isSameNameElsewhere(domain, meant) { continue }
      return meant
    }
    return doubleSlip(domain, sketch) ?? doubleEnding(domain)
  }

  /// The provider's domain that `domain` is but for accents and for an ı: `gmáil.com`.
  static func unaccented(_ domain: String) -> String? {
    let letters = domain.decomposedStringWithCanonicalMapping.unicodeScalars.filter {
      $0.properties.generalCategory != .nonspacingMark
    }
    let plain = String(String.UnicodeScalarView(letters)).lowercased().replacing("ı", with: "i").replacing(
      "ł", with: "l"
    )
    .replacing("ø", with: "o")
    return known.contains(plain) ? plain : meant(by: plain)
  }

  /// Two slips, in a long name only.
  private static func doubleSlip(_ domain: String, _ sketch: Sketch) -> String? {
    guard sketch.count >= 11, sketch.count <= 17 else { return nil }
    for (index, provider) in sketches.enumerated() where provider.count >= 12 && provider.isNear(sketch, slips: 2) {
      let meant = providers[index]
      let distance = NearestName.distance(Array(domain.unicodeScalars), Array(meant.unicodeScalars))
      if distance > 0, distance <= 2 { return others.contains(domain) ? nil : meant }
    }
    return nil
  }

  /// `yahoo.com.de`: two endings. Below those of other countries the large providers do have such domains.
  private static func doubleEnding(_ domain: String) -> String? {
    guard let dot = domain.utf8.lastIndex(of: UInt8(ascii: ".")),
      domain.utf8[..<dot].contains(UInt8(ascii: ".")),
      [".de", ".at", ".ch", ".com", ".net", ".org"].contains(domain[dot...])
    else { return nil }
    let provider = String(domain[..<dot])
    return known.contains(provider) ? provider : nil
  }

  /// `yahoo.dk` is not a slip for `yahoo.de`: the name is the same, and so may its owner be.
  private static func isSameNameElsewhere(_ domain: String, _ provider: String) -> Bool {
    guard let dot = domain.firstIndex(of: "."), let other = provider.firstIndex(of: "."),
      domain[..<dot] == provider[..<other]
    else { return false }
    let ending = String(domain[dot...])
    // Slips for .com and .net that are countries.
    return ![".co", ".cm", ".om", ".ne", ".nt"].contains(ending) && TopLevel.isKnown(ending.dropFirst())
  }

  /// The provider's domain that is `text` but for its dot: `gmailcom`.
  static func undotted(_ text: String) -> String? {
    withoutDots[text]
  }
}

/// Whether two texts differ by one letter: one more, one less, another one, or two neighbours that changed places.
enum OneSlip {
  static func isBetween(_ left: some RandomAccessCollection<UInt8>, _ right: some RandomAccessCollection<UInt8>) -> Bool
  {
    changed(left, right) != nil
  }

  /// The bytes that differ; nil when more does, or nothing.
  static func changed(
    _ left: some RandomAccessCollection<UInt8>, _ right: some RandomAccessCollection<UInt8>
  ) -> [UInt8]? {
    guard abs(left.count - right.count) <= 1 else { return nil }
    var (left, right) = (left[...], right[...])
    while let first = left.first, first == right.first {
      left.removeFirst()
      right.removeFirst()
    }
    while let last = left.last, last == right.last {
      left.removeLast()
      right.removeLast()
    }
    let changed = Array(left) + Array(right)
    switch (left.count, right.count) {
    case (0, 1), (1, 0), (1, 1): return changed
    case (2, 2): return changed[0] == changed[3] && changed[1] == changed[2] ? changed : nil
    default: return nil
    }
  }
}
