import Foundation
import TestSupport

/// A certificate authority made for one test, and a certificate of a relay signed by it, as PEM files in a folder.
struct TestCertificates: Sendable {
  let authority: URL
  let certificate: URL
  let key: URL

  /// `names` become the certificate's subject alternative names, written as OpenSSL wants them: `DNS:localhost`.
  init(in folder: URL, names: [String]) async throws {
    authority = folder.appendingPathComponent("ca.pem")
    certificate = folder.appendingPathComponent("relay.pem")
    key = folder.appendingPathComponent("relay.key")
    let settings = folder.appendingPathComponent("openssl.cnf")
    let authorityKey = folder.appendingPathComponent("ca.key")
    try """
    [req]
    distinguished_name = name
    prompt = no
    [name]
    O = Test
    [authority]
    basicConstraints = critical, CA:TRUE
    keyUsage = critical, keyCertSign
    subjectKeyIdentifier = hash
    [relay]
    basicConstraints = critical, CA:FALSE
    subjectKeyIdentifier = hash
    authorityKeyIdentifier = keyid
    subjectAltName = \(names.joined(separator: ","))

    """.write(to: settings, atomically: false, encoding: .utf8)
    let common = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "7"]
    try await ChildProcess.tool(
      "openssl",
      common + [
        "-config", settings.path, "-extensions", "authority", "-subj", "/CN=Test authority", "-keyout",
        authorityKey.path, "-out", authority.path,
      ])
    try await ChildProcess.tool(
      "openssl",
      common + [
        "-config", settings.path, "-extensions", "relay", "-subj", "/CN=Test relay", "-keyout", key.path, "-out",
        certificate.path, "-CA", authority.path, "-CAkey", authorityKey.path,
      ])
  }
}
