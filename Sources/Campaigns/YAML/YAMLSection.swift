/// A group of keys that are all known beforehand. Unknown keys are reported as soon as the section is made, missing
/// ones when they are asked for.
struct YAMLSection {
  let value: YAMLValue
  private var values: [String: YAMLValue] = [:]
  /// Keys that a misspelt key was meant to be: they are not reported as missing as well.
  private var meant: Set<String> = []

  /// Nil, and reported, when `value` is not a group of keys.
  init?(_ value: YAMLValue, keys known: [String], example: String) {
    guard let entries = value.entries(example: example) else { return nil }
    self.value = value
    for (key, member) in entries {
      // A key is a scalar here, or it would have been left out.
      let name = key.word ?? ""
      if known.contains(name) {
        values[name] = member
      } else if PasswordColumn.matches(name) {
        key.report(
          "key \(QuotedText(name)): passwords do not belong in this file; write it to a file of its own (chmod 600) "
            + "and name that file with \"password_file\"")
        meant.insert("password_file")
      } else if known.contains("token_file"), ["token", "access_token", "refresh_token", "bearer"].contains(name) {
        key.report(
          "key \(QuotedText(name)): tokens do not belong in this file; write it to a file of its own (chmod 600) and name "
            + "that file with \"token_file\", or name a program that prints it with \"token_command\"")
        meant.insert("token_file")
      } else if let joined = Self.joined(name, known) {
        key.report("unknown key \(QuotedText(name)); a blank belongs behind the colon: \(joined): …")
        meant.insert(joined)
      } else if let near = NearestName(among: known).suggestion(for: name) {
        key.report("unknown key \(QuotedText(name)), did you mean \"\(near)\"?")
        meant.insert(near)
      } else {
        // In braces, a comma ends a value: {name: Office, Berlin} has a key Berlin without a value.
        let isRest = member.word?.isEmpty == true
        key.report(
          "unknown key \(QuotedText(name))"
            + (isRest ? "; if it belongs to the text before it, put that text in quotes" : "")
            + "; known here: \(known.joined(separator: ", "))")
      }
    }
  }

  /// The key of `key:value` or `key：value`, where it is one of the known ones.
  private static func joined(_ name: String, _ known: [String]) -> String? {
    guard let colon = name.unicodeScalars.firstIndex(where: { $0 == ":" || YAMLSource.isOddColon($0) }) else {
      return nil
    }
    let key = String(name[..<colon])
    return known.contains(key) ? key : nil
  }

  func has(_ key: String) -> Bool { values[key] != nil }

  func optional(_ key: String) -> YAMLValue? { values[key] }

  /// Nil, and reported at the section's own key, when the key is missing.
  func required(_ key: String, example: String) -> YAMLValue? {
    if let value = values[key] { return value }
    if meant.contains(key) { return nil }
    let owner = value.path.isEmpty ? "" : " in \"\(value.path)\""
    value.context.report("missing key \"\(key)\"\(owner); add it, as in \(key): \(example)", at: value.parent)
    return nil
  }
}
