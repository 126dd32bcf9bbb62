/// The words of one customer's proof.
extension Words {
  static let proofTitle = Words("Proof for customer", "Nachweis für Kunde")
  static let proofKind = Words("Campaign", "Kampagne")
  static let toBeCalled = Words("To be called because", "Anzurufen, weil")
  static let deadlineIs = Words("Deadline of the campaign", "Frist der Kampagne")
  static let letterNamed = Words("Letter", "Brief")
  static let outcome = Words("Outcome", "Ausgang")
  static let address = Words("Address", "Adresse")
  static let messageID = Words("Message-ID", "Message-ID")
  static let attempts = Words("Attempts", "Versuche")
  static let letterDigest = Words("SHA-256 of the letter's bytes", "SHA-256 der Bytes des Briefs")
  static let note = Words("Note", "Hinweis")
  static let resent = Words(
    "It was sent a second time with the same Message-ID after an unknown outcome: the customer may have it twice.",
    "Er wurde nach unbekanntem Ausgang mit derselben Message-ID ein zweites Mal gesendet: Der Kunde kann ihn doppelt haben."
  )
  static let proofReceipts = Words("Receipts of this letter", "Belege zu diesem Brief")
  static let receipt = Words("No.", "Nr.")
  static let event = Words("Event", "Ereignis")
  static let answer = Words("Relay and reply", "Relay und Antwort")
  static let lineDigest = Words("SHA-256 of the line", "SHA-256 der Zeile")
  static let noReceipts = Words(
    "No attempt was made yet, so there are no receipts of it.",
    "Es gab noch keinen Versuch, also auch keine Belege dazu.")

  static let outcomeAccepted = Words("Accepted by the relay on", "Vom Relay angenommen am")
  static let outcomeBounced = Words(
    "It came back: a report says that it did not reach the mailbox. Recorded on",
    "Er kam zurück: Ein Bericht sagt, dass er das Postfach nicht erreicht hat. Festgehalten am")
  static let outcomeSettled = Words(
    "Sent with an unknown outcome, and settled as accepted by the relay on",
    "Mit unbekanntem Ausgang gesendet und als vom Relay angenommen geklärt am")
  static let afterDeadline = Words("That was after the deadline.", "Das war nach der Frist.")
  static let outcomeQueued = Words("Not accepted: it waits to be sent.", "Nicht angenommen: Er wartet auf den Versand.")
  static let outcomeSending = Words(
    "Not known yet: an attempt is being made, or was broken off.",
    "Noch nicht bekannt: Ein Versuch läuft oder brach ab.")
  static let outcomeDeferred = Words(
    "Not accepted yet: the relay put it off, and it is tried again.",
    "Noch nicht angenommen: Das Relay hat ihn zurückgestellt, er wird erneut versucht.")
  static let outcomeRefused = Words("Refused for good on", "Endgültig abgelehnt am")
  static let outcomeExpired = Words("Not accepted; given up on", "Nicht angenommen; aufgegeben am")
  static let outcomeUncertain = Words(
    "Not known: the letter was sent and no answer came. The relay may or may not have taken it.",
    "Nicht bekannt: Der Brief wurde gesendet, und es kam keine Antwort. Das Relay kann ihn angenommen haben oder nicht."
  )
  static let outcomeExcluded = Words("Not sent: it was left out.", "Nicht gesendet: Er wurde herausgenommen.")
  static let outcomeUnsent = Words(
    "Not sent: the campaign was cancelled before.", "Nicht gesendet: Die Kampagne wurde vorher abgebrochen.")
  static let outcomeCancelled = Words(
    "Not accepted before the campaign was cancelled.", "Nicht angenommen, bevor die Kampagne abgebrochen wurde.")

  static let eventAttempt = Words("attempt: the letter goes out", "Versuch: Der Brief geht hinaus")
  static let eventSettledAccepted = Words("settled as accepted", "als angenommen geklärt")
  static let eventSettledResend = Words("to be sent again", "wird erneut gesendet")
  static let eventBounced = Words("came back", "zurückgekommen")
  static let eventReopened = Words("queued again", "erneut eingereiht")

  static let proofCommands = Words(
    "On the operator's machine: all receipts, this customer's lines, and the letters made again byte for byte:",
    "Auf dem Rechner des Betreibers: alle Belege, die Zeilen dieses Kunden und die Briefe Byte für Byte noch einmal erstellt:"
  )
  static let proofByHand = Words(
    "By hand: the digest of line % is the “prev” of the line after it.",
    "Von Hand: Der SHA-256 von Zeile % ist das „prev“ der Zeile danach.")
}
