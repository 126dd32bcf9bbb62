import Delivery

extension ExplanationTexts {
  struct ClassWords: Sendable {
    let says: Words
    /// What the operator can do.
    let can: Words
    /// The same where the customer cannot be reached by letter.
    var recipient: Words?
  }

  static let classes: [ReplyClass: ClassWords] = [
    .addressDead: ClassWords(
      says: Words("the address does not exist", "die Adresse gibt es nicht"),
      can: Words(
        "Check the address in the customer file.", "Die Adresse in der Kundendatei prüfen."),
      recipient: Words(
        "Call the customer, and correct the address in the customer file.",
        "Den Kunden anrufen und die Adresse in der Kundendatei berichtigen.")),
    .mailboxFull: ClassWords(
      says: Words("the recipient's mailbox is full", "das Postfach des Empfängers ist voll"),
      can: Words("Wait; call the customer if it is urgent.", "Warten; eilt es, den Kunden anrufen."),
      recipient: Words(
        "Call the customer: the mailbox takes no letter.", "Den Kunden anrufen: Das Postfach nimmt nichts an.")),
    .mailboxDisabled: ClassWords(
      says: Words("the recipient's mailbox is disabled", "das Postfach des Empfängers ist gesperrt oder stillgelegt"),
      can: Words("Wait; call the customer if it is urgent.", "Warten; eilt es, den Kunden anrufen."),
      recipient: Words("Call the customer.", "Den Kunden anrufen.")),
    .greylisted: ClassWords(
      says: Words(
        "greylisting: a first letter is put off on purpose", "Greylisting: Ein erster Brief wird absichtlich verzögert"),
      can: Words("Nothing: wait.", "Nichts: warten.")),
    .rateLimited: ClassWords(
      says: Words(
        "more was sent than is allowed in this time", "es wurde mehr gesendet, als in dieser Zeit erlaubt ist"),
      can: Words(
        "Set the relay's limits in campaign.yaml (`limits`), ask its operator for more, or add a second relay.",
        "Die Grenzen des Relays in campaign.yaml eintragen (`limits`), beim Betreiber mehr erbitten oder ein zweites Relay "
          + "angeben.")),
    .tooManyConnections: ClassWords(
      says: Words("too many connections at once", "zu viele Verbindungen gleichzeitig"),
      can: Words(
        "Lower `connections` of the relay in campaign.yaml.", "`connections` des Relays in campaign.yaml senken.")),
    .sessionLimit: ClassWords(
      says: Words(
        "this connection has carried as many letters as the server allows",
        "über diese Verbindung kamen so viele Briefe, wie der Server erlaubt"),
      can: Words("Nothing: another connection takes more.", "Nichts: Eine neue Verbindung nimmt weitere an.")),
    .reputationOrBlocklist: ClassWords(
      says: Words(
        "the address we send from is on a blocklist or has a bad reputation",
        "die Adresse, von der wir senden, steht auf einer Sperrliste oder hat einen schlechten Ruf"),
      can: Words(
        "Ask the relay's operator to have the address taken off the list, or send through another relay.",
        "Den Betreiber des Relays bitten, die Adresse austragen zu lassen, oder über ein anderes Relay senden.")),
    .contentSpam: ClassWords(
      says: Words("the letter is taken for spam", "der Brief wird für Spam gehalten"),
      can: Words(
        "Look at the letter (`preview`): links, wording. Ask the receiving provider to let it through.",
        "Den Brief ansehen (`preview`): Links, Wortwahl. Den Anbieter des Empfängers um Freigabe bitten.")),
    .contentVirus: ClassWords(
      says: Words(
        "the letter or its attachment is taken for dangerous", "der Brief oder ein Anhang gilt als gefährlich"),
      can: Words(
        "Remove what is attached or linked, or ask the receiving provider.",
        "Anhänge oder Links entfernen oder den Anbieter des Empfängers fragen.")),
    .policy: ClassWords(
      says: Words("a rule of the server forbids it", "eine Regel des Servers verbietet es"),
      can: Words(
        "Read its words, and ask the operator of the server that gave them; `check --online` looks at DNS and the relay.",
        "Den Wortlaut lesen und den Betreiber dieses Servers fragen; `check --online` prüft DNS und Relay."),
      recipient: Words(
        "Call the customer: this mailbox takes mail from known senders only.",
        "Den Kunden anrufen: Dieses Postfach nimmt nur bekannte Absender an.")),
    .senderAuthentication: ClassWords(
      says: Words(
        "SPF, DKIM or DMARC of our domain did not pass", "SPF, DKIM oder DMARC unserer Domain war nicht gültig"),
      can: Words(
        "Run `check --online`: it says which record is wrong. Correct DNS, then resume.",
        "`check --online` sagt, welcher Eintrag falsch ist. DNS berichtigen, dann fortsetzen.")),
    .senderRejected: ClassWords(
      says: Words("our sender address is not taken", "unsere Absenderadresse wird nicht angenommen"),
      can: Words(
        "Check sender.from in campaign.yaml: may this login send as this address, and does its domain exist?",
        "sender.from in campaign.yaml prüfen: Darf dieses Konto so senden, und gibt es die Domain?"),
      recipient: Words(
        "Call the customer: they have blocked our address.", "Den Kunden anrufen: Er hat unsere Adresse gesperrt.")),
    .relayDenied: ClassWords(
      says: Words("the relay does not pass our mail on", "das Relay leitet unsere Post nicht weiter"),
      can: Words(
        "Check user name, password and port of the relay in campaign.yaml, or have our address allowed there.",
        "Benutzername, Passwort und Port des Relays in campaign.yaml prüfen oder unsere Adresse dort freigeben lassen.")
    ),
    .authRequired: ClassWords(
      says: Words(
        "the login at the relay is missing, wrong or blocked", "die Anmeldung am Relay fehlt, ist falsch oder gesperrt"),
      can: Words(
        "Check user name and password of the relay; some providers want an app password. Then resume.",
        "Benutzername und Passwort des Relays prüfen; manche Anbieter verlangen ein App-Passwort. Dann fortsetzen.")),
    .size: ClassWords(
      says: Words("the letter is too large", "der Brief ist zu groß"),
      can: Words("Make the letter or its attachments smaller.", "Brief oder Anhänge verkleinern.")),
    .syntaxOrProtocol: ClassWords(
      says: Words(
        "the server did not understand a command or the form of the letter",
        "der Server hat einen Befehl oder die Form des Briefs nicht verstanden"),
      can: Words(
        "Report it with these words; `check --online` shows what the relay offers.",
        "Mit diesem Wortlaut melden; `check --online` zeigt, was das Relay anbietet.")),
    .domainNotFound: ClassWords(
      says: Words(
        "the recipient's domain does not exist or takes no mail",
        "die Domain des Empfängers gibt es nicht, oder sie nimmt keine Post an"),
      can: Words("Check the address in the customer file.", "Die Adresse in der Kundendatei prüfen."),
      recipient: Words(
        "Call the customer, and correct the address in the customer file.",
        "Den Kunden anrufen und die Adresse in der Kundendatei berichtigen.")),
    .routingOrNetwork: ClassWords(
      says: Words("a connection or DNS did not work on the way", "unterwegs klappte eine Verbindung oder DNS nicht"),
      can: Words("Wait.", "Warten.")),
    .systemTrouble: ClassWords(
      says: Words("a server has trouble of its own", "ein Server hat selbst eine Störung"),
      can: Words("Wait; ask its operator if it lasts.", "Warten; hält es an, den Betreiber fragen.")),
    .tlsRequired: ClassWords(
      says: Words("the server wants an encrypted connection", "der Server verlangt eine verschlüsselte Verbindung"),
      can: Words(
        "Use smtps:// or STARTTLS for the relay in campaign.yaml, or ask its operator to deliver with TLS.",
        "In campaign.yaml smtps:// oder STARTTLS für das Relay angeben oder den Betreiber bitten, mit TLS zuzustellen.")
    ),
    .unknown: ClassWords(
      says: Words("no rule knows these words", "keine Regel kennt diesen Wortlaut"),
      can: Words(
        "Ask the operator of the server that gave them.", "Den Betreiber des Servers fragen, der so geantwortet hat."),
      recipient: Words("Call the customer.", "Den Kunden anrufen.")),
  ]
}
