public import Foundation
public import Mail

/// The keys and certificates that sign letters as S/MIME messages (RFC 8551), named by the paths of the files.
public struct SMIMESettings: Sendable, Hashable {
  public enum Identity: Sendable, Hashable {
    /// The certificate with its chain, and the key, which needs the passphrase if it is encrypted.
    case pem(certificates: URL, key: URL, passphrase: URL?)
    /// Certificate, chain and key in one PKCS #12 file (RFC 7292).
    case pkcs12(URL, passphrase: URL)
  }

  public var identity: Identity
  /// A folder with customers' certificates; nil: no letter is encrypted.
  public var encryptTo: URL?

  public init(identity: Identity, encryptTo: URL? = nil) {
    self.identity = identity
    self.encryptTo = encryptTo
  }

  /// Reads the customers' certificates; nil when no letter is to be encrypted.
  public func customerCertificates() throws(SecretFileError) -> CustomerCertificates? {
    guard let encryptTo else { return nil }
    return try CustomerCertificates(encryptTo)
  }

  var passphraseFile: URL? {
    switch identity {
    case .pem(_, _, let passphrase): passphrase
    case .pkcs12(_, let passphrase): passphrase
    }
  }

  var files: [URL] {
    switch identity {
    case .pem(let certificates, let key, let passphrase): [certificates, key] + [passphrase].compactMap { $0 }
    case .pkcs12(let file, let passphrase): [file, passphrase]
    }
  }

  /// Reads certificate and key from their files, and makes sure that they can sign letters from `sender`.
  ///
  /// - Parameters:
  ///   - folder: The campaign's folder. When a file lies below it but is not there, the same relative path is looked
  ///     for in `credentials`.
  ///   - credentials: systemd's `CREDENTIALS_DIRECTORY`; nil when there is none.
  ///   - moment: When the certificate has to be valid; nil when a letter is only reproduced.
  public func signer(
    from sender: EmailAddress, folder: URL, credentials: URL?, at moment: Date?
  ) throws(SecretFileError) -> SMIMESigner {
    let (identity, file): (SMIMEIdentity, SecretFile.Contents)
    switch self.identity {
    case .pem(let certificates, let key, let passphrase):
      (identity, file) = try Self.pem(certificates, key, passphrase, folder, credentials)
    case .pkcs12(let url, let passphrase):
      file = try SecretFile(
        url, what: "key file", remedy: "put certificate and key there, or correct \"smime.certificate_file\""
      ).contents(atMost: Self.largest, folder: folder, credentials: credentials)
      guard !Certificate.isPEM(file.bytes) else {
        throw file.error("this is PEM, which has the key in a file of its own; name that with \"smime.key_file\"")
      }
      let secret = try PasswordFile.read(passphrase, word: "passphrase", folder: folder, credentials: credentials)
      do throws(SMIMEError) {
        identity = try SMIMEIdentity(pkcs12: file.bytes, passphrase: secret)
      } catch {
        throw file.error("\(error)")
      }
    }
    if let fault = identity.fault(from: sender) ?? moment.flatMap(identity.fault(at:)) { throw file.error("\(fault)") }
    return SMIMESigner(identity)
  }

  private static let largest = 1_048_576

  /// The identity, and the file with its certificate.
  private static func pem(
    _ certificates: URL, _ key: URL, _ passphrase: URL?, _ folder: URL, _ credentials: URL?
  ) throws(SecretFileError) -> (SMIMEIdentity, SecretFile.Contents) {
    let file = try SecretFile(
      certificates, what: "certificate file",
      remedy: "put the sender's certificate and its chain there, or correct \"smime.certificate_file\"", isSecret: false
    ).contents(atMost: largest, folder: folder, credentials: credentials)
    guard Certificate.isPEM(file.bytes) else {
      throw file.error(
        "this is not PEM; if it is a PKCS #12 file (.p12, .pfx), it has the key inside: remove \"smime.key_file\"")
    }
    let chain: [Certificate]
    do throws(CertificateError) {
      chain = try Certificate.read(pem: file.bytes)
    } catch {
      throw file.error("\(error)")
    }
    let keyFile = try SecretFile(
      key, what: "key file", remedy: "put the private key of the certificate there, or correct \"smime.key_file\""
    ).contents(atMost: largest, folder: folder, credentials: credentials)
    let secret: String?
    if let passphrase {
      secret = try PasswordFile.read(passphrase, word: "passphrase", folder: folder, credentials: credentials)
    } else {
      secret = nil
    }
    do throws(SMIMEError) {
      return (try SMIMEIdentity(certificates: chain, keyPEM: keyFile.bytes, passphrase: secret), file)
    } catch {
      throw (error.file == .key ? keyFile : file).error("\(error)")
    }
  }
}

/// `smime:` of a campaign file.
enum SMIMESection {
  private static let example = "{certificate_file: smime.pem, key_file: smime.key}"

  static func read(_ value: YAMLValue, folder: URL) -> SMIMESettings? {
    guard
      let section = YAMLSection(
        value, keys: ["certificate_file", "key_file", "passphrase_file", "encrypt_to"], example: example)
    else { return nil }
    let certificate = section.required("certificate_file", example: "smime.pem")?.file(in: folder)
    let key = section.optional("key_file")?.file(in: folder)
    let passphrase = section.optional("passphrase_file")?.file(in: folder)
    let encryptTo = section.optional("encrypt_to")?.file(in: folder)
    if !section.has("key_file"), !section.has("passphrase_file") {
      value.context.report(
        "\"\(value.path)\" names no key; add \"key_file\" to a certificate in PEM, or \"passphrase_file\" to a "
          + "PKCS #12 file (.p12, .pfx), which has the key inside", at: value.parent)
    }
    guard let certificate else { return nil }
    let identity: SMIMESettings.Identity? =
      if let key {
        .pem(certificates: certificate, key: key, passphrase: passphrase)
      } else {
        passphrase.map { .pkcs12(certificate, passphrase: $0) }
      }
    return identity.map { SMIMESettings(identity: $0, encryptTo: encryptTo) }
  }
}
