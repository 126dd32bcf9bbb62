import Campaigns
import Foundation
import Mail

/// What signs and encrypts the letters of a campaign: the keys and certificates in the files it names, or in systemd's
/// credentials folder.
struct CampaignSigning: Sendable {
  /// Nil when nothing here signs with DKIM, and when a key cannot be used.
  let dkim: DKIMSigner?
  private let smime: SMIMESigner?
  private let certificates: CustomerCertificates?
  /// When the plan was frozen, or would be: the certificates that were valid then stay in use, however long it takes.
  private var frozenAt: Date
  /// Why there is no signer although one is asked for.
  let troubles: [SecretFileError]

  /// - Parameters:
  ///   - moment: When the sender's certificate has to be valid; nil where a letter is only made again.
  ///   - frozenAt: When customers' certificates have to be.
  init(_ campaign: Campaign, at moment: Date?, frozenAt: Date) {
    let credentials = RelayCredentials.credentialsFolder
    var troubles: [SecretFileError] = []
    var dkim: DKIMSigner?
    if case .here(let settings) = campaign.dkim {
      do throws(SecretFileError) {
        dkim = try settings.signer(folder: campaign.folder, credentials: credentials)
      } catch {
        troubles.append(error)
      }
    }
    var smime: SMIMESigner?
    if let settings = campaign.smime {
      do throws(SecretFileError) {
        smime = try settings.signer(
          from: campaign.sender.from.address, folder: campaign.folder, credentials: credentials, at: moment)
      } catch {
        troubles.append(error)
      }
    }
    var certificates: CustomerCertificates?
    do throws(SecretFileError) {
      certificates = try campaign.smime?.customerCertificates()
    } catch {
      troubles.append(error)
    }
    (self.dkim, self.smime, self.certificates) = (dkim, smime, certificates)
    self.frozenAt = frozenAt
    self.troubles = troubles
  }

  /// The same, for a plan that was frozen at another moment.
  func frozen(at moment: Date) -> CampaignSigning {
    var other = self
    other.frozenAt = moment
    return other
  }

  /// Nil when nothing here signs, and when a key or certificate cannot be used: a letter is signed with all that is asked
  /// for, or not at all.
  var signer: LetterSigner? {
    guard troubles.isEmpty else { return nil }
    return LetterSigner(smime: smime, recipients: certificates?.usable(at: frozenAt), dkim: dkim)
  }

  /// The signer that letters must go through; nil when none is asked for.
  func required() throws(Failure) -> LetterSigner? {
    guard troubles.isEmpty else { throw Failure(.campaign, troubles.map(\.description).joined(separator: "\n")) }
    return signer
  }

  /// Who signs with DKIM, in words.
  static func dkim(of campaign: Campaign) -> String {
    switch campaign.dkim {
    case nil: "not signed"
    case .relay: "signed by the relay"
    case .here(let settings):
      "signed for \(settings.domain) with "
        + [("RSA", settings.rsa), ("Ed25519", settings.ed25519)].compactMap { name, key in
          key.map { "\(name) (\($0.selector))" }
        }.joined(separator: " and ")
    }
  }

  /// Who signs with S/MIME and until when, in words.
  func smime(of campaign: Campaign) -> String {
    guard campaign.smime != nil else { return "not signed" }
    guard troubles.isEmpty, let identity = smime?.identity else { return "not signed, see the warnings" }
    return "signed by \(campaign.sender.from.address.displayText) until \(LocalTime.full(identity.notAfter)), "
      + "issued by \(identity.certificate.issuer)"
  }

  /// What can be signed with now but gives trouble later, and which certificates no letter is encrypted with.
  ///
  /// - Parameter addresses: To which letters go out encrypted, as ``EmailAddress/key``.
  func warnings(of campaign: Campaign, encryptedTo addresses: Set<String>, at now: Date) -> [String] {
    guard troubles.isEmpty, let identity = smime?.identity else { return [] }
    var warnings: [String] = []
    let end = now + TimeInterval(campaign.retry.giveUpAfter.components.seconds)
    let expiry = "the S/MIME certificate is valid until \(LocalTime.full(identity.notAfter)) only, "
    if identity.notAfter < campaign.deadline.date {
      warnings.append(expiry + "which is before the deadline: mail programs will warn of letters read later; renew it")
    } else if identity.notAfter < end {
      warnings.append(expiry + "and letters may be retried until \(LocalTime.full(end)); renew it")
    }
    if identity.isSelfSigned {
      warnings.append(
        "the S/MIME certificate is issued by itself: mail programs will warn of every letter; order one from an authority"
      )
    }
    return warnings + certificateWarnings(encryptedTo: addresses)
  }

  private func certificateWarnings(encryptedTo addresses: Set<String>) -> [String] {
    guard let certificates else { return [] }
    var warnings = certificates.faults(at: frozenAt).map {
      "\(certificates.path)/\($0); letters that it should encrypt go out unencrypted"
    }
    let idle = certificates.files(without: { addresses.contains($0.key) }, at: frozenAt)
    if !idle.isEmpty {
      let more = idle.count > 10 ? " and \(idle.count - 10) more" : ""
      warnings.append(
        "\(certificates.path): no letter goes to the address in \(idle.prefix(10).joined(separator: ", "))\(more); "
          + "if it should, correct the customer's contact address or ask for another certificate")
    }
    return warnings
  }
}
