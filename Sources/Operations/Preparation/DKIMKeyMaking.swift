import Files
public import Foundation
public import Mail

/// A key that signs letters with DKIM, made into a new file, and what belongs in DNS and in the campaign file for it.
public struct DKIMKeyMaking: Sendable {
  public let file: URL
  public let algorithm: DKIMKey.Algorithm
  public let domain: Domain
  public let selector: DKIMSelector
  public let record: DKIMRecord

  /// The private key is in a file that only its owner can read; nothing is ever overwritten (kind `cannotWrite`).
  public init(
    _ algorithm: DKIMKey.Algorithm, domain: Domain, selector: DKIMSelector, file: URL
  ) throws {
    var status = stat()
    guard lstat(file.path, &status) != 0 else {
      throw OperatorError(
        .cannotWrite, "\(file.path) exists already; nothing was written. Name another file.")
    }
    let key = try DKIMKey.make(algorithm)
    try NewPrivateFile.write(try key.pem, to: file)
    self.file = file
    self.algorithm = algorithm
    self.domain = domain
    self.selector = selector
    record = DKIMRecord(domain: domain, selector: selector, key: key)
  }
}
