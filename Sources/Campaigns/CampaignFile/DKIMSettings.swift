public import Foundation
public import Mail

/// The keys that sign letters: at least one, each named by the path of its file.
public struct DKIMSettings: Sendable, Hashable {
  public struct Key: Sendable, Hashable {
    public var selector: DKIMSelector
    public var file: URL
    public init(selector: DKIMSelector, file: URL) {
      self.selector = selector
      self.file = file
    }
  }

  /// The sender's domain or one above it: only then can DMARC count the signature as the sender's (RFC 7489 §3.1.1).
  public var domain: Domain
  public var rsa: Key?
  public var ed25519: Key?

  public init(domain: Domain, rsa: Key?, ed25519: Key?) {
    self.domain = domain
    self.rsa = rsa
    self.ed25519 = ed25519
  }

  /// The RSA signature is the topmost: verifiers that look at one only know RSA.
  var keys: [(setting: String, algorithm: DKIMKey.Algorithm, key: Key)] {
    [("rsa_key_file", .rsa, rsa), ("ed25519_key_file", .ed25519, ed25519)].compactMap { setting, algorithm, key in
      key.map { (setting, algorithm, $0) }
    }
  }

  /// Reads the keys from their files, which nobody else may be able to read.
  ///
  /// - Parameters:
  ///   - folder: The campaign's folder. When a file lies below it but is not there, the same relative path is looked
  ///     for in `credentials`.
  ///   - credentials: systemd's `CREDENTIALS_DIRECTORY`; nil when there is none.
  public func signer(folder: URL, credentials: URL?) throws(SecretFileError) -> DKIMSigner {
    var signing: [DKIMSigner.Key] = []
    for (setting, algorithm, key) in keys {
      let file = try SecretFile(
        key.file, what: "key file", remedy: "\"eilbrief dkim-key\" makes one; or correct \"dkim.\(setting)\""
      ).contents(atMost: 65_536, folder: folder, credentials: credentials)
      let read: DKIMKey
      do throws(DKIMKeyError) {
        read = try DKIMKey(pem: file.bytes)
      } catch {
        throw file.error("\(error)")
      }
      guard read.algorithm == algorithm else {
        throw file.error(
          "this key is for \(read.algorithm.rawValue), but \"dkim.\(setting)\" names it; "
            + "write \"\(read.algorithm.keyType)_key_file\" instead")
      }
      signing.append(DKIMSigner.Key(selector: key.selector, key: read))
    }
    return DKIMSigner(domain: domain, keys: signing)
  }
}

/// The signer of the letters with DKIM (RFC 6376), as `dkim:` of the campaign file says.
public enum DKIMPolicy: Sendable, Hashable {
  /// The relay does; letters leave us unsigned.
  case relay
  case here(DKIMSettings)
}

extension Campaign {
  /// The files of the keys that sign its letters, with their certificates and passphrases.
  public var keyFiles: [URL] {
    let dkim = if case .here(let settings) = dkim { settings.keys.map(\.key.file) } else { [URL]() }
    return dkim + (smime?.files ?? [])
  }
}

/// `dkim:` of a campaign file.
enum DKIMSection {
  private static let example =
    "{domain: provider.example, selector: letters, rsa_key_file: dkim-rsa.pem}"

  /// - Parameter from: The sender, when it could be read.
  static func read(_ value: YAMLValue, from: NamedAddress?, folder: URL) -> DKIMPolicy? {
    if !value.isGroup, let word = value.word {
      guard let text = value.text() else { return nil }
      if text == "relay" { return .relay }
      value.report(
        "\"\(value.path)\" cannot be \(QuotedText(word)); write \"relay\" where the relay signs, or a group of keys, "
          + "as in \(example)")
      return nil
    }
    guard
      let section = YAMLSection(
        value, keys: ["domain", "selector", "rsa_key_file", "ed25519_selector", "ed25519_key_file"], example: example)
    else { return nil }
    let domain = section.required("domain", example: "provider.example").flatMap { Self.domain($0, from: from) }
    let rsa = pair(section, selector: "selector", file: "rsa_key_file", folder: folder)
    let ed25519 = pair(section, selector: "ed25519_selector", file: "ed25519_key_file", folder: folder)
    if !section.has("rsa_key_file"), !section.has("ed25519_key_file"), !section.has("selector"),
      !section.has("ed25519_selector")
    {
      value.context.report(
        "\"\(value.path)\" names no key; add \"selector\" and \"rsa_key_file\", as in \(example)", at: value.parent)
    }
    if let first = rsa, let second = ed25519, first.selector == second.selector {
      section.optional("ed25519_selector")?.report(
        "both keys have the selector \(QuotedText(first.selector.text)); DNS has one key under a name, give each its own"
      )
    }
    guard let domain else { return nil }
    return .here(DKIMSettings(domain: domain, rsa: rsa, ed25519: ed25519))
  }

  /// Nil when neither is present, or when something is wrong, which is reported.
  private static func pair(
    _ section: YAMLSection, selector selectorKey: String, file fileKey: String, folder: URL
  ) -> DKIMSettings.Key? {
    guard section.has(selectorKey) || section.has(fileKey) else { return nil }
    let selector = section.required(selectorKey, example: "letters").flatMap(selector)
    let file = section.required(fileKey, example: "dkim-\(fileKey.prefix { $0 != "_" }).pem")?.file(in: folder)
    guard let selector, let file else { return nil }
    return DKIMSettings.Key(selector: selector, file: file)
  }

  private static func selector(_ value: YAMLValue) -> DKIMSelector? {
    guard let text = value.text() else { return nil }
    if let selector = DKIMSelector(text) { return selector }
    value.report(
      "\"\(value.path)\" is not a selector: \(QuotedText(text)); write what stands before \"._domainkey\" in DNS: "
        + "letters, digits and hyphens, with dots between")
    return nil
  }

  /// To DMARC, a signature for another domain is not the sender's (RFC 7489 §3.1.1), so it is worth nothing to
  /// receivers that check.
  private static func domain(_ value: YAMLValue, from: NamedAddress?) -> Domain? {
    guard let text = value.text() else { return nil }
    let domain: Domain
    do throws(AddressError) {
      domain = try Domain(text)
    } catch {
      value.report("\"\(value.path)\" is not a domain: \(QuotedText(text)) \(error)")
      return nil
    }
    guard let own = from?.address.domain else { return domain }
    guard own == domain || own.ascii.hasSuffix("." + domain.ascii) else {
      value.report(
        "\"\(value.path)\" is \"\(domain.ascii)\", which is not the sender's domain \"\(own.ascii)\" nor one above it; "
          + "DMARC would not count the signature")
      return nil
    }
    return domain
  }
}
