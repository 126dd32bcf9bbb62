import Campaigns
import Foundation
import Mail

/// What signs the letters of a campaign: the keys in the files it names, or in systemd's credentials folder.
struct CampaignSigning: Sendable {
  /// Nil when nothing here signs, and when a key cannot be used.
  let signer: DKIMSigner?
  /// Why not, then.
  let trouble: SecretFileError?

  init(_ campaign: Campaign) {
    guard case .here(let settings) = campaign.dkim else {
      (signer, trouble) = (nil, nil)
      return
    }
    do throws(SecretFileError) {
      signer = try settings.signer(folder: campaign.folder, credentials: RelayCredentials.credentialsFolder)
      trouble = nil
    } catch {
      (signer, trouble) = (nil, error)
    }
  }

  /// The signer that letters must go through; nil when none is asked for.
  func required() throws(SecretFileError) -> DKIMSigner? {
    if let trouble { throw trouble }
    return signer
  }

  /// Who signs, in words.
  static func description(_ campaign: Campaign) -> String {
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
}
