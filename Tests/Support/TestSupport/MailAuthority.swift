public import Foundation

/// A certificate authority for mail with a root and an intermediate, made by OpenSSL's own command for one test.
public struct MailAuthority: Sendable {
  /// A certificate and its key, each a PEM file; `chain` has the intermediate behind the certificate.
  public struct Issued: Sendable {
    public let certificate: URL
    public let chain: URL
    public let key: URL
  }

  public enum KeyKind: Sendable {
    case rsa(Int)
    case pss
    case curve(String)

    fileprivate var arguments: [String] {
      switch self {
      case .rsa(let bits): ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:\(bits)"]
      case .pss: ["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"]
      case .curve(let name): ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:\(name)"]
      }
    }
  }

  public let folder: URL
  public var root: URL { folder.appending(path: "root.pem") }
  public var intermediate: URL { folder.appending(path: "intermediate.pem") }

  private static let settings = """
    [req]
    distinguished_name = name
    prompt = no
    [name]
    O = Test
    [ca]
    default_ca = own
    [own]
    database = index.txt
    new_certs_dir = .
    default_md = sha256
    policy = anything
    rand_serial = yes
    unique_subject = no
    email_in_dn = yes
    [anything]
    organizationName = optional
    commonName = optional
    emailAddress = optional
    [authority]
    basicConstraints = critical, CA:TRUE
    keyUsage = critical, keyCertSign, cRLSign
    subjectKeyIdentifier = hash

    """

  public init(in folder: URL) async throws {
    self.folder = folder
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(Self.settings.utf8).write(to: folder.appending(path: "openssl.cnf"))
    try Data().write(to: folder.appending(path: "index.txt"))
    try await openssl(["genpkey"] + KeyKind.curve("P-256").arguments + ["-out", "root.key"])
    try await openssl(
      [
        "req", "-x509", "-new", "-key", "root.key", "-config", "openssl.cnf", "-extensions", "authority", "-days",
        "3650",
      ]
        + ["-subj", "/O=Test/CN=Test root", "-out", "root.pem"])
    try await openssl(["genpkey"] + KeyKind.curve("P-256").arguments + ["-out", "intermediate.key"])
    try await request("intermediate.key", subject: "/O=Test/CN=Test intermediate")
    try await sign(
      "intermediate.pem", by: "root", from: "20200101000000Z", until: "21200101000000Z", extensions: "authority")
  }

  /// - Parameters:
  ///   - name: Of the files, without an extension.
  ///   - names: Subject alternative names as OpenSSL wants them: `email:support@provider.example`.
  ///   - purpose: Other lines of the extensions; those of a certificate for mail where nil.
  public func issue(
    _ name: String, names: [String], subject: String = "/O=Test/CN=Test sender", key: KeyKind = .rsa(2048),
    purpose: [String]? = nil, from: String = "20200101000000Z", until: String = "21100101000000Z",
    by issuer: String = "intermediate"
  ) async throws -> Issued {
    let lines =
      ["[more]", "basicConstraints = critical, CA:FALSE"]
      + (names.isEmpty ? [] : ["subjectAltName = @names"])
      + (purpose ?? [
        "keyUsage = critical, digitalSignature, keyEncipherment, keyAgreement", "extendedKeyUsage = emailProtection",
      ])
    // A section of their own, for a comma is allowed there.
    let alternatives = names.enumerated().map { number, name in
      let parts = name.split(separator: ":", maxSplits: 1)
      return "\(parts[0]).\(number) = \(parts[1])"
    }
    let text = Self.settings + (lines + ["[names]"] + alternatives).joined(separator: "\n") + "\n"
    try Data(text.utf8).write(to: folder.appending(path: "openssl.cnf"))
    try await openssl(["genpkey"] + key.arguments + ["-out", "\(name).key"])
    try await request("\(name).key", subject: subject)
    try await sign("\(name).pem", by: issuer, from: from, until: until, extensions: "more")
    let issued = Issued(
      certificate: folder.appending(path: "\(name).pem"), chain: folder.appending(path: "\(name)-chain.pem"),
      key: folder.appending(path: "\(name).key"))
    chmod(issued.key.path, 0o600)
    try (Data(contentsOf: issued.certificate) + Data(contentsOf: intermediate)).write(to: issued.chain)
    return issued
  }

  /// A certificate for mail with a key of any numbers, whose private half nobody has.
  public func issue(_ name: String, names: [String], publicKey: RSAPublicKey) async throws -> URL {
    _ = try await issue(name, names: names, key: .curve("P-256"))
    try publicKey.write(to: folder.appending(path: "\(name).pub"))
    try await openssl(
      ["x509", "-req", "-in", "request.pem", "-force_pubkey", "\(name).pub", "-CA", "intermediate.pem"]
        + ["-CAkey", "intermediate.key", "-extfile", "openssl.cnf", "-extensions", "more", "-days", "365"]
        + ["-out", "\(name).pem"])
    return folder.appending(path: "\(name).pem")
  }

  /// The modulus of an RSA key that OpenSSL made.
  public func modulus(of issued: Issued) async throws -> [UInt8] {
    let text = try await openssl(["rsa", "-in", issued.key.path, "-noout", "-modulus"])
    let digits = Array(text.utf8.drop { $0 != UInt8(ascii: "=") }.dropFirst().prefix { $0 != UInt8(ascii: "\n") })
    return stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16)
    }
  }

  /// All of it in one PKCS #12 file.
  public func pkcs12(_ issued: Issued, _ name: String, passphrase: String, more: [String] = []) async throws -> URL {
    try await openssl(
      ["pkcs12", "-export", "-in", issued.chain.path, "-inkey", issued.key.path, "-passout", "pass:\(passphrase)"]
        + ["-out", name] + more)
    let file = folder.appending(path: name)
    chmod(file.path, 0o600)
    return file
  }

  /// The same key, protected by a passphrase.
  public func encrypted(_ key: URL, _ name: String, passphrase: String) async throws -> URL {
    try await openssl(["pkey", "-in", key.path, "-aes256", "-passout", "pass:\(passphrase)", "-out", name])
    let file = folder.appending(path: name)
    chmod(file.path, 0o600)
    return file
  }

  /// What `openssl cms -verify` says of a whole message: the content it found signed, or nil.
  public func verified(_ message: [UInt8], purpose: String = "smimesign") async throws -> [UInt8]? {
    let folder = try TemporaryFolder()
    let file = try folder.write(message, to: "letter.eml")
    let outcome = try await ChildProcess.run(
      "openssl",
      ["cms", "-verify", "-in", file.path, "-CAfile", root.path, "-purpose", purpose, "-out", "content"],
      folder: folder.url)
    return outcome.status == 0 ? try Array(Data(contentsOf: folder.url.appending(path: "content"))) : nil
  }

  private func request(_ key: String, subject: String) async throws {
    try await openssl(
      ["req", "-new", "-key", key, "-config", "openssl.cnf", "-utf8", "-subj", subject, "-out", "request.pem"])
  }

  private func sign(_ name: String, by issuer: String, from: String, until: String, extensions: String) async throws {
    try await openssl(
      ["ca", "-batch", "-notext", "-config", "openssl.cnf", "-in", "request.pem", "-cert", "\(issuer).pem"]
        + ["-keyfile", "\(issuer).key", "-startdate", from, "-enddate", until, "-extensions", extensions]
        + ["-out", name])
  }

  @discardableResult
  private func openssl(_ arguments: [String]) async throws -> String {
    try await ChildProcess.tool("openssl", arguments, folder: folder)
  }
}
