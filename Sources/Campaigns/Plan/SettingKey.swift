/// A setting that is printed in letters or decides who gets one, by its place in `campaign.yaml`.
///
/// Its ``name`` identifies it to people, in plan hashes and in stored digests: `incident.what`, `segments.imap`. A
/// dictionary with these keys is encoded as an object of names.
public enum SettingKey: Sendable, Hashable {
  public enum Incident: String, Sendable, CaseIterable {
    case what, happened, discovered, data, consequences, measures, authority
  }

  public enum Sender: String, Sendable, CaseIterable {
    case from, contact
    case replyTo = "reply_to"
    case noticeURL = "notice_url"
    case timeZone = "time_zone"
  }

  public enum DKIM: String, Sendable, CaseIterable {
    case domain, selector
    case rsaKeyFile = "rsa_key_file"
    case ed25519Selector = "ed25519_selector"
    case ed25519KeyFile = "ed25519_key_file"
  }

  public enum SMIME: String, Sendable, CaseIterable {
    case certificateFile = "certificate_file"
    case encryptTo = "encrypt_to"
  }

  case incident(Incident)
  case sender(Sender)
  case columns
  /// The language of customers for whom the file names none.
  case language
  /// A segment by its name; ``letter(_:)`` is a letter by its name.
  case segment(String)
  case letter(String)
  case deadline
  /// The campaign that is followed, and as what.
  case follows
  case dkim(DKIM)
  case smime(SMIME)
  /// A setting that this version does not know, from digests that another version stored.
  case other(String)

  public var name: String {
    switch self {
    case .incident(let key): "incident.\(key.rawValue)"
    case .sender(let key): "sender.\(key.rawValue)"
    case .columns: "customers.columns"
    case .language: "language"
    case .segment(let name): "segments.\(name)"
    case .letter(let name): "letters.\(name)"
    case .deadline: "deadline"
    case .follows: "follows"
    case .dkim(let key): "dkim.\(key.rawValue)"
    case .smime(let key): "smime.\(key.rawValue)"
    case .other(let name): name
    }
  }

  /// Reads a stored ``name``; every text is a valid name.
  public init(name: String) {
    let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let key = parts.count == 2 ? parts[1] : ""
    let known: SettingKey? =
      switch (parts[0], parts.count) {
      case ("incident", 2): Incident(rawValue: key).map(Self.incident)
      case ("sender", 2): Sender(rawValue: key).map(Self.sender)
      case ("customers", 2): key == "columns" ? .columns : nil
      case ("segments", 2): .segment(key)
      case ("letters", 2): .letter(key)
      case ("deadline", 1): .deadline
      case ("follows", 1): .follows
      case ("language", 1): .language
      case ("dkim", 2): DKIM(rawValue: key).map(Self.dkim)
      case ("smime", 2): SMIME(rawValue: key).map(Self.smime)
      default: nil
      }
    self = known ?? .other(name)
  }

  /// True when the setting says how letters are signed or encrypted.
  public var isForSigning: Bool {
    switch self {
    case .dkim, .smime: true
    default: false
    }
  }

  /// True when the setting names the file of a key or certificate; its digest is made from the public part of that.
  public var isKeyFile: Bool {
    switch self {
    case .dkim(.rsaKeyFile), .dkim(.ed25519KeyFile), .smime(.certificateFile): true
    default: false
    }
  }
}

extension SettingKey: CodingKeyRepresentable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  public var codingKey: any CodingKey { Key(stringValue: name) }

  public init?(codingKey: some CodingKey) { self.init(name: codingKey.stringValue) }
}

extension SettingKey: Codable {
  public init(from decoder: any Decoder) throws {
    self.init(name: try decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}
