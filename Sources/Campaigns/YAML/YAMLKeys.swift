/// What is known of the keys of a campaign file before their values are read: which words are keys at all, and whose values
/// can hold any text.
enum YAMLKeys {
  /// Every key that the program knows, in whichever group.
  static let known: Set<String> = closed.union([
    "incident", "what", "data", "consequences", "measures", "authority", "name", "reference", "sender", "from",
    "reply_to",
    "contact", "phone", "dkim", "rsa_key_file", "ed25519_key_file", "smime", "certificate_file", "key_file",
    "passphrase_file", "encrypt_to", "customers", "file", "sheet", "columns", "id", "company", "salutation", "title",
    "first_name", "last_name", "mailbox", "access", "program", "segments", "none", "relays", "username",
    "password_file",
    "token_file", "token_command", "ca_file", "destinations", "canary", "column", "notify", "command", "mail", "to",
    "relay", "follows",
  ])

  private static let roots: Set<String> = [
    "incident", "sender", "dkim", "smime", "customers", "language", "segments", "letters", "relays", "destinations",
    "hours",
    "order", "canary", "retry", "deadline", "after_deadline", "uncertain", "stop_at", "retention", "release", "notify",
    "follows",
  ]
  private static let ofIncident: Set<String> = [
    "what", "happened", "discovered", "data", "consequences", "measures", "authority",
  ]

  /// True for a key that the text of the value at `keys` may have swallowed: one of the same group, or of the root. A fact of
  /// the incident may have lines such as `phone: 0800 …`.
  static func canFollow(_ keys: [String], _ key: String) -> Bool {
    guard keys.first == "incident", keys.count == 2, ofIncident.contains(keys[1]) else { return known.contains(key) }
    return roots.contains(key) || ofIncident.contains(key) && key != keys[1]
  }

  /// Keys with values of a form of their own (numbers, times, addresses, one word of several): what a comment cuts off from
  /// such a value would not have been part of it.
  private static let closed: Set<String> = [
    "happened", "discovered", "filed", "email", "notice_url", "time_zone", "domain", "selector", "ed25519_selector",
    "language", "encoding", "letter", "letters", "incoming", "outgoing", "host", "port", "service", "encryption", "url",
    "auth", "tls", "helo", "connections", "limits", "count", "spread", "per_connection", "pipelining", "hours", "order",
    "by", "affected", "retry", "schedule", "give_up_after", "deadline", "after_deadline", "uncertain", "stop_at",
    "refused", "of", "wait", "retention", "purge_after", "release", "campaign", "as",
  ]

  /// True for a value that any text may be, such as a fact of the notice, a column's header or a user name: if a part of it
  /// were lost, what is left would still be taken.
  ///
  /// - Parameters:
  ///   - keys: The path to the value, from the root.
  ///   - text: The value as it was read.
  static func isFreeText(_ keys: [String], _ text: String) -> Bool {
    guard let last = keys.last, let first = keys.first else { return true }
    if keys.contains("columns") { return true }
    switch first {
    case "letters", "destinations", "language": return false
    // The name of a relay has no blanks worth keeping; an address is complete once its @ is there.
    case "relays" where last == "name": return false
    case "notify" where last == "name" || last == "relay" || last == "to": return false
    case "customers" where last == "contact": return false
    case "sender" where last == "from" || last == "reply_to": return !text.contains("@")
    case "dkim" where keys.count == 1: return false
    default: return !closed.contains(last)
    }
  }
}
