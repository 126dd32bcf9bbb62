import Foundation

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
