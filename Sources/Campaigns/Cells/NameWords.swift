/// The words that give a text away which is no name, or more than one, in a column of names. Bare, as in ``NoValueWords``.
enum NameWords {
  /// Before a name: a greeting that puts its own before it would have two.
  static let salutations = Set(
    NoValueWords.list(
      """
      herr | herrn | frau | hr | fr | frl | fräulein | mr | mrs | ms | mister | mme | madame | monsieur | familie | fam |
      eheleute | ehepaar | firma | damen | herren | geehrte | geehrter | geehrtes | miss | sir | madam | mlle |
      mademoiselle | señor | señora | senor | senora | sra | signor | signora | pani | sayın | sayin | dhr | mevr |
      mevrouw | gebr | gebrüder | gebrueder | geschwister
      """))
  /// Salutations that are names too: they are none only as the first of several words of a last name.
  static let salutationsInFront = Set(NoValueWords.list("pan | bay | sr | m | lady"))
  /// Before a name, a title may stand; see ``titleWords``.
  static let titles = Set(
    NoValueWords.list(
      """
      dr | prof | professor | professorin | doktor | mag | dipl | ing | dr-ing | dipl-ing | ddr | univ | univ-prof | pd |
      priv | doz | priv-doz
      """))
  /// What a title may go on with: `Dr. med. dent.`, `Dr. h.c.`
  static let titleEndings = Set(
    NoValueWords.list(
      """
      med | dent | vet | rer | nat | phil | jur | iur | pol | oec | habil | h | c | hc | e | eh | theol | agr | techn | mult
      """))
  /// Degrees that stand behind a name, without points.
  static let degrees = Set(NoValueWords.list("mba | msc | bsc | phd | llm | llb"))
  /// What is no academic title, in the column of titles.
  static let noTitles = Set(
    NoValueWords.list(
      """
      ja | yes | gf | geschäftsführer | geschäftsführerin | geschaeftsfuehrer | geschaeftsfuehrerin | vorstand |
      vorsitzender | vorsitzende | leiter | leiterin | inhaber | inhaberin | sir | manager | managerin
      """) + chiefs)
  /// Chief executive, finance, technology, operating and information officers.
  private static let chiefs = "eftoi".map { "c\($0)o" }
  /// What is known about a customer, and which text behind a name is no part of it.
  static let notes = Set(
    NoValueWords.list(
      """
      gekündigt | gekuendigt | gekünd | kündigung | kuendigung | kündigt | verstorben | verst | verzogen | gesperrt |
      sperre | gelöscht | geloescht | storniert | storno | inaktiv | inactive | deleted | deceased | dead | cancelled |
      canceled | closed | blocked | banned | suspended | terminated | expired | insolvenz | insolvent | pleite | mahnung |
      inkasso | mahnsperre | erben | erbengemeinschaft | nachlass | nachlaß | nachlassverwalter | betreuer | betreuung | zhd |
      achtung | vorsicht | wichtig |  please | siehe | verwenden | benutzen | kontaktieren | anrufen | anschreiben |
      contact | contacted | doppelt | dublette | duplikat | duplicate | nicht | kein | keine | ehemals | ehemalig | ehemaliger |
      gestorben | gek | unzustellbar | rückläufer | ruecklaeufer | werbesperre | interessent | interessentin | moved |
      wrong | spam | fake | nachgereicht |
      ehemalige |  geborene | geborener | verh | verheiratet | geschieden | umgezogen | ausgezogen | ausgeschieden |
      décédé | décédée | decede | decedee | défunt | défunte | résilié | résiliée | résiliation | annulé | annulée | supprimé |
      supprimée | bloqué | bloquée | inactif | déménagé | doublon | succession | zmarły | zmarła | zmarly | anulowany | anulowana |
      anulowano | zablokowany | usunięty | usunięta | nieaktywny | duplikat | wyprowadzony | vefat | merhum | merhume | iptal | silindi |
      engelli | fallecido | fallecida | difunto | difunta | cancelado | cancelada | anulado | anulada | bloqueado | bloqueada |
      inactivo | inactiva | eliminado | eliminada | mudado | duplicado | deceduto | deceduta | defunto | defunta | annullato |
      annullata | cancellato | cancellata | disdetto | disdetta | sospeso | sospesa | bloccato | bloccata | inattivo | inattiva |
      eliminato | eliminata | trasferito | duplicato | overleden | geannuleerd | opgezegd | geblokkeerd | inactief | verwijderd |
      verhuisd | opgeheven |
      alt-kunde | altkunde | altdaten | exkunde | ex-kunde |  unknown | unbekannt |   vertrag | kundennr | kdnr | rechtsanwalt: | notes | returned
      """))
  /// Notes that stand in the name of no firm.
  static let companyNotes = Set(
    NoValueWords.list(
      """
      gekündigt | gekuendigt | kündigung | verstorben | verzogen | gesperrt | gelöscht | geloescht | storniert | inaktiv |
      inactive | deleted | deceased | cancelled | canceled | dublette | duplikat | duplicate | mahnsperre | résilié | résiliée |
      annulé | annulée | supprimé | supprimée | anulowany | zablokowany | usunięty | iptal | cancelado | anulado | eliminado |
      annullato | cancellato | disdetto | geannuleerd | opgezegd | geblokkeerd | verwijderd | opgeheven
      """))
  /// Beside a name these say who somebody is; alone they are names.
  static let relations = Set(
    NoValueWords.list(
      """
      not | use | lt | tot | seit | laut | wurde | geb | früher | bitte | hd | see | call | left | tochter | sohn | mutter | vater | ehefrau | ehemann | witwe | witwer | bruder | schwester | enkel | alt | neu | und | oder | u |
      and | or | kunde | kundin | chef | privat | firma | c/o | co | test | ag | kg | ug | se | ltd | inc | llc | mbh | ohg | gbr | ek | ev | bv
      """))
  /// Abbreviations with points, here without them: firms, and what is on an envelope.
  static let abbreviations = Set(NoValueWords.list("ek | il | ev | zh | zhd | ia | iv | pa | ppa | gek | rip | co"))
  /// Those that are none when written in capital letters in front of a name, where they are initials.
  static let neverInitials = Set(NoValueWords.list("ek | il | ev | zh | zhd | rip"))
  /// What begins the name of a firm or an office, and is a name alone: `Stadt Köln`.
  static let officesInFront = Set(NoValueWords.list("stadt | gemeinde | weg | landkreis | verein | hotel | haus"))
  /// Alone, nobody's name: what a form or a program has as its first choice. Where more speaks for it, it is one (Gast).
  static let nobody = Set(
    NoValueWords.list(
      """
      user | benutzer | gast | guest | customer | default | standard | system | ja | yes | male | female | männlich |
      maennlich | weiblich | divers | inf | herr | tot
      """))
  /// A part of a firm, or a firm: never somebody to be greeted.
  static let departments = Set(
    NoValueWords.list(
      """
      buchhaltung | finanzbuchhaltung | einkauf | verwaltung | hausverwaltung | sekretariat | zentrale | empfang | vertrieb |
      geschäftsleitung | geschäftsführung | geschaeftsfuehrung | geschaeftsleitung | sachbearbeitung | sachbearbeiter |
      ansprechpartner | ansprechpartnerin | personalabteilung | abteilung | rechnungswesen | rechnungsstelle | kundenservice |
      kundendienst | webmaster | administrator | admin | postmaster | sysadmin | it-abteilung | gmbh | gmbh&co | büro | team |
      accounting | reception | helpdesk | support | kanzlei | anwaltskanzlei | steuerkanzlei | autohaus | praxis | arztpraxis |
      zahnarztpraxis | gemeinschaftspraxis | consulting | immobilien | rechtsanwälte | rechtsanwaelte | steuerberatung |
      ingenieurbüro | apotheke | geschäftsführer | geschäftsführerin | geschaeftsfuehrer | geschaeftsfuehrerin | inhaber |
      inhaberin | sekretärin | sekretaerin | sekretär | vorstand | it | edv | info | anmeldung | rezeption
      """))
  /// In small letters inside a name.
  static let particles = Set(
    NoValueWords.list(
      """
      von | van | vom | vam | vd | v | zu | zum | zur | de | der | den | dem | des | d | da | das | do | dos | du | del | della | dello |
      delle | degli | dei | di | la | las | le | les | lo | los | el | al | ul | ur | as | ash | ad | an | at | az | abu | abd | bin | bint | ibn | ben |
      bat | ter | ten | te | op | in | im | am | auf | aus | ob | unter | tho | thor | thoe | und | y | e | i | af | av | til | san | santa |
      st | o | ó | mac | mc | ap | ab | ferch | i | zi | oglu | ogly | ogli | uulu | kyzy | qizi | t | s | het | aan | bij |
      uit | over | onder | voor | don | dal | dalla | dall | ai | jun | junior | jr | sen | senior | sr | von-der | gen | bei | tot | vor | to | tom |
      vander | bar | of | genannt
      """))
  /// The best-known stand-ins for a person: first name, then last name.
  static let standIns = Set(
    NoValueWords.list(
      """
      max mustermann | erika mustermann | maria mustermann | moritz mustermann | martina mustermann |
      petra mustermann | marta mustermann | anna mustermann | hans muster | max muster | peter muster | maria muster |
      petra muster | erika musterfrau | maria musterfrau | max musterfrau | martina musterfrau | anna musterfrau | john doe |
      jane doe | joe bloggs | otto normalverbraucher | average joe | vorname nachname | max beispiel | herr mustermann |
      frau mustermann | frau musterfrau
      """))
  /// Words of ``NoValueWords`` that people are called too, where a row has more to show that one is.
  static let alsoNames = Set(
    NoValueWords.list(
      """
      null | nan | no | na | nil | true | test | leer | dito | blank | tester | sample | demo | ka | gast | guest | ja |
      offen | ohne | wahr | herr | standard | yes | essai | prova | proef | brak | geen | nom | faux | falso | vero | teste | personne |
      prueba | nadie | anonim | exemple | nome | sil | boş
      """))
}

/// Which words may be among those above, told from a hash: nearly every name is known to be none without being made a
/// text in small letters first.
struct WordFilter: Sendable {
  static let person = WordFilter(
    [
      NameWords.salutations, NameWords.titles, NameWords.notes, NameWords.relations, NameWords.departments,
      NameWords.salutationsInFront, NameWords.officesInFront, NameWords.degrees, NameWords.abbreviations,
      NameWords.nobody, ["rip"],
      Set(NameWords.standIns.compactMap { $0.split(separator: " ").last.map(String.init) }),
    ])
  static let title = WordFilter([NameWords.salutations, NameWords.companyNotes, NameWords.noTitles])
  static let company = WordFilter([NameWords.companyNotes])

  /// 65,536 bits.
  private var bits: [UInt64] = Array(repeating: 0, count: 1024)

  /// The words of these, and those that the whole of a cell without a value begins with.
  private init(_ words: [Set<String>]) {
    let whole = Array(NoValueWords.certain.keys) + Array(NoValueWords.inTexts.keys)
    for text in whole + NoValueWords.negations { add(text, words: 1) }
    for text in words.joined() { add(text, words: .max) }
  }

  private mutating func add(_ text: String, words: Int) {
    var hash = WordHash()
    var count = 0
    for byte in Array(text.utf8) + [0x20] {
      if hash.take(byte) { continue }
      if !hash.isEmpty {
        bits[Int(hash.value >> 6)] |= 1 << UInt64(hash.value & 63)
        count += 1
        if count == words { return }
      }
      hash = WordHash()
    }
  }

  func mayHave(_ hash: WordHash) -> Bool { bits[Int(hash.value >> 6)] & (1 << UInt64(hash.value & 63)) != 0 }
}

/// A hash of one word, without regard to case in Latin-1, and hardly with regard to letters of Latin Extended-A.
struct WordHash {
  private var state: UInt32 = 2_166_136_261
  private var previous: UInt8 = 0
  private(set) var isEmpty = true

  var value: UInt32 { (state ^ state >> 16) & 0xFFFF }

  /// Takes a byte of a letter; false when `byte` is none.
  @inline(__always)
  mutating func take(_ byte: UInt8) -> Bool {
    var folded = byte
    if byte < 0x80 {
      folded |= 0x20
      guard folded >= UInt8(ascii: "a"), folded <= UInt8(ascii: "z") else { return false }
    } else if previous == 0xC3, byte < 0x9F, byte != 0x97 {
      // Ä is C3 84, ä is C3 A4.
      folded = byte | 0x20
    } else if previous == 0xC4 || previous == 0xC5 {
      // Ş is C5 9E, ş is C5 9F; Ł is C5 81, ł is C5 82.
      folded = 0x80
    }
    previous = byte
    state = (state ^ UInt32(folded)) &* 16_777_619
    isEmpty = false
    return true
  }
}
