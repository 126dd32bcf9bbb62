import Campaigns

/// The annexes of a letter: one per mail program that a mailbox of the letter is used with, in the order of
/// ``MailProgram/allCases``, lettered A, B, C.
///
/// A mailbox whose programs are unknown needs the general annex, ``MailProgram/other``.
struct Annexes {
  private let programs: [MailProgram]
  private let language: String

  /// - Parameter mailboxes: The programs of each mailbox the letter lists.
  init(mailboxes: [[MailProgram]], language: String) {
    let used = Set(mailboxes.flatMap(Self.needed))
    programs = MailProgram.allCases.filter(used.contains)
    self.language = language
  }

  /// The items that `{{#annexes}}` repeats for.
  var values: [[String: Any]] { values(of: programs) }

  /// The items that `{{#programs}}` of a mailbox repeats for.
  func values(ofMailbox mailbox: [MailProgram]) -> [[String: Any]] { values(of: Self.needed(mailbox)) }

  private static func needed(_ mailbox: [MailProgram]) -> [MailProgram] { mailbox.isEmpty ? [.other] : mailbox }

  private func values(of list: [MailProgram]) -> [[String: Any]] {
    list.map { program in
      var values: [String: Any] = ["name": name(of: program)]
      for (letter, annex) in zip("ABCDEFGHIJ", programs) where annex == program { values["annex"] = String(letter) }
      for (other, flag) in Self.flags { values[flag] = other == program }
      return values
    }
  }

  /// The names of an item, for ``LetterVariables``.
  static let item = LetterVariables.record(
    flags.reduce(into: ["name": .text, "annex": .text]) { $0[$1.flag] = .flag })

  private static let flags: [(program: MailProgram, flag: String)] = MailProgram.allCases.map {
    ($0, "is_" + $0.rawValue.replacing("-", with: "_"))
  }

  private func name(of program: MailProgram) -> String {
    let isGerman = language == "de"
    return switch program {
    case .outlook: isGerman ? "Outlook (klassisch)" : "Outlook (classic)"
    case .thunderbird: "Thunderbird"
    case .appleMail: "Apple Mail"
    case .ios: isGerman ? "iPhone und iPad" : "iPhone and iPad"
    case .thunderbirdAndroid: isGerman ? "Thunderbird für Android" : "Thunderbird for Android"
    case .gmail: isGerman ? "Gmail-App" : "Gmail app"
    case .other where programs == [.other]: isGerman ? "Alle Programme" : "All programs"
    case .other: isGerman ? "Andere Programme" : "Other programs"
    }
  }
}
