public import Foundation
public import Mail

/// The keys and certificates that sign and encrypt the letters of a campaign: those in the files it names, or in
/// systemd's credentials folder.
public struct CampaignKeys: Sendable {
  /// The DKIM signer; nil when nothing here signs with DKIM, and when a key cannot be used.
  public let dkim: DKIMSigner?
  private let smime: SMIMESigner?
  private let certificates: CustomerCertificates?
  /// The moment when the plan was frozen, or would be: the certificates that were valid then stay in use, however long
  /// the campaign takes.
  private var frozenAt: Date
  /// The reasons why there is no signer although one is asked for.
  public let troubles: [SecretFileError]
  /// What was left out at the edges of the passphrase's file; nil when nothing was, and when it cannot be read.
  public let passphraseWarning: SecretFileWarning?

  /// - Parameters:
  ///   - credentials: systemd's `CREDENTIALS_DIRECTORY`; nil when there is none.
  ///   - moment: When the sender's certificate has to be valid; nil when a letter is only reproduced.
  ///   - frozenAt: When customers' certificates have to be valid.
  public init(_ campaign: Campaign, credentials: URL?, at moment: Date?, frozenAt: Date) {
    var troubles: [SecretFileError] = []
    func used<Value>(_ read: () throws(SecretFileError) -> Value?) -> Value? {
      do throws(SecretFileError) {
        return try read()
      } catch {
        troubles.append(error)
        return nil
      }
    }
    dkim = used { () throws(SecretFileError) in
      guard case .here(let settings) = campaign.dkim else { return nil }
      return try settings.signer(folder: campaign.folder, credentials: credentials)
    }
    smime = used { () throws(SecretFileError) in
      try campaign.smime?.signer(
        from: campaign.sender.from.address, folder: campaign.folder, credentials: credentials, at: moment)
    }
    certificates = used { () throws(SecretFileError) in try campaign.smime?.customerCertificates() }
    passphraseWarning = campaign.smime?.passphraseFile.flatMap { file in
      try? PasswordFile.secret(file, word: "passphrase", folder: campaign.folder, credentials: credentials).warning
    }
    self.frozenAt = frozenAt
    self.troubles = troubles
  }

  /// The same keys, for a plan that was frozen at another moment.
  public func frozen(at moment: Date) -> CampaignKeys {
    var other = self
    other.frozenAt = moment
    return other
  }

  /// Nil when nothing here signs, and when a key or certificate cannot be used: a letter is signed with all that is
  /// asked for, or not at all.
  public var signer: LetterSigner? {
    guard troubles.isEmpty else { return nil }
    return LetterSigner(smime: smime, recipients: certificates?.usable(at: frozenAt), dkim: dkim)
  }

  /// The signer that letters must go through; nil when none is asked for.
  public func requiredSigner() throws(CampaignKeysError) -> LetterSigner? {
    guard troubles.isEmpty else { throw CampaignKeysError(troubles: troubles) }
    return signer
  }

  /// The certificate that signs with S/MIME; nil when none does, and when a key cannot be used.
  public var identity: SMIMEIdentity? { troubles.isEmpty ? smime?.identity : nil }

  /// Warnings about keys that can sign now but give trouble later, and about certificates that no letter is encrypted
  /// with.
  ///
  /// - Parameter addresses: The addresses to which letters go out encrypted, as ``EmailAddress/key``.
  public func warnings(of campaign: Campaign, encryptedTo addresses: Set<String>, at now: Date) -> [KeyWarning] {
    var warnings: [KeyWarning] = passphraseWarning.map { [.trimmed($0)] } ?? []
    guard let identity else { return warnings }
    let end = now + TimeInterval(campaign.retry.giveUpAfter.components.seconds)
    if identity.notAfter < campaign.deadline.date {
      warnings.append(.endsBeforeDeadline(identity.notAfter))
    } else if identity.notAfter < end {
      warnings.append(.endsBeforeLastRetry(identity.notAfter, lastRetry: end))
    }
    if identity.isSelfSigned { warnings.append(.selfSigned) }
    guard let certificates else { return warnings }
    warnings += certificates.faults(at: frozenAt).map { .unusable(path: "\(certificates.path)/\($0)") }
    let idle = certificates.files(without: { addresses.contains($0.key) }, at: frozenAt)
    if !idle.isEmpty { warnings.append(.noLetterFor(folder: certificates.path, files: idle)) }
    return warnings
  }
}

/// The reason why letters cannot be signed as the campaign file asks.
public struct CampaignKeysError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The faults, at least one.
  public let troubles: [SecretFileError]

  public var description: String { troubles.map(\.description).joined(separator: "\n") }
}

/// A cause of trouble later although letters can be signed now.
public enum KeyWarning: Sendable, Hashable {
  /// The passphrase's file has more than the passphrase.
  case trimmed(SecretFileWarning)
  /// The S/MIME certificate is valid only until then.
  case endsBeforeDeadline(Date)
  case endsBeforeLastRetry(Date, lastRetry: Date)
  case selfSigned
  /// A fault of a customer's certificate: the path with the problem. Its letters go out unencrypted.
  case unusable(path: String)
  /// Certificates of people who get no letter.
  case noLetterFor(folder: String, files: [String])
}
