/// The words of ``NoValue``: those that have no form of their own to be known by.
///
/// They are compared bare: in lower case, without marks around them, with one space between words and no points.
enum NoValueWords {
  /// In any column.
  static let certain: [String: NoValue] = {
    var words: [String: NoValue] = [:]
    for word in list(
      """
      null | nullvalue | db null | dbnull | nan | none | undefined | undef | nat | n/a | n\\a | n a | nul | pd
      na | not a number | object object
      """)
    {
      words[word] = .null
    }
    for word in list(
      """
      k a | n n | k/a | n v | n/v | n b | n/b | o a | o/a | n d | n/d | s o | s/o | s u | tba | tbd | tbc | t b
      d | t b a | unbekannt | unknown | unbek | unkn | inconnu | desconocido | sconosciuto | nieznany | onbekend
      | bilinmiyor | entfällt | entfaellt | dito | ditto | siehe oben | siehe unten | s oben | s unten | see
      above | see below | wie oben | same as above | wird nachgereicht | folgt | noch offen | offen |
      platzhalter | placeholder | lorem ipsum | fehlt | missing | leer | blank | empty | keine | keiner | kein |
      keines | fehlerhaft | ungültig | invalid | todo | fixme | to be defined | to be determined | folgt noch |
      wird noch nachgereicht | wrong number | no longer here |
      inconnue | non communiqué | non communique | non renseigné | non renseignee | non renseignée | à compléter | a completer |
      à définir | néant | sans objet | sans nom | sans prénom | brak | brak danych | nie dotyczy | nie podano | nieznana |
      nieznane | do uzupełnienia | desconocida | sin datos | sin nombre | sin apellido | no consta | no aplica | por definir |
      sconosciuta | senza nome | da definire | non pervenuto | onbekende | n v t | niet van toepassing | niet bekend |
      niet ingevuld | nader te bepalen | belirsiz | belirtilmemiş | belirtilmedi | boş | mevcut değil | bilgi yok | bilinmeyen | no value |
      kein wert | loading | system object | system string | system byte | system collections hashtable
      """)
    {
      words[word] = .placeholder
    }
    for word in list(
      """
      nachname | vorname | familienname | kundenname | last_name | first_name | lastname | firstname | surname |
      last name | first name | full_name | fullname | company_name | companyname | firmenname | kundennummer |
      customer_id | customerid
      """)
    {
      words[word] = .unfilledField
    }
    return words
  }()

  /// Where people, firms, numbers to call and addresses are named; as an id or in an order these may be values.
  static let inTexts: [String: NoValue] = {
    var words: [String: NoValue] = [:]
    for word in list(
      """
      nil | na | true | false | wahr | falsch | void | vrai | faux | prawda | fałsz | doğru | yanlış | verdadero | falso | vero |
      waar | onwaar
      """)
    { words[word] = .null }
    for word in list(
      """
      0 | 0 0 | 0 00 | 0,0 | 0,00 | x | xx | nn | ka | no | nein | ohne | test | tests | testen | testing |
      tester | testtest | testname | testuser | test user | testkunde | test kunde | testkundin | testfirma | test firma |
      testperson | testaccount | test account | testkonto | testeintrag | testdatensatz | musterkunde |
      musterfirma | muster gmbh | musterfirma gmbh | dummy | dummyname | demo | beispiel | example | sample |
      asdf | asdfasdf | asd | asdfg | asdfgh | asdfghjkl | qwertz | qwerty | qwert | qwe | yxcv | zxcv | zxcvb |
      jkl | jklö | xyz | asdasd | qweqwe | abc | abcd | abcdef | bla | blabla | bla bla | foobar | foo bar | löschen | geheim | privat |
      anonym | anonymous | anonymus | niemand | nobody | name | anrede | titel | title | firma | company |
      telefon | phone | sprache | language | vorname nachname | first name last name | firstname lastname |
      nachname vorname |
      essai | teste | prueba | prueba prueba | pruebas | prova | deneme | proef | próba | array | object | personne | nessuno | nadie |
      nikt | kimse | niemand | anonyme | anónimo | anonimo | anonim | anoniem | exemple | ejemplo | esempio | przykład | örnek |
      voorbeeld | supprimer | eliminar | eliminare | usuń | verwijderen | sil | client test | cliente prueba | cliente test |
      klient testowy | test müşteri | testklant | nom | prénom | nom prénom | nom de famille | imię | nazwisko | imię nazwisko |
      imię i nazwisko | ad soyad | soyad | soyadı | nombre | apellido | apellidos | nombre apellido | cognome | nome cognome |
      achternaam | voornaam | geen
      """)
    {
      words[word] = .placeholder
    }
    return words
  }()

  /// Without the `#`, in lower case; those with a `!` or `?` behind them are known by that.
  static let spreadsheetErrors: Set<String> = Set(
    list(
      """
      nv | n/v | n/a | n/d | nd | n.v. | n.a. | na | i/t | yok | h.v. | brak | nedostupný | hiányzik | н/д |
      ei.tietoa | saknas | i/r | null | leer | empty | error | fehler | name | ref | bezug | wert | value | num
      | zahl | div/0 | deleted | gelöscht | calc | spill | getting_data | daten_abrufen | unknown | überlauf |
      undefined | none | nan | err
      """))

  /// `keine Angabe`, `nicht vorhanden`, `no e-mail`: a negation and what there is none of.
  static func isNegation(_ bare: String) -> Bool {
    let words = bare.split { $0 == " " || $0 == "-" || $0 == "_" || $0 == "/" }
    guard words.count > 1, words.count <= 5, negations.contains(String(words[0])) else { return false }
    return words.dropFirst().allSatisfy { deniedThings.contains(String($0)) }
  }

  static let negations: Set<String> = Set(
    list(
      """
      kein | keine | none | keinen | keiner | ohne | nicht | noch | no | not | non | without | pas | sin | nessun |
      nessuna | aucun | aucune | sans | brak | nie | ningún | ninguna | senza | geen | niet | zonder
      """))
  private static let deniedThings: Set<String> = Set(
    list(
      """
      angabe | angaben | angegeben | name | namen | vorname | vornamen | nachname | nachnamen | wert | eintrag |
      daten | information | info | bekannt | vorhanden | verfügbar | verfuegbar | gesetzt | zugeordnet |
      zutreffend | relevant | erfasst | gepflegt | hinterlegt | ausgefüllt | ausgefuellt | eingetragen |
      bekanntgegeben | gewünscht | mitgeteilt | available | applicable | given | known | set | specified |
      provided | data | value | entry | defined | found | email | e | mail | mailadresse | emailadresse |
      adresse | address | telefon | telefonnummer | tel | nummer | handy | phone | telephone | number | firma |
      firmenname | company | titel | title | anrede | salutation | sprache | language | programm | kontakt |
      contact | disponible | renseigné | renseignée | communiqué | connu | nom | prénom | de | d' | téléphone | courriel | société |
      disponibile | conosciuto | fornito | comunicato | nome | cognome | telefono | danych | nazwiska | imienia | podano | znany |
      dostępny | nombre | apellido | apellidos | correo | dato | datos | teléfono | definido | especificado | bekend | beschikbaar |
      ingevuld | opgegeven | naam | voornaam | achternaam | telefoonnummer | last | first | surname | nicht | keine | a | maintained | entered |
      recorded | internet | internetanschluss | pc | computer | maßgeblich | öffentlich | public
      """))

  /// The words of a list, which are parted by ` | `.
  static func list(_ text: String) -> [String] {
    text.replacing("\n", with: " ").split(separator: "|").map { String($0).trimmingBlanks() }
  }

  /// The text as the lists have it.
  static func bare(_ text: some StringProtocol) -> String {
    let scalars = text.unicodeScalars
    // Marks at the ends stand for nothing; inside, a point is a space, and others stay.
    guard let start = scalars.firstIndex(where: { !$0.isMark && !$0.isBlank }),
      let end = scalars.lastIndex(where: { !$0.isMark && !$0.isBlank })
    else { return "" }
    var bare = String.UnicodeScalarView()
    var gap = false
    for scalar in scalars[start...end] {
      if scalar == "." || scalar == "\u{AD}" || scalar == "\u{200B}" || scalar.isBlank {
        gap = true
        continue
      }
      if gap { bare.append(" ") }
      gap = false
      bare.append(scalar)
    }
    return String(bare).lowercased()
  }
}

extension Unicode.Scalar {
  /// A mark that people and programs put around or in place of a value.
  var isMark: Bool {
    switch self {
    case "!"..."/", ":"..."@", "["..."`", "{"..."~", "´", "§", "·", "«", "»", "\u{2010}"..."\u{2027}",
      "\u{2030}"..."\u{205E}":
      true
    default: false
    }
  }

  var isBlank: Bool {
    if value < 0x80 { return self == " " || self == "\t" || self == "\n" || self == "\r" }
    return value == 0xA0 || value >= 0x1680 && properties.isWhitespace
  }
}
