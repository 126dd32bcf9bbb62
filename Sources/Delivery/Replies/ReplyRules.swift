/// The table of rules: what replies mean, the most specific first.
///
/// The first rule that fits decides. The order is that of the chapters below, and inside a chapter that of its lines:
/// what one receiver is known to mean by a code of its own; words that can only be about us (authentication, TLS,
/// login, limits, blocklists, the sender, relaying); words about the recipient; words that are vague (a virus, spam,
/// trouble of the system); the enhanced status code alone; words of refusal that say nothing else; the reply code and
/// the phase alone. So words go before codes, since hosts misuse codes more often than words, and what is about us goes
/// before what is about the customer.
enum ReplyRules {
  static let all: [ReplyRule] =
    receivers + greylisting + reverseDNS + senderAuthentication + access + limits + reputation + senders + relaying
    + recipients + content + messages + systems + statuses + policies + codes

  /// The rules that a reply with these words may fit, found by the first words of their phrases.
  static let index = PhraseIndex(all)

  /// Words that are about us wherever they stand: a reply with one of them says nothing of the recipient.
  static let aboutUs: [WordPhrase] = [
    "sender*", "header*", "reply to", "from header", "from address", "mail from", "mailfrom", "return path",
    "envelope from", "ip address", "ip is|was|has|blocked|rejected|banned|listed|denied|not", "client host", "helo",
    "ehlo", "reverse", "ptr", "rdns", "dnsbl", "spf", "dkim", "dmarc", "spam*", "blacklist*", "blocklist*",
    "reputation", "authenti*", "relaying", "relay denied|access|not|limit|quota",
    "your ip|server|host|domain|network|account|mailserver|sending|outgoing|plan|sender|isp", "you are not",
    "you have exceeded", "your mailbox|quota|limit", "allowed to send|use", "cannot|cant send", "today", "tomorrow",
    "ratelimit*", "throttl*", "too many|much", "starttls", "tls", "per hour|day|minute",
    "outgoing", "outbound", "sending", "mail send", "send limit|quota", "submission*", "again later", "retry later",
    "service ... unavailable|available", "credits", "absender*", "expediteur", "emetteur", "remitente", "mittente",
    "afzender", "nadawc*", "client not|was|is|does", "connection*", "smtp auth", "login", "password",
  ]
}

/// Finds the phrases of the rules in the words of a reply, in one pass over the words.
struct PhraseIndex: Sendable {
  private struct Entry: Sendable {
    var phrase: WordPhrase
    var number: Int
  }
  private var byWord: [String: [Entry]] = [:]
  private var byBeginning: [String: [Entry]] = [:]
  private var beginningLengths: [Int] = []
  /// For each rule, the numbers of the phrases of each group, and of those it must not have.
  private(set) var rules: [(words: [[Int]], unless: [Int])] = []
  private var count = 0

  init(_ all: [ReplyRule]) {
    for rule in all {
      rules.append((rule.words.map { $0.map { add($0) } }, rule.unless.map { add($0) }))
    }
    beginningLengths = Set(byBeginning.keys.map(\.count)).sorted()
  }

  private mutating func add(_ phrase: WordPhrase) -> Int {
    defer { count += 1 }
    for word in phrase.slots[0].words { byWord[word, default: []].append(Entry(phrase: phrase, number: count)) }
    for beginning in phrase.slots[0].beginnings {
      byBeginning[beginning, default: []].append(Entry(phrase: phrase, number: count))
    }
    return count
  }

  /// Which phrases are among `words`, by their numbers.
  func found(in words: [String]) -> [Bool] {
    var found = [Bool](repeating: false, count: count)
    for (position, word) in words.enumerated() {
      note(byWord[word], words, position, &found)
      for length in beginningLengths where length <= word.count {
        note(byBeginning[String(word.prefix(length))], words, position, &found)
      }
    }
    return found
  }

  private func note(_ entries: [Entry]?, _ words: [String], _ position: Int, _ found: inout [Bool]) {
    for entry in entries ?? [] where !found[entry.number] && entry.phrase.matches(words, at: position) {
      found[entry.number] = true
    }
  }
}
