import Files
public import Foundation
public import Mail

/// The customers' certificates in a folder that the operator names; each file holds one or several in PEM, or one in
/// DER.
///
/// They are read once; ``usable(at:)`` decides which of them letters may be encrypted with at a given moment.
public struct CustomerCertificates: Sendable {
  /// Something in the folder that no letter is encrypted with, and the reason. The description is what `check` prints.
  public struct Fault: Sendable, Hashable, CustomStringConvertible {
    /// Its name in the folder.
    public let file: String
    public let message: String
    public var description: String { "\(file): \(message)" }
  }

  public let path: String
  private var found: [(file: String, certificate: Certificate)] = []
  /// The faults of files that are not certificate files, whatever the moment.
  private var unreadable: [Fault] = []

  private static let largest = 1_048_576

  /// Throws a ``SecretFileError`` when the folder cannot be read.
  init(_ folder: URL) throws(SecretFileError) {
    path = folder.path(percentEncoded: false)
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path).filter { !$0.hasPrefix(".") }.sorted()
    } catch {
      throw SecretFileError(
        path: path,
        message: "there is no such folder, or it may not be read; put the customers' certificates there, "
          + "or correct \"smime.encrypt_to\"")
    }
    for name in names {
      do {
        let bytes = try RandomAccessFile(folder.appending(path: name)).contents(atMost: Self.largest)
        let all = try Certificate.isPEM(bytes) ? Certificate.read(pem: bytes) : [Certificate(der: bytes)]
        // Somebody who exports a chain means the certificate at its end; a single certificate may be its own authority.
        let own = all.count > 1 ? all.filter { !$0.isAuthority } : all
        if own.isEmpty {
          unreadable.append(
            Fault(file: name, message: "there are certificates of authorities only; ask the customer for their own"))
        }
        found += own.map { (name, $0) }
      } catch let error as FileError {
        unreadable.append(Fault(file: name, message: error.clause))
      } catch {
        unreadable.append(Fault(file: name, message: "\(error)"))
      }
    }
  }

  /// The certificates that letters are encrypted with when the plan is frozen at `moment`.
  public func usable(at moment: Date) -> SMIMERecipients {
    let usable = found.filter { Self.fault(of: $0.certificate, at: moment) == nil }
    return SMIMERecipients(
      usable.map(\.certificate), files: Dictionary(usable.map { ($1, $0) }, uniquingKeysWith: { first, _ in first }))
  }

  /// The faults in the order of the files' names.
  public func faults(at moment: Date) -> [Fault] {
    let usable = usable(at: moment)
    let unusable = found.compactMap { file, certificate -> Fault? in
      // An old certificate next to its replacement is not a fault.
      if certificate.isOver(at: moment), certificate.addresses.contains(where: usable.has) { return nil }
      return Self.fault(of: certificate, at: moment).map { Fault(file: file, message: $0) }
    }
    return (unreadable + unusable).sorted { ($0.file, $0.message) < ($1.file, $1.message) }
  }

  /// The files with usable certificates of which no address is wanted, in the order of their names.
  public func files(without isWanted: (EmailAddress) -> Bool, at moment: Date) -> [String] {
    found.filter {
      Self.fault(of: $0.certificate, at: moment) == nil && !$0.certificate.addresses.contains(where: isWanted)
    }
    .map(\.file)
  }

  private static func fault(of certificate: Certificate, at moment: Date) -> String? {
    let remedy = "ask the customer for another one"
    if certificate.addresses.isEmpty { return "this certificate is for no e-mail address; \(remedy)" }
    if !certificate.isForMail { return "this certificate is not for mail (extended key usage); \(remedy)" }
    if !certificate.mayReceive { return "this certificate is not for encryption (key usage); \(remedy)" }
    switch certificate.keyKind {
    case .other: return "this certificate has a key that is neither RSA nor on P-256, P-384 or P-521; \(remedy)"
    case .rsa, .curve: break
    }
    if let fault = certificate.keyFault { return "this certificate \(fault); \(remedy)" }
    if certificate.isOver(at: moment) {
      return "this certificate expired at \(RFC3339.string(certificate.notAfter)); ask the customer for the new one"
    }
    if moment < certificate.notBefore {
      return "this certificate is valid from \(RFC3339.string(certificate.notBefore)) on, not now; wait, or \(remedy)"
    }
    return nil
  }
}
