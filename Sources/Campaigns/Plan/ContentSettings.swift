import Foundation
import Mail

/// The settings of a campaign that are printed in letters or decide who gets one, each by its place in `campaign.yaml`.
///
/// Relays, their limits and credentials, the retry schedule and the handling of uncertain messages are not among them:
/// they may change while a campaign runs.
struct ContentSettings {
  /// The settings in a fixed order. The parts of a setting are kept separate, so that `["a, b"]` is not `["a", "b"]`.
  let values: [(key: SettingKey, parts: [String])]

  /// - Parameter signer: Its domain, selectors, public keys and certificates count, since they are in every letter; nil
  ///   when letters leave unsigned.
  init(_ campaign: Campaign, signer: LetterSigner?) {
    let incident = campaign.incident
    let sender = campaign.sender
    var values: [(SettingKey, [String])] = [
      (.incident(.what), [incident.what]),
      (.incident(.happened), ["\(incident.happened)"]),
      (.incident(.discovered), ["\(incident.discovered)"]),
      (.incident(.data), incident.data),
      (.incident(.consequences), [incident.consequences]),
      (.incident(.measures), [incident.measures]),
      (.incident(.authority), incident.authority.map { [$0.name, "\($0.filed)", $0.reference] } ?? []),
      (.sender(.from), Self.parts(sender.from)),
      (.sender(.replyTo), sender.replyTo.map(Self.parts) ?? []),
      (.sender(.contact), [sender.contact.name, sender.contact.phone, sender.contact.email.description]),
      (.sender(.noticeURL), [sender.noticeURL.absoluteString]),
      (
        .columns,
        CustomerSource.Field.allCases.flatMap { field in
          campaign.customers.columns[field].map { [field.rawValue, $0] } ?? []
        }
      ),
    ]
    // Named where it is used: plans without it stay unchanged.
    if let zone = sender.timeZone { values.append((.sender(.timeZone), [zone.identifier])) }
    if campaign.customers.language != "de" { values.append((.language, [campaign.customers.language])) }
    for name in campaign.segments.keys.sorted() {
      values.append((.segment(name), campaign.segments[name].map(Self.parts) ?? []))
    }
    for letter in campaign.letters {
      // The order does not matter to a letter; the set of customers who get it does.
      values.append((.letter(letter.letter), letter.segments.map { ["list"] + $0.sorted() } ?? ["all"]))
    }
    values.append((.deadline, ["\(campaign.deadline)"]))
    if let follows = campaign.follows { values.append((.follows, [follows.campaign, follows.kind.rawValue])) }
    if let dkim = signer?.dkim {
      values.append((.dkim(.domain), [dkim.domain.ascii]))
      for key in dkim.keys { values += Self.settings(of: key) }
    }
    if let identity = signer?.smime?.identity {
      // The key is that of the certificate.
      let certificates = [identity.certificate] + identity.authorities
      values.append((.smime(.certificateFile), certificates.map(\.digest.hex)))
    }
    if let recipients = signer?.recipients {
      values.append((.smime(.encryptTo), recipients.digests.map(\.hex)))
    }
    self.values = values
  }

  /// A key that is replaced in its file counts as another key; a file that is moved does not.
  private static func settings(of key: DKIMSigner.Key) -> [(SettingKey, [String])] {
    let digest = key.key.publicDigest.hex
    return switch key.key.algorithm {
    case .rsa: [(.dkim(.selector), [key.selector.text]), (.dkim(.rsaKeyFile), [digest])]
    case .ed25519: [(.dkim(.ed25519Selector), [key.selector.text]), (.dkim(.ed25519KeyFile), [digest])]
    }
  }

  private static func parts(_ address: NamedAddress) -> [String] {
    [address.displayName ?? "", address.address.description]
  }

  private static func parts(_ segment: Segment) -> [String] {
    switch segment {
    case .letter(let template, let incoming, let outgoing):
      ["letter", template] + parts(incoming) + parts(outgoing)
    case .phone(let reason): ["phone", reason]
    case .none(let reason): ["none", reason]
    }
  }

  private static func parts(_ server: MailServer) -> [String] {
    [server.host.ascii, String(server.port), server.encryption.rawValue, server.service.rawValue]
  }
}
