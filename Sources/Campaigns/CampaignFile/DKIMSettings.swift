public import Foundation
public import Mail

/// With what letters are signed: at least one key, each named by the path of its file.
public struct DKIMSettings: Sendable, Hashable {
  public struct Key: Sendable, Hashable {
    public var selector: DKIMSelector
    public var file: URL
    public init(selector: DKIMSelector, file: URL) {
      self.selector = selector
      self.file = file
    }
  }

  /// The sender's domain or one above it: only so can DMARC count the signature as the sender's (RFC 7489 §3.1.1).
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

  /// Reads the keys from their files; nobody else may be able to read these.
  ///
  /// - Parameters:
  ///   - folder: The campaign's folder. When a file lies below it but is not there, the same relative path is looked for
  ///     in `credentials`.
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
