/// The wait that a reply asks for: "try again in 300 seconds", "10 minutes", "in 00:05:00", "tomorrow".
///
/// Only what stands near a word of trying again counts: "100 mails per hour" and "in the last 10 minutes" do not.
enum WaitHint {
  /// A reply is not believed for longer than this.
  static let longest = 86_400

  /// - Parameter words: ``ReplyWords/timed``.
  static func seconds(in words: [String]) -> Int? {
    var found: Int?
    for (position, word) in words.enumerated() where found == nil {
      guard let seconds = duration(words, at: position, word), isAsked(words, around: position) else { continue }
      found = seconds
    }
    return found.map { min(max($0, 1), longest) }
  }

  private static func duration(_ words: [String], at position: Int, _ word: String) -> Int? {
    if tomorrow.contains(word) { return longest }
    if word.contains(":") { return clock(word) }
    let next = position + 1 < words.count ? words[position + 1] : ""
    if let number = Int(word), number > 0 {
      if let unit = unit(next) { return product(number, unit) }
      // "retry after 300": seconds, as in a header of that name.
      return position >= 1 && number >= 10 && ["after", "in", "delay"].contains(words[position - 1])
        && position >= 2 && triers.contains(words[position - 2]) && (next.isEmpty || next == "url") ? number : nil
    }
    if ones.contains(word), let unit = unit(next) { return unit }
    // "300s", "5min"
    let digits = word.prefix { $0.isASCII && $0.isNumber }
    guard !digits.isEmpty, digits.count <= 7, let number = Int(digits), number > 0 else { return nil }
    return unit(String(word.dropFirst(digits.count))).flatMap { product(number, $0) }
  }

  private static func product(_ number: Int, _ unit: Int) -> Int { number > longest ? longest : number * unit }

  /// `mm:ss` or `hh:mm:ss`.
  private static func clock(_ word: String) -> Int? {
    let parts = word.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard (2...3).contains(parts.count), !parts.contains(nil) else { return nil }
    let seconds = parts.compactMap(\.self).reduce(0) { min($0, longest) * 60 + min($1, longest) }
    return seconds > 0 ? seconds : nil
  }

  /// A word of trying again stands at most six words away, and the number is no limit's.
  private static func isAsked(_ words: [String], around position: Int) -> Bool {
    if position > 0, limits.contains(words[position - 1]) { return false }
    if position > 1, limits.contains(words[position - 2]) { return false }
    let near = words[max(0, position - 6)..<min(words.count, position + 8)]
    return near.contains { word in triers.contains(word) || waits.contains { word.hasPrefix($0) } }
  }

  private static func unit(_ word: String) -> Int? { units[word] }

  private static let units: [String: Int] = {
    let names: [Int: String] = [
      1: """
      s sec secs second seconds sekunde sekunden sek seconde secondes segundo segundos secondo secondi seconden sekund \
      sekundy
      """,
      60: "m min mins minute minutes minuten minuto minutos minuti minuut minuty minut mn",
      3600: "h hr hrs hour hours stunde stunden std heure heures hora horas ora ore uur uren godzin godziny godzine",
      86_400: "d day days tag tage tagen jour jours dia dias giorno giorni dag dagen dzien dni",
    ]
    return Dictionary(
      uniqueKeysWithValues: names.flatMap { seconds, words in
        words.split(separator: " ").map { (String($0), seconds) }
      })
  }()

  private static let ones: Set<String> = ["a", "an", "one", "ein", "eine", "einer", "einem", "un", "une", "una", "een"]
  private static let tomorrow: Set<String> = ["tomorrow", "morgen", "demain", "manana", "domani", "jutro"]
  private static let limits: Set<String> = [
    "per", "last", "past", "previous", "every", "each", "letzten", "pro", "je", "dernieres", "derniers", "par", "por",
    "ultimos", "ultimas", "within", "innerhalb", "than",
  ]
  private static let triers: Set<String> = [
    "again", "retry", "retrying", "retried", "retries", "wait", "later", "reconnect", "resend", "come", "back", "tard",
    "patientez", "attendez", "erneut", "nochmals", "nochmal", "spater", "spaeter", "warten", "espere", "tarde",
    "riprova", "attendere", "opnieuw", "delay", "deferred", "reattempt", "reattempted", "try",
  ]
  private static let waits = [
    "greylist", "reess", "intent", "riprov", "probeer", "ponow", "sprobuj", "wiederhol", "versuch", "sperr", "block",
  ]
}
