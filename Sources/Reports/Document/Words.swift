import Receipts

/// A text of a report in each language. A `%` is a place for a value: ``String/filled(_:)``.
package struct Words: Sendable {
  package let english: String
  package let german: String

  package init(_ english: String, _ german: String) {
    self.english = english
    self.german = german
  }
}

/// The words of the whole report.
extension Words {
  static let title = Words("Report on the notification", "Bericht über die Benachrichtigung")
  static let forOperator = Words("For the operator: with names", "Für den Betreiber: mit Namen")
  static let forAuthority = Words(
    "For the authority: without names and addresses of customers",
    "Für die Aufsichtsbehörde: ohne Namen und Adressen der Kunden")
  static let madeAt = Words("Made on", "Erstellt am")
  static let zoneNote = Words(
    "Every time has its offset from UTC.", "Jede Zeit nennt ihren Abstand zu UTC.")
  static let acceptedNote = Words(
    "“Accepted” means: the mail relay took the letter and said so. It does not mean delivered or read.",
    "„Angenommen“ heißt: Das Mail-Relay hat den Brief übernommen und das bestätigt. Es heißt nicht zugestellt oder gelesen."
  )
  static let contents = Words("Contents", "Inhalt")
  static let footer = Words(
    "Made by eilbrief from the campaign's queue and receipts. This file needs no other and loads nothing.",
    "Erstellt von eilbrief aus der Queue und den Belegen der Kampagne. Diese Datei braucht keine andere und lädt nichts."
  )
  static let personal = Words(
    "It holds personal data: keep it accordingly. A purge removes it from the campaign's folder, copies elsewhere are yours to remove.",
    "Sie enthält personenbezogene Daten: entsprechend aufbewahren. Die Löschung entfernt sie aus dem Ordner der Kampagne, Kopien anderswo entfernen Sie selbst."
  )
  static let notPersonal = Words(
    "It holds no names, addresses or telephone numbers of customers.",
    "Sie enthält keine Namen, Adressen oder Telefonnummern von Kunden.")

  static let customersAffected = Words("customers affected", "betroffene Kunden")
  static let lettersPlanned = Words("letters planned", "geplante Briefe")
  static let lettersAccepted = Words("letters accepted by the relay", "Briefe vom Relay angenommen")
  static let lettersWaiting = Words("letters wait", "Briefe warten")
  static let lettersBounced = Words("accepted letters that came back", "angenommene Briefe, die zurückkamen")
  static let lettersUncertain = Words("letters with an unknown outcome", "Briefe mit unbekanntem Ausgang")
  static let customersReached = Words("customers told by telephone", "Kunden telefonisch unterrichtet")
  static let customersToWrite = Words("customers who want it in writing", "Kunden, die es schriftlich wollen")
  static let customersToCall = Words("customers to be called", "Kunden anzurufen")

  static let stateDraft = Words("The campaign was not started.", "Die Kampagne wurde nicht begonnen.")
  static let stateRunning = Words("The campaign runs.", "Die Kampagne läuft.")
  static let statePaused = Words("The campaign is paused.", "Die Kampagne ist angehalten.")
  static let stateCompleted = Words(
    "The campaign is completed: no letter waits to be sent.",
    "Die Kampagne ist abgeschlossen: Kein Brief wartet mehr auf den Versand.")
  static let stateCancelled = Words(
    "The campaign was cancelled by the operator.", "Die Kampagne wurde vom Betreiber abgebrochen.")
  static let stateAborted = Words(
    "The delivery ended because no relay could be used.", "Der Versand endete, weil kein Relay benutzbar war.")
  static let deadlinePast = Words("The deadline was", "Die Frist war")
  static let deadlineAhead = Words("The deadline is", "Die Frist ist")
  static let acceptedByDeadline = Words(
    "Letters accepted by then: % of %.", "Bis dahin angenommene Briefe: % von %.")
  static let acceptedSoFar = Words("Letters accepted so far: % of %.", "Bisher angenommene Briefe: % von %.")
  static let reachedByDeadline = Words(
    "Customers told by telephone by then: %.", "Bis dahin telefonisch unterrichtete Kunden: %.")
  static let reachedSoFar = Words(
    "Customers told by telephone so far: %.", "Bisher telefonisch unterrichtete Kunden: %.")
  static let factsChanged = Words(
    "The facts of the incident in campaign.yaml were changed after the launch: the letters said something else than section 1.",
    "Die Angaben zum Vorfall in campaign.yaml wurden nach dem Start geändert: In den Briefen stand etwas anderes als in Abschnitt 1."
  )
  static let purgedNote = Words(
    "The personal data of the campaign was purged. What is left are its receipts and counts.",
    "Die personenbezogenen Daten der Kampagne wurden gelöscht. Geblieben sind die Belege und die Zahlen.")
  static let goneByPurge = Words(
    "This is not known any more: the personal data was purged.",
    "Das ist nicht mehr bekannt: Die personenbezogenen Daten wurden gelöscht.")
}

/// What happened, who was affected, who was told.
extension Words {
  static let incident = Words("The incident", "Der Vorfall")
  static let noFacts = Words(
    "The campaign file with the facts of the incident is not there any more, or cannot be read.",
    "Die Kampagnendatei mit den Angaben zum Vorfall ist nicht mehr da oder nicht lesbar.")
  static let what = Words("What happened", "Was geschah")
  static let happened = Words("Happened", "Geschehen am")
  static let discovered = Words("Discovered", "Entdeckt am")
  static let data = Words("Data affected", "Betroffene Daten")
  static let consequences = Words("Possible consequences", "Mögliche Folgen")
  static let measures = Words("Measures taken", "Ergriffene Maßnahmen")
  static let authority = Words("Reported to", "Gemeldet an")
  static let filed = Words("on", "am")
  static let reference = Words("reference", "Aktenzeichen")
  static let sender = Words("Who informed the customers", "Wer die Kunden unterrichtet hat")

  static let affected = Words("Who was affected", "Wer betroffen war")
  static let affectedText = Words(
    "The customer file has % rows of % customers. By the plan, a letter: %, a call only: %, nothing to do: %.",
    "Die Kundendatei hat % Zeilen von % Kunden. Nach dem Plan ein Brief: %, nur ein Anruf: %, nichts zu tun: %.")
  static let rejectedText = Words(
    "Rows of the file that could not be used: %. Their customers are called where the file shows who they are.",
    "Nicht verwendbare Zeilen der Datei: %. Ihre Kunden werden angerufen, soweit die Datei sie erkennen lässt.")
  static let segmentsTable = Words(
    "Customers by segment, and where they stand", "Kunden nach Segment und ihr Stand")
  static let segment = Words("Segment", "Segment")
  static let segmentPlan = Words("Planned", "Vorgesehen")
  static let mailboxes = Words("Mailboxes", "Postfächer")
  static let customers = Words("Customers", "Kunden")
  static let planLetter = Words("letter", "Brief")
  static let planPhone = Words("call", "Anruf")
  static let planNone = Words("nothing", "nichts")
  static let segmentsNote = Words(
    "A customer with mailboxes in several segments is in each of them. Letters for whole segments, such as a notice to everybody, go to those with “nothing” too. Who was told by telephone and by letters stands under the letters. Columns with zeros only are left out.",
    "Kunden mit Postfächern in mehreren Segmenten stehen in jedem davon. Briefe an ganze Segmente, etwa eine Mitteilung an alle, gehen auch an Kunden mit „nichts“. Wer telefonisch und durch Briefe unterrichtet ist, steht bei den Briefen. Spalten nur mit Nullen fehlen."
  )
  static let standingTold = Words("all letters accepted", "alle Briefe angenommen")
  static let standingReached = Words("told by telephone", "telefonisch unterrichtet")
  static let standingWaiting = Words("letter waits", "Brief wartet")
  static let standingUncertain = Words("outcome unknown", "Ausgang unbekannt")
  static let standingFailed = Words("letter not accepted, or came back", "Brief nicht angenommen oder zurückgekommen")
  static let standingCall = Words("call only", "nur Anruf")
  static let standingNothing = Words("nothing to do", "nichts zu tun")

  static let told = Words("Who was told, how and when", "Wer wie und wann unterrichtet wurde")
  static let toldHow = Words(
    "Each letter went by e-mail to one customer alone. The time is that of the relay's confirmation.",
    "Jeder Brief ging per E-Mail an genau einen Kunden. Die Zeit ist die der Bestätigung durch das Relay.")
  static let nobodyTold = Words("No letter was accepted yet.", "Noch wurde kein Brief angenommen.")
  static let firstAccepted = Words("First letter accepted", "Erster Brief angenommen")
  static let lastAccepted = Words("Last letter accepted", "Letzter Brief angenommen")
  static let acceptedInTime = Words("Accepted before the deadline", "Vor der Frist angenommen")
  static let acceptedLate = Words("Accepted after the deadline", "Nach der Frist angenommen")
  static let curveTitle = Words("Letters accepted over time", "Angenommene Briefe im Lauf der Zeit")
  static let curveText = Words(
    "A rising line: % of % letters were accepted before the deadline, %.",
    "Eine steigende Linie: % von % Briefen wurden vor der Frist angenommen, %.")
  static let curveTable = Words(
    "The table below has the same figures.", "Die Tabelle darunter hat dieselben Zahlen.")
  static let curveTableTitle = Words(
    "Letters accepted until a time", "Bis zu einem Zeitpunkt angenommene Briefe")
  static let untilTime = Words("Until", "Bis")
  static let accepted = Words("Accepted", "Angenommen")
  static let shareOfLetters = Words("Of all letters", "Von allen Briefen")
  static let deadline = Words("deadline", "Frist")
  static let timesIn = Words("Times in", "Zeiten in")
  static let deadlineBefore = Words(
    "The deadline is before the first letter.", "Die Frist liegt vor dem ersten Brief.")
  static let deadlineBeyond = Words(
    "The deadline is far beyond the right edge.", "Die Frist liegt weit jenseits des rechten Randes.")
}

/// What became of the letters, and what is open.
extension Words {
  static let providers = Words("Outcomes by receiving domain", "Ausgang nach Empfänger-Domain")
  static let noLetters = Words("The plan has no letters.", "Der Plan hat keine Briefe.")
  static let domainsTable = Words(
    "Letters by the domain they went to", "Briefe nach der Domain, an die sie gingen")
  static let domain = Words("Domain", "Domain")
  static let letters = Words("Letters", "Briefe")
  static let otherDomains = Words("other domains: %", "weitere Domains: %")
  static let allOtherDomains = Words("all other domains", "alle weiteren Domains")
  static let total = Words("Total", "Summe")
  static let domainsNote = Words(
    "Columns with zeros only are left out.", "Spalten nur mit Nullen fehlen.")
  static let domainsHidden = Words(
    "Domains of fewer than five customers are counted together: they would say who was told. Columns with zeros only are left out.",
    "Domains von weniger als fünf Kunden sind zusammengefasst: Sie würden verraten, wer unterrichtet wurde. Spalten nur mit Nullen fehlen."
  )

  static let replies = Words("Outcomes by what the reply means", "Ausgang nach Bedeutung der Antwort")
  static let acceptedReplies = Words(
    "Letters that a relay accepted: %.", "Von einem Relay angenommene Briefe: %.")
  static let noReplies = Words(
    "No letter was put off, refused or left open.", "Kein Brief wurde zurückgestellt, abgelehnt oder blieb offen.")
  static let repliesTable = Words(
    "Letters that are not accepted, by their last reply", "Nicht angenommene Briefe nach ihrer letzten Antwort")
  static let meaning = Words("Meaning", "Bedeutung")
  static let `class` = Words("Class", "Klasse")
  static let code = Words("Code", "Code")
  static let state = Words("State", "Stand")
  static let words = Words("Words of one of them", "Wortlaut einer davon")
  static let noReply = Words("no reply came", "es kam keine Antwort")
  static let notMade = Words("left out before it was sent", "vor dem Versand herausgenommen")
  static let neverSent = Words("never sent before the deadline", "vor der Frist nie gesendet")
  static let repliesNote = Words(
    "Addresses, hosts and numbers are taken out of the words.",
    "Adressen, Rechnernamen und Nummern sind aus dem Wortlaut entfernt.")
  static let repliesHidden = Words(
    "Only the class and the code of replies are shown: their words may name people.",
    "Von Antworten sind nur Klasse und Code gezeigt: Ihr Wortlaut kann Personen nennen.")

  static let open = Words("What is open, and the next step", "Was offen ist und der nächste Schritt")
  static let nothingOpen = Words("Nothing is open.", "Nichts ist offen.")
  static let openWaiting = Words(
    "Letters that wait to be sent or tried again: %. The delivery goes on.",
    "Briefe, die auf Versand oder einen neuen Versuch warten: %. Der Versand läuft weiter.")
  static let openPaused = Words(
    "Letters that wait to be sent or tried again: %. The delivery is to be resumed.",
    "Briefe, die auf Versand oder einen neuen Versuch warten: %. Der Versand ist fortzusetzen.")
  static let openUncertain = Words(
    "Letters whose outcome nobody knows: %. Each is to be settled with the relay's log, or the customer called; none is sent twice by itself.",
    "Briefe mit unbekanntem Ausgang: %. Jeder ist anhand des Relay-Protokolls zu klären oder der Kunde anzurufen; von selbst wird keiner zweimal gesendet."
  )
  static let openCalls = Words("Customers to be called: %.", "Anzurufende Kunden: %.")
  static let openRejected = Words(
    "Rows of the customer file that were rejected before the launch: %.",
    "Zeilen der Kundendatei, die vor dem Start abgewiesen wurden: %.")
  static let openLetters = Words(
    "Customers who were spoken to and want it in writing before they count as told: %. A letter is to be sent to them; one by post is recorded as a call.",
    "Kunden, die erreicht wurden, es aber schriftlich wollen und bis dahin nicht als unterrichtet zählen: %. Ihnen ist ein Brief zu senden; einer per Post wird als Anruf vermerkt."
  )
  static let openLost = Words(
    "Letters that are not sent any more (refused, given up, left out, cancelled) and whose customers are not told: %. Their customers are on the call list.",
    "Briefe, die nicht mehr gesendet werden (abgelehnt, aufgegeben, herausgenommen, abgebrochen) und deren Kunden nicht unterrichtet sind: %. Die Kunden stehen auf der Anrufliste."
  )
  static let lettersToldByCall = Words(
    "Letters that were not accepted, or nobody knows, but whose customers were told by telephone: %. Nothing is to be done about them.",
    "Briefe, die nicht angenommen wurden oder deren Ausgang niemand kennt, deren Kunden aber telefonisch unterrichtet sind: %. Für sie ist nichts zu tun."
  )
  static let everybodyTold = Words(
    "Every customer of the plan is told, by letters that the relay accepted or by telephone, or has nothing to do.",
    "Jeder Kunde des Plans ist unterrichtet, durch vom Relay angenommene Briefe oder telefonisch, oder hat nichts zu tun."
  )
  static let openPurge = Words(
    "The personal data of the campaign is still there and is to be purged when it is not needed any more.",
    "Die personenbezogenen Daten der Kampagne sind noch da und zu löschen, sobald sie nicht mehr gebraucht werden.")
  static let estimatedEnd = Words("Estimated time of the last letter:", "Geschätzter Zeitpunkt des letzten Briefs:")
}

/// What was done, and how it is checked.
extension Words {
  static let timeline = Words("What was done, and who released it", "Was getan wurde und wer es freigab")
  static let releasedByNobody = Words(
    "The campaign file asks for no release by two people: the operator launched it.",
    "Die Kampagnendatei verlangt keine Freigabe durch zwei Personen: Der Betreiber hat sie gestartet.")
  static let releasedBy = Words("Released by:", "Freigegeben von:")
  static let noActs = Words("There are no receipts to tell it from.", "Es gibt keine Belege, aus denen es hervorginge.")
  static let actsTable = Words("Acts and turning points of the campaign", "Handlungen und Wendepunkte der Kampagne")
  static let time = Words("Time", "Zeit")
  static let act = Words("What was done", "Was getan wurde")
  static let actsLeftOut = Words("Acts left out in the middle: %.", "In der Mitte ausgelassen: %.")
  static let actsNote = Words(
    "From the receipts. A settlement is the operator's word, or what a relay's log says; a call is the operator's own record, with the time it was made. Both are in the receipts.",
    "Aus den Belegen. Eine Klärung ist das Wort des Betreibers oder die Aussage eines Relay-Protokolls; ein Anruf ist vom Betreiber selbst vermerkt, mit der Zeit, zu der er geführt wurde. Beides steht in den Belegen."
  )
  static let actPlanFrozen = Words(
    "Plan frozen: % customers, by letter %, by call %, nothing to do %",
    "Plan eingefroren: % Kunden, per Brief %, per Anruf %, nichts zu tun %")
  static let actApproved = Words("Plan approved by", "Plan freigegeben von")
  static let actStarted = Words("Delivery started", "Versand begonnen")
  static let actPaused = Words("Delivery paused", "Versand angehalten")
  static let actResumed = Words("Delivery resumed", "Versand fortgesetzt")
  static let actCompleted = Words("Delivery completed", "Versand abgeschlossen")
  static let actAborted = Words("Delivery ended: no relay could be used", "Versand beendet: kein Relay benutzbar")
  static let actCancelled = Words("Campaign cancelled", "Kampagne abgebrochen")
  static let actCall = Words("Call", "Anruf")
  static let actCalls = Words("Calls: %", "Anrufe: %")
  static let actPurged = Words("Personal data purged", "Personenbezogene Daten gelöscht")
  static let actLettersCancelled = Words("Letters cancelled: %", "Abgebrochene Briefe: %")
  static let actExcluded = Words("Letters left out: %", "Herausgenommene Briefe: %")
  static let actExpired = Words("Letters given up at the deadline: %", "Mit der Frist aufgegebene Briefe: %")
  static let actBounced = Words("Letters that came back: %", "Zurückgekommene Briefe: %")
  static let actSettledAccepted = Words(
    "Uncertain letters settled as accepted: %", "Als angenommen geklärte unklare Briefe: %")
  static let actSettledResend = Words(
    "Uncertain letters sent again with the same Message-ID: %",
    "Unklare Briefe mit derselben Message-ID erneut gesendet: %")
  static let actReopened = Words(
    "Refused or expired letters queued again: %", "Abgelehnte oder aufgegebene Briefe erneut eingereiht: %")

  static let receipts = Words("The receipts, and how to verify them", "Die Belege und wie man sie prüft")
  static let receiptsText = Words(
    "Each attempt and each outcome has a receipt, which was on disk before the next step was taken. Each receipt holds the SHA-256 of the one before it, and a signed checkpoint holds that of the last: whoever changes, removes or adds one is found out.",
    "Jeder Versuch und jeder Ausgang hat einen Beleg, der auf der Platte war, bevor der nächste Schritt geschah. Jeder Beleg enthält den SHA-256 des vorigen und ein signierter Prüfpunkt den des letzten: Wer einen ändert, entfernt oder hinzufügt, fällt auf."
  )
  static let receiptsSound = Words(
    "The receipts were checked for this report: chain unbroken, states in order.",
    "Die Belege wurden für diesen Bericht geprüft: Kette ungebrochen, Zustände folgerichtig.")
  static let receiptsUnsound = Words(
    "The receipts are not sound, and prove nothing:", "Die Belege sind nicht in Ordnung und beweisen nichts:")
  static let plan = Words("Plan", "Plan")
  static let lines = Words("Receipts", "Belege")
  static let signed = Words("Signed checkpoint", "Signierter Prüfpunkt")
  static let signedUpTo = Words("up to receipt %, on", "bis Beleg %, am")
  static let notSigned = Words("none", "keiner")
  static let head = Words("Head of the chain (SHA-256)", "Kopf der Kette (SHA-256)")
  static let key = Words("Fingerprint of the key (SHA-256)", "Fingerabdruck des Schlüssels (SHA-256)")
  static let ownKey = Words(
    "The key is this queue's own, and every receipt is as in the queue's database.",
    "Der Schlüssel ist der eigene dieser Queue, und jeder Beleg ist wie in ihrer Datenbank.")
  static let howToVerify = Words("How to verify", "So wird geprüft")
  static let verifyHere = Words("On the operator's machine:", "Auf dem Rechner des Betreibers:")
  static let verifyElsewhere = Words(
    "Anywhere else: in the folder that “eilbrief receipts export” writes, with a shell, sha256sum and openssl:",
    "Überall sonst: im Ordner, den „eilbrief receipts export“ schreibt, mit einer Shell, sha256sum und openssl:")
  static let verifyByHand = Words("By hand, in the same folder:", "Von Hand, im selben Ordner:")
  static let verifyCompare = Words(
    "The first line prints the fingerprint above, the second “Signature Verified Successfully”, and the third the digest that checkpoint.json names as its head. A fingerprint that you were told another way keeps anyone from making up a chain with a key of their own.",
    "Die erste Zeile druckt den Fingerabdruck von oben, die zweite „Signature Verified Successfully“, die dritte den Wert, den checkpoint.json als „head“ nennt. Ein Fingerabdruck, den man auf anderem Weg bekam, schützt davor, dass jemand eine Kette mit eigenem Schlüssel erfindet."
  )
}

extension MessageState {
  package var words: Words {
    switch self {
    case .queued: Words("queued", "eingereiht")
    case .sending: Words("being sent", "im Versand")
    case .deferred: Words("put off, tried again", "zurückgestellt, wird erneut versucht")
    case .accepted: Words("accepted", "angenommen")
    case .refused: Words("refused", "abgelehnt")
    case .expired: Words("given up", "aufgegeben")
    case .uncertain: Words("uncertain", "unklar")
    case .excluded: Words("left out", "herausgenommen")
    case .cancelled: Words("cancelled", "abgebrochen")
    }
  }
}
