public import Foundation

/// The reason why letters cannot be signed with S/MIME. It says nothing about the contents of a key or a passphrase.
public struct SMIMEError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file that is at fault.
  public enum File: Sendable, Hashable { case certificate, key }

  public enum Problem: Sendable, Hashable {
    case notAPrivateKey
    case encryptedKey
    case wrongPassphrase
    case passphraseNotNeeded
    case notPKCS12
    case oldPKCS12
    case pkcs12WithoutKey
    case pkcs12WithoutCertificate
    /// The key is not that of the certificate with this subject.
    case otherKey(subject: String)
    case notRSA
    case keyFault(KeyFault)
    /// What the key signs is not what its certificate verifies.
    case keyDoesNotSign
    case mayNotSign
    case notForMail
    case otherAddress([String], String)
    case missingIssuer(String)
    case notAnAuthority(String)
    case notInChain(String)
    /// The certificate of the authority with this subject, or the sender's certificate when nil.
    case notYetValid(String?, from: Date)
    case expired(String?, at: Date)
    /// libcrypto failed: memory is exhausted or its configuration is broken.
    case failed
    /// A letter cannot be encrypted for the certificates in these files.
    case encryptionFailed(files: [String])
  }

  public let file: File
  public let problem: Problem

  public init(_ file: File, _ problem: Problem) {
    self.file = file
    self.problem = problem
  }

  /// An English clause with its remedy that follows the file's name.
  public var description: String {
    switch problem {
    case .notAPrivateKey: "this is not a private key in PEM (PKCS #8 or PKCS #1); export the certificate's key anew"
    case .encryptedKey:
      "this key is protected by a passphrase; name the file that has it with \"smime.passphrase_file\""
    case .wrongPassphrase:
      "the passphrase is not the one of this file; correct the file \"smime.passphrase_file\" names"
    case .passphraseNotNeeded: "this key is not protected by a passphrase; remove \"smime.passphrase_file\""
    case .notPKCS12:
      "this is not a PKCS #12 file (.p12, .pfx); where certificate and key are two files in PEM, "
        + "name the key with \"smime.key_file\""
    case .oldPKCS12:
      "this PKCS #12 file is encrypted in a way that is no longer read, or not at all; write it again: "
        + "\"openssl pkcs12 -legacy -in OLD -out ALL.pem\", then \"openssl pkcs12 -export -in ALL.pem -out NEW\""
    case .pkcs12WithoutKey: "there is no private key in this PKCS #12 file; export it again together with the key"
    case .pkcs12WithoutCertificate: "there is no certificate in this PKCS #12 file; export it again"
    case .otherKey(let subject):
      "this is not the key of the certificate “\(subject)”; name the key that its request was made with"
    case .notRSA:
      "this is not a plain RSA key, and signatures of other kinds are never the same twice, so that no letter could be "
        + "proved; order a certificate for an RSA key"
    case .keyFault(let fault): "this certificate \(fault); order one for a new key"
    case .keyDoesNotSign:
      "what this key signs does not verify: it is damaged; restore it, or order a certificate for a new key"
    case .mayNotSign: "this certificate may not sign (key usage); order one with digitalSignature"
    case .notForMail: "this certificate is not for mail (extended key usage); order one with emailProtection"
    case .otherAddress(let own, let sender):
      "this certificate is \(own.isEmpty ? "for no e-mail address" : "for \(own.joined(separator: ", "))"), "
        + "but \"sender.from\" is \(sender); mail programs would warn. Order a certificate for the sender's address"
    case .missingIssuer(let issuer):
      "the certificate of its authority “\(issuer)” is missing; add it and those above it to the file, "
        + "the root may be left out"
    case .notAnAuthority(let subject):
      "“\(subject)” is not the certificate of an authority, but the certificate before it is issued with it"
    case .notInChain(let subject):
      "“\(subject)” does not belong to the chain of the sender's certificate; remove it from the file"
    case .notYetValid(let subject, let date):
      "\(Self.which(subject)) is valid from \(RFC3339.string(date)) on, not now; wait, or use another one"
    case .expired(let subject, let date):
      "\(Self.which(subject)) expired at \(RFC3339.string(date)); order a new one"
    case .failed: "OpenSSL failed"
    case .encryptionFailed(let files):
      "it cannot be encrypted with the certificate\(files.isEmpty ? "" : " in \(files.joined(separator: ", "))"); "
        + "ask the customer for another one"
    }
  }

  private static func which(_ authority: String?) -> String {
    authority.map { "the certificate of the authority “\($0)”" } ?? "this certificate"
  }
}

extension SMIMEError.Problem {
  init(_ error: SigningKey.ReadError) {
    self =
      switch error {
      case .notAPrivateKey: .notAPrivateKey
      case .encrypted: .encryptedKey
      case .wrongPassphrase: .wrongPassphrase
      case .notEncrypted: .passphraseNotNeeded
      }
  }
}
