/// Recognises names of columns and keys that announce a password.
///
/// Some providers' exports contain mailbox passwords in plain text. Such a file is refused because of its header alone;
/// no value is read. Long words count anywhere in a name (`IMAP-Passwort`), short ones only as a word of their own, so
/// that `Shipping` is not taken for a PIN, nor `Kompass` for a pass.
enum PasswordColumn {
  private static let parts = [
    "passw", "passphrase", "passcode", "kennwort", "kennwörter", "losungswort", "zugangscode",
    "credential", "geheimzahl", "geheimwort", "geheimnis", "mot de passe", "motdepasse", "wachtwoord", "contraseña",
    "secretkey", "apikey", "privatekey",
  ].map { Array($0.utf8) }
  private static let words: Set<String> = [
    "pwd", "pass", "pw", "psw", "pswd", "pin", "puk", "tan", "secret", "secrets", "kw", "otp", "totp", "mdp",
    "geheim",
  ]

  static func matches(_ name: String) -> Bool {
    let lower = name.precomposed.lowercased()
    let folded = String(lower.unicodeScalars.filter { $0.properties.generalCategory != .format })
    // "Pass-Wort" and "api key" are the same words with something in between.
    let joined = String(folded.filter { $0.isLetter })
    if holdsPart(Array(folded.utf8)) || holdsPart(Array(joined.utf8)) { return true }
    return wordsOf(name).contains { words.contains($0) }
  }

  private static func holdsPart(_ text: [UInt8]) -> Bool {
    text.indices.contains { place in
      parts.contains { $0[0] == text[place] && text[place...].starts(with: $0) }
    }
  }

  /// The words of a name in lower case: `mailPin_2` is `mail`, `pin`.
  private static func wordsOf(_ name: String) -> [String] {
    var found: [String] = []
    var word = ""
    var wasLower = false
    for character in name {
      if !character.isLetter || (wasLower && character.isUppercase) {
        if !word.isEmpty { found.append(word.lowercased()) }
        word = ""
      }
      if character.isLetter { word.append(character) }
      wasLower = character.isLowercase
    }
    if !word.isEmpty { found.append(word.lowercased()) }
    return found
  }
}
