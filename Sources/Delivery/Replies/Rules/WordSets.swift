/// Words that mean the same in a phrase, by the name that rules use: `@mailbox ... @off`.
enum WordSets {
  /// A name that is in no set is a fault of the table, which a test finds.
  static func words(of name: Substring) -> [Substring] {
    (sets[String(name)] ?? "").split(whereSeparator: \.isWhitespace)
  }

  static let sets: [String: String] = [
    // Who gets the letter. "Account" and "user" may also be ours.
    "holder": """
    user users recipient recipients mailbox account address username addressee addr customer alias userid rcpt
    """,
    "mailbox": """
    mailbox recipient inbox addressee postfach empfanger empfaenger boite destinataire casella buzon skrzynk* caixa
    """,
    "container": """
    mailbox inbox maildir mailfolder folder postfach boite bal casella buzon skrzynk* postbus caixa
    """,
    "holder-de": """
    benutzer empfanger empfaenger postfach adresse adressat konto teilnehmer mailadresse emailadresse nutzer mailkonto
    """,
    "holder-fr": "utilisateur destinataire adresse boite compte usager abonne",
    "holder-es": "usuario destinatario buzon cuenta direccion casilla caixa",
    "holder-it": "utente destinatario destin casella indirizzo",
    "holder-nl": "gebruiker ontvanger postbus adres mailbox",
    "holder-pl": "uzytkownik* odbiorc* skrzynk* konto adres",
    // What is said of them.
    "unknown": "unknown nonexist* unallocated unrecognized unrecognised inexistent",
    "not": "not no doesnt dosent dosnt doesn dont didnt never isnt aint",
    "exist": "exist exists found known recognized recognised valid listed registered present",
    "full": """
    full voll pleine piena lleno pelna vol cheia quota overquota saturee uberfullt ueberfuellt
    """,
    "off": """
    disabled inactive deactivated suspended closed locked blocked expired terminated frozen archive* cancelled canceled \
    discontinued gesperrt deaktiviert stillgelegt desactive* bloque* suspendu* inactif ferme* disattivat* disatt* \
    deshabilitad* inactiv* geblokkeerd zablokowan* nieaktywn* inaktiv
    """,
    "refused": "rejected refused denied blocked blacklisted banned forbidden prohibited",
    // What is ours.
    "sending": """
    sending send relay relays outgoing outbound submission sender smtp delivery account user message messages mail \
    recipients mail email emails messaging mailing
    """,
    "used-up": "limit limits exceeded reached exceed* hit used",
  ]
}
