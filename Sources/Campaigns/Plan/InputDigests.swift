import Files
import Foundation
public import Mail

/// Digests of everything a frozen plan was made of, kept with the plan. With them a resume can tell at once, without
/// reading the customers, whether something changed, and say what.
public struct InputDigests: Sendable, Hashable, Codable {
  /// The customer file's name, which does not count as a change: only what the file says does.
  public let customerFileName: String
  /// SHA-256 of the customer file's bytes, in hexadecimal digits, like all digests here.
  public let customerFile: String
  /// ``CustomerFile/valuesDigest()``; nil in digests stored before there was one, and in those that nobody compares
  /// by it.
  public let customerValues: String?
  /// How the customer file is read: `sheet`, `encoding` and `contact` of ``CustomerSource``. Nil in digests stored before
  /// there was one.
  public let customerReading: [String]?
  /// The digests of the templates, keyed by the path of the template's file.
  public let templates: [String: String]
  public let settings: [SettingKey: String]
  /// The digest of the order of letters, which the plan was frozen in: no part of the plan, and without effect after that.
  /// Nil in digests stored before there was one.
  public let order: String?

  /// - Parameters:
  ///   - templates: The template files that letters are made of, each with the SHA-256 of its bytes.
  ///   - signer: Signs the letters; nil when nothing here does.
  public init(
    _ campaign: Campaign, customerFile: SHA256Digest, customerValues: SHA256Digest? = nil,
    templates: [(path: String, digest: SHA256Digest)], signer: LetterSigner?
  ) {
    self.customerValues = customerValues?.hex
    customerFileName = campaign.customers.file.lastPathComponent
    self.customerFile = customerFile.hex
    let source = campaign.customers
    customerReading = [
      source.sheet ?? "", source.encoding?.rawValue ?? "", source.takesFirstContact ? "first" : "",
    ]
    self.templates = Dictionary(templates.map { ($0.path, $0.digest.hex) }) { _, last in last }
    settings = Dictionary(
      ContentSettings(campaign, signer: signer).values.map { ($0.key, Self.digest(of: $0.parts)) }
    ) { _, last in last }
    order = Self.digest(of: campaign.order.parts)
  }

  private static func digest(of parts: [String]) -> String {
    var hash = CanonicalHash("eilbrief setting 1")
    hash.add(parts)
    return hash.finish().hex
  }

  /// Whether the campaign file asks for another order of letters than the plan was frozen in. That is no change of the plan.
  public func isOrderChanged(since earlier: InputDigests) -> Bool {
    order != earlier.order ?? Self.digest(of: SendingOrder().parts)
  }

  /// Whether contact cells with several addresses are read as before.
  public func hasSameContactRule(as earlier: InputDigests) -> Bool {
    earlier.customerReading == nil || customerReading?.last == earlier.customerReading?.last
  }

  /// Reads the customer file once for its digest.
  public static func read(
    _ campaign: Campaign, templates: [(path: String, digest: SHA256Digest)], signer: LetterSigner?
  ) throws(CustomerFileError) -> InputDigests {
    let url = campaign.customers.file
    do throws(FileError) {
      let file = try RandomAccessFile(url)
      var hash = SHA256Stream()
      var buffer: [UInt8] = []
      var offset = 0
      repeat {
        try file.read(131_072, at: offset, into: &buffer)
        hash.update(buffer)
        offset += buffer.count
      } while !buffer.isEmpty
      return InputDigests(campaign, customerFile: hash.finish(), templates: templates, signer: signer)
    } catch {
      throw CustomerFileError(url.path(percentEncoded: false), error.clause)
    }
  }

  /// The differences from `earlier`: the bytes of the customer file, then templates and settings by name; empty when there are none.
  public func changes(since earlier: InputDigests) -> [InputChange] {
    // The same bytes read in another way, from another sheet, say something else.
    let isSameFile =
      customerFile == earlier.customerFile
      && (earlier.customerReading == nil || customerReading == earlier.customerReading)
    var changes: [InputChange] = isSameFile ? [] : [.customerFile(name: customerFileName)]
    changes += Self.differences(templates, earlier.templates).sorted { $0.key < $1.key }
      .map { .template(path: $0.key, $0.value) }
    changes += Self.differences(settings, earlier.settings).sorted { $0.key.name < $1.key.name }
      .map { .setting($0.key, $0.value) }
    return changes
  }

  private static func differences<Name>(
    _ now: [Name: String], _ earlier: [Name: String]
  ) -> [Name: InputChange.Difference] {
    var differences: [Name: InputChange.Difference] = [:]
    for name in Set(now.keys).union(earlier.keys) where now[name] != earlier[name] {
      differences[name] = now[name] == nil ? .removed : earlier[name] == nil ? .added : .changed
    }
    return differences
  }
}

/// One thing that differs between what a plan was frozen from and what is there now.
public enum InputChange: Sendable, Hashable {
  public enum Difference: String, Sendable { case added, removed, changed }

  /// The bytes are others; what they say was not compared.
  case customerFile(name: String)
  /// The file says something else of these customers.
  case customers(file: String, CustomerDifference)
  case template(path: String, Difference)
  case setting(SettingKey, Difference)

  /// True when the change is about how letters are signed or encrypted.
  public var isForSigning: Bool {
    if case .setting(let key, _) = self { key.isForSigning } else { false }
  }

  /// True when the change is one of the customer file, which a frozen plan does not need.
  public var isOfCustomerFile: Bool {
    switch self {
    case .customerFile, .customers: true
    case .template, .setting: false
    }
  }

  /// The change in one clause, for people.
  public var text: String {
    switch self {
    case .customerFile(let name): "\(name) changed"
    case .customers(let name, let difference): "\(name): \(difference.text)"
    case .template(let path, let difference): "template \(path) \(difference.text)"
    case .setting(let key, let difference): "campaign.yaml: \(key.name) \(difference.text)"
    }
  }
}

extension InputChange.Difference {
  fileprivate var text: String {
    switch self {
    case .added: "was added"
    case .removed: "was removed"
    case .changed: "changed"
    }
  }
}
