import Letters

/// The words about who has changed the password.
extension Words {
  static let passwords = Words("Changed passwords", "Geänderte Passwörter")
  static let passwordsHow = Words(
    "By the exports of the mail server that the sender has read. A change counts from the day on which the incident was discovered. Each mailbox counts once.",
    "Nach den Exporten des Mail-Servers, die der Absender eingelesen hat. Eine Änderung zählt ab dem Tag, an dem der Vorfall entdeckt wurde. Jedes Postfach zählt einmal."
  )
  static let mailboxesAffected = Words(
    "Mailboxes whose password is to be changed", "Postfächer, deren Passwort zu ändern ist")
  static let mailboxesChanged = Words("Password changed", "Passwort geändert")
  static let mailboxesLocked = Words("Mailbox locked by the provider", "Postfach vom Anbieter gesperrt")
  static let mailboxesReached = Words("Customer reached by telephone", "Kunde telefonisch erreicht")
  static let mailboxesOpen = Words("Still to be changed", "Noch zu ändern")
  static let mailboxesOther = Words("Others", "Übrige")
  static let changesReadAt = Words("Changes last read", "Änderungen zuletzt eingelesen")
  static let locksReadAt = Words("Locked mailboxes last read", "Gesperrte Postfächer zuletzt eingelesen")
  static let passwordsOver = Words(
    "Every mailbox is changed, locked, or its customer was reached by telephone.",
    "Jedes Postfach ist geändert, gesperrt, oder sein Kunde wurde telefonisch erreicht.")
  static let changesTitle = Words("Passwords changed over time", "Geänderte Passwörter im Lauf der Zeit")
  static let changesText = Words(
    "A rising line: the passwords of % of % mailboxes were changed before the deadline, %.",
    "Eine steigende Linie: Die Passwörter von % von % Postfächern wurden vor der Frist geändert, %.")
  static let changesTable = Words("Passwords changed until a time", "Bis zu einem Zeitpunkt geänderte Passwörter")
  static let shareOfMailboxes = Words("Share of the mailboxes", "Anteil an den Postfächern")
  static let actChanged = Words("Changed passwords read: %", "Geänderte Passwörter eingelesen: %")
  static let actLocked = Words("Locked mailboxes read: %", "Gesperrte Postfächer eingelesen: %")
}
