import Letters
import Receipts

/// The words about calls: those that were made, and those that are to be made.
extension Words {
  static let calls = Words("Calls", "Anrufe")
  static let nobodyToCall = Words("Nobody is to be called.", "Niemand ist anzurufen.")
  static let nobodyLeftToCall = Words("Nobody is left to be called.", "Niemand ist mehr anzurufen.")
  static let noCallMade = Words("No call is recorded.", "Kein Anruf ist vermerkt.")
  static let callsMadeText = Words(
    "Calls that were made: %. Customers who were called: %.", "Geführte Anrufe: %. Angerufene Kunden: %.")
  static let firstCall = Words("First call", "Erster Anruf")
  static let lastCall = Words("Last call", "Letzter Anruf")
  static let reachedInTime = Words("Customers told before the deadline", "Vor der Frist unterrichtete Kunden")
  static let reachedLate = Words("Customers told after the deadline", "Nach der Frist unterrichtete Kunden")
  static let callsMadeTable = Words(
    "Calls by their outcome, and where the customers stand", "Anrufe nach ihrem Ergebnis und Stand der Kunden")
  static let outcomeOfCall = Words("Outcome", "Ergebnis")
  static let customersNow = Words("Customers now", "Kunden jetzt")
  static let notCalledYet = Words("not called yet", "noch nicht angerufen")
  static let callsMadeNote = Words(
    "A customer may be called several times and counts once, as told or by the last call; a wrong number takes back that somebody was told. That somebody was told is the caller's word.",
    "Ein Kunde kann mehrmals angerufen werden und zählt einmal, als unterrichtet oder nach dem letzten Anruf; eine falsche Nummer nimmt zurück, dass jemand unterrichtet war. Dass jemand unterrichtet wurde, ist das Wort des Anrufers."
  )
  static let callsHashed = Words(
    "Each call has a receipt, with caller and note as keyed hashes.",
    "Zu jedem Anruf gibt es einen Beleg, mit Anrufer und Notiz als Hash mit Schlüssel.")
  static let callsHidden = Words(
    "Each call has a receipt. Who was called, who called and what was noted are in it as keyed hashes alone, and left out here.",
    "Zu jedem Anruf gibt es einen Beleg. Wer angerufen wurde, wer anrief und was notiert wurde, steht darin nur als Hash mit Schlüssel und fehlt hier."
  )
  static let listGoneByPurge = Words(
    "Who was still to be called is not known any more: the personal data was purged.",
    "Wer noch anzurufen war, ist nicht mehr bekannt: Die personenbezogenen Daten wurden gelöscht.")
  static let toldByCall = Words(
    "Customers told by telephone: %; of them before the deadline %, after it %. See section",
    "Telefonisch unterrichtete Kunden: %; davon vor der Frist %, danach %. Siehe Abschnitt")
  static let callsText = Words(
    "Customers who are not told yet and are to be called or written to: %.",
    "Noch nicht unterrichtete Kunden, die anzurufen oder anzuschreiben sind: %.")
  static let callReasonsTable = Words(
    "Customers not told yet, by reason of the call", "Noch nicht unterrichtete Kunden nach Grund des Anrufs")
  static let callReason = Words("Reason", "Grund")
  static let callsNote = Words(
    "A customer with several reasons is counted with each.", "Kunden mit mehreren Gründen zählen bei jedem.")
  static let callListTable = Words("Who is to be called", "Wer anzurufen ist")
  static let customer = Words("Customer", "Kunde")
  static let name = Words("Name", "Name")
  static let phone = Words("Telephone", "Telefon")
  static let moreCalls = Words("Further customers to be called: %.", "Weitere anzurufende Kunden: %.")

  static let callsOfCustomerTable = Words("Calls to this customer", "Anrufe bei diesem Kunden")
  static let calledAt = Words("Time of the call", "Zeit des Anrufs")
  static let calledBy = Words("By", "Von")
  static let callNote = Words("Note", "Notiz")
  static let toldAt = Words("Told by telephone on", "Telefonisch unterrichtet am")
  static let notAsInQueue = Words(
    "The queue has no call with this outcome, time, caller and note: it was changed.",
    "Die Queue hat keinen Anruf mit diesem Ergebnis, dieser Zeit, diesem Anrufer und dieser Notiz: Sie wurde geändert.")
  static let noReceiptYet = Words("not in receipts.jsonl yet", "noch nicht in receipts.jsonl")
  static let callProofNote = Words(
    "The line has the outcome and the time as they stand here, caller and note as keyed hashes; they were compared with the queue for this report.",
    "Die Zeile enthält Ergebnis und Zeit, wie sie hier stehen, Anrufer und Notiz als Hash mit Schlüssel; für diesen Bericht wurden sie mit der Queue verglichen."
  )
}

extension CallOutcome {
  var words: Words {
    switch self {
    case .reached: Words("reached and told", "erreicht und unterrichtet")
    case .noAnswer: Words("no answer", "nicht erreicht")
    case .wrongNumber: Words("wrong number", "falsche Nummer")
    case .letterWanted: Words("spoken to, wants it in writing", "gesprochen, will es schriftlich")
    }
  }
}

extension CallCause.Kind {
  package var words: Words {
    switch self {
    case .request: Words("the plan has a call", "der Plan sieht einen Anruf vor")
    case .noAddress: Words("no e-mail address", "keine E-Mail-Adresse")
    case .rejectedRow: Words("row of the customer file not usable", "Zeile der Kundendatei nicht verwendbar")
    case .excluded: Words("letter left out", "Brief herausgenommen")
    case .refused: Words("letter refused", "Brief abgelehnt")
    case .expired: Words("letter given up", "Brief aufgegeben")
    case .bounced: Words("letter came back", "Brief zurückgekommen")
    case .uncertain:
      Words("letter uncertain: the relay may or may not have taken it", "Brief unklar: vielleicht vom Relay angenommen")
    case .uncertainCancelled:
      Words("letter uncertain, campaign cancelled", "Brief unklar, Kampagne abgebrochen")
    case .unsent: Words("campaign cancelled before the letter was sent", "Kampagne vor dem Versand abgebrochen")
    case .unaccepted:
      Words("campaign cancelled before the letter was accepted", "Kampagne abgebrochen, bevor der Brief angenommen war")
    case .late: Words("letter not accepted by the deadline", "Brief bis zur Frist nicht angenommen")
    case .lateExpired:
      Words("letter not accepted by the deadline and given up", "Brief bis zur Frist nicht angenommen und aufgegeben")
    }
  }
}
