import Files
import Foundation
public import Mail

/// Digests of everything a frozen plan was made of, kept with the plan, so that a resume can tell at once, without
/// reading the customers, whether something changed, and say what.
public struct InputDigests: Sendable, Hashable, Codable {
  /// The customer file's name; only its bytes count, not what it is called.
  public let customerFileName: String
  /// SHA-256 of the customer file's bytes, in hexadecimal digits as all of them.
  public let customerFile: String
  /// By the path of the template's file.
  public let templates: [String: String]
  /// By the setting's name in `campaign.yaml`.
  public let settings: [String: String]

  /// - Parameters:
  ///   - templates: The template files that letters are made of, each with the SHA-256 of its bytes.
  ///   - signer: What signs the letters; nil when nothing here does.
  public init(
    _ campaign: Campaign, customerFile: SHA256Digest, templates: [(path: String, digest: SHA256Digest)],
    signer: LetterSigner?
  ) {
    customerFileName = campaign.customers.file.lastPathComponent
    self.customerFile = customerFile.hex
    self.templates = Dictionary(templates.map { ($0.path, $0.digest.hex) }) { _, last in last }
    settings = Dictionary(
      ContentSettings(campaign, signer: signer).values.map { setting in
        var hash = CanonicalHash("eilbrief setting 1")
        hash.add(setting.parts)
        return (setting.name, hash.finish().hex)
      }
    ) { _, last in last }
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

  /// What is different from `earlier`, one clause a difference; empty when nothing is.
  public func changes(since earlier: InputDigests) -> [String] {
    var changes: [String] = []
    if customerFile != earlier.customerFile { changes.append("\(customerFileName) changed") }
    changes += Self.differences(templates, earlier.templates).map { "template \($0)" }
    changes += Self.differences(settings, earlier.settings).map { "campaign.yaml: \($0)" }
    return changes
  }

  private static func differences(_ now: [String: String], _ earlier: [String: String]) -> [String] {
    Set(now.keys).union(earlier.keys).sorted().compactMap { name in
      switch (now[name], earlier[name]) {
      case (nil, _): "\(name) was removed"
      case (_, nil): "\(name) was added"
      case (let new, let old): new == old ? nil : "\(name) changed"
      }
    }
  }
}
