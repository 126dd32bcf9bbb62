/// A mail program that letters have instructions for, as the optional column `program` names it.
///
/// A cell names one or several, as people write them: `Outlook, iPhone`. An unknown program is ``other``, so that a
/// letter prints its general text as well; no content of a cell is an error.
public enum MailProgram: String, Sendable, Hashable, Codable, CaseIterable {
  /// The classic Outlook for Windows, not the new one.
  case outlook
  case thunderbird
  case appleMail = "apple-mail"
  /// Mail on iPhone and iPad.
  case ios
  case thunderbirdAndroid = "thunderbird-android"
  /// The Gmail app for Android.
  case gmail
  /// Any other.
  case other

  /// A cell of the column, read.
  struct Cell {
    /// The programs, each once, in the order of ``MailProgram/allCases``; empty for an empty cell.
    let programs: [MailProgram]
    /// The names that were taken for ``MailProgram/other``, as they are written.
    let unknown: [String]

    init(_ text: String) {
      var programs: Set<MailProgram> = []
      var unknown: [String] = []
      for part in text.split(whereSeparator: { $0 == "," || $0 == "/" || $0 == "+" }) {
        let name = String(part).trimmingBlanks()
        if name.isEmpty { continue }
        if let program = MailProgram.names[MailProgram.plain(name)] {
          programs.insert(program)
        } else {
          programs.insert(.other)
          if !unknown.contains(name) { unknown.append(name) }
        }
      }
      self.programs = MailProgram.allCases.filter(programs.contains)
      self.unknown = unknown
    }
  }

  /// Both lists, each program once, in the order of ``allCases``.
  static func union(_ first: [MailProgram], _ second: [MailProgram]) -> [MailProgram] {
    if first == second || second.isEmpty { return first }
    return allCases.filter { first.contains($0) || second.contains($0) }
  }

  /// The name in lower case, with one space between words, without brackets and hyphens: `Outlook (klassisch)` is
  /// `outlook klassisch`.
  private static func plain(_ name: String) -> String {
    name.lowercased().split { $0.isWhitespace || "()-".contains($0) }.joined(separator: " ")
  }

  /// The programs by their plain names. Outlook with a year is the classic one; a program that calls itself new is not.
  private static let names: [String: MailProgram] = {
    let lists: [(MailProgram, [String])] = [
      (
        .outlook,
        [
          "outlook", "outlook klassisch", "outlook classic", "klassisches outlook", "classic outlook",
          "microsoft outlook", "ms outlook", "outlook 2016", "outlook 2019", "outlook 2021",
        ]
      ),
      (.thunderbird, ["thunderbird", "mozilla thunderbird"]),
      (.appleMail, ["apple mail", "applemail", "mail macos", "macos mail", "mac mail", "mail mac"]),
      (.ios, ["ios", "ipados", "iphone", "ipad", "ios mail", "iphone mail", "ipad mail", "mail ios"]),
      (
        .thunderbirdAndroid,
        ["thunderbird android", "thunderbird für android", "thunderbird for android", "k 9 mail", "k9 mail", "k9"]
      ),
      (.gmail, ["gmail", "gmail app", "google mail"]),
      (.other, ["other", "andere", "anderes", "sonstige", "sonstiges"]),
    ]
    return Dictionary(uniqueKeysWithValues: lists.flatMap { program, names in names.map { ($0, program) } })
  }()
}
