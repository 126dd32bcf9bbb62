/// Finds a letter that tells its reader to act and, elsewhere, that there is nothing to do.
///
/// “Change all passwords” said to everybody contradicts “nothing to do”, also when only some readers are told the
/// latter: they have read the former as well. The reverse is not a contradiction: “you need do nothing; if you use
/// POP3, change the password” distinguishes the readers. It is not a contradiction either to say that those who have
/// done it already are finished.
enum Contradiction {
  static let name = "contradiction"

  /// The lines and phrases of the two sentences; nil when there is no contradiction.
  static func find(in sentences: Sentences) -> (act: (line: Int, phrase: String), nothing: (line: Int, phrase: String))?
  {
    var act: (line: Int, phrase: String)?
    var nothing: (line: Int, phrase: String)?
    for sentence in sentences.all {
      if nothing == nil, let phrase = nothings.first(where: { $0.isIn(sentence) }),
        !already.contains(where: { $0.isIn(sentence) })
      {
        nothing = (sentence.line, phrase.text)
      } else if act == nil, let phrase = acts.first(where: { $0.isIn(sentence) }),
        !limits.contains(where: { $0.isIn(sentence) })
      {
        act = (sentence.line, phrase.text)
      }
    }
    guard let act, let nothing else { return nil }
    return (act, nothing)
  }

  private static let acts = [
    "passwörter … zu ändern", "passwörter … ändern", "passwort … zu ändern", "zugangsdaten … zu ändern",
    "kennwörter … ändern", "kennwort … zu ändern", "ändern sie … passwort", "ändern sie … passwörter",
    "ändern sie … zugangsdaten", "ändern sie … kennwort", "ändern sie … kennwörter", "müssen sie … ändern",
    "change … password", "change … passwords", "change … credentials", "reset … password", "reset … passwords",
    "act at once", "must act", "sie müssen … handeln",
  ].map(Phrase.init)

  private static let nothings = [
    "nichts zu unternehmen", "nichts unternehmen", "nichts weiter zu unternehmen", "nichts zu tun", "nichts tun",
    "nichts weiter zu tun", "nichts weiter tun", "nichts zu veranlassen", "nichts veranlassen", "nichts ändern",
    "nichts zu ändern", "kein handlungsbedarf", "keinen handlungsbedarf", "keine maßnahmen erforderlich",
    "nothing to do", "do nothing", "nothing to change", "not need to do anything", "need not do anything",
    "don t need to do anything", "not have to do anything", "need not change anything", "no action is needed",
    "no action is required", "no action needed", "no action required", "no action is necessary",
  ].map(Phrase.init)

  /// A sentence with one of these speaks only to some readers, or about something that the reader does not have to do.
  private static let limits = [
    "wenn", "falls", "sofern", "wer", "kunden die", "kunden mit", "if", "whoever", "customers who", "customers with",
    "those who", "wir ändern", "wir werden", "wir haben", "we change", "we will", "we have", "can", "könnte", "können",
    "haben sie", "nicht", "not",
  ].map(Phrase.init)

  private static let already = ["schon", "bereits", "erledigt", "already"].map(Phrase.init)
}
