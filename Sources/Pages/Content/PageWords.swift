import Reports

/// The words of the pages, beside those they have in common with the report.
extension Words {
  static let status = Words("Status", "Stand")
  static let campaigns = Words("Campaigns", "Kampagnen")
  static let overview = Words("Overview", "Übersicht")
  static let customersPage = Words("Customers", "Kunden")
  static let callsPage = Words("Calls", "Anrufe")
  static let uncertainPage = Words("Uncertain letters", "Unklare Briefe")
  static let releasePage = Words("Release", "Freigabe")
  static let pages = Words("Pages of this campaign", "Seiten dieser Kampagne")
  static let skip = Words("To the content", "Zum Inhalt")
  static let otherLanguage = Words("Deutsch", "English")
  static let noCampaigns = Words(
    "There is no campaign in this queue folder.", "In diesem Queue-Ordner ist keine Kampagne.")
  static let noScript = Words(
    "The figures are those of the moment at which the page was loaded. Load it again for new ones.",
    "Die Zahlen sind die vom Laden der Seite. Neue zeigt erneutes Laden.")
  static let lostTouch = Words(
    "The connection is lost, and tried again every few seconds. The figures below are old.",
    "Die Verbindung ist unterbrochen und wird alle paar Sekunden neu versucht. Die Zahlen unten sind alt.")

  static let tokenTitle = Words("Who are you?", "Wer sind Sie?")
  static let tokenAsked = Words(
    "This page shows customers and acts on campaigns. Paste the token that is in the file “page-token” of the queue folder; the browser keeps it for a week.",
    "Diese Seite zeigt Kunden und greift in Kampagnen ein. Fügen Sie das Token aus der Datei „page-token“ im Queue-Ordner ein; der Browser behält es eine Woche."
  )
  static let token = Words("Token", "Token")
  static let enter = Words("Enter", "Weiter")
  static let tokenWrong = Words("That is not the token.", "Das ist nicht das Token.")

  static let campaign = Words("Campaign", "Kampagne")
  static let state = Words("State", "Zustand")
  static let letters = Words("Letters", "Briefe")
  static let accepted = Words("Accepted", "Angenommen")
  static let openCalls = Words("Open calls", "Offene Anrufe")
  static let deadline = Words("Deadline", "Frist")
  static let draft = Words("not launched", "nicht gestartet")
  static let running = Words("running", "läuft")
  static let paused = Words("paused", "angehalten")
  static let completed = Words("completed", "abgeschlossen")
  static let cancelled = Words("cancelled", "abgebrochen")
  static let aborted = Words("stopped: no relay", "gestoppt: kein Relay")
  static let unreadable = Words("cannot be read", "nicht lesbar")

  static let tileAccepted = Words("letters accepted", "Briefe angenommen")
  static let tileWaiting = Words("wait", "warten")
  static let tileUncertain = Words("uncertain", "unklar")
  static let tileBounced = Words("of the accepted came back", "der angenommenen kamen zurück")
  static let tileLost = Words("lost: refused, given up or left out", "verloren: abgelehnt, aufgegeben oder ausgelassen")
  static let tileCancelled = Words("cancelled", "abgebrochen")
  static let tileChanged = Words("passwords changed", "Passwörter geändert")
  static let tileLocked = Words("mailboxes locked", "Postfächer gesperrt")
  static let tileUnchanged = Words("still to be changed", "noch zu ändern")
  static let allChanged = Words(
    "All mailboxes of this customer are changed or locked already.",
    "Alle Postfächer dieses Kunden sind schon geändert oder gesperrt.")
  static let tileCalls = Words("calls open", "Anrufe offen")
  static let tileReached = Words("reached by telephone", "telefonisch erreicht")
  static let perMinute = Words("letters a minute", "Briefe je Minute")
  static let progress = Words("Accepted: % of % letters (%)", "Angenommen: % von % Briefen (%)")
  static let deliveredBy = Words("Delivered by process % on %.", "Versand durch Prozess % auf %.")
  static let isStopped = Words(
    "Process % is stopped by a signal and delivers nothing: kill -CONT % lets it go on.",
    "Prozess % ist durch ein Signal gestoppt und versendet nichts: kill -CONT % lässt ihn weiterarbeiten.")
  static let nobodyDelivers = Words(
    "No process delivers it: “eilbrief worker” or “eilbrief resume” goes on.",
    "Kein Prozess versendet: „eilbrief worker“ oder „eilbrief resume“ macht weiter.")
  static let wasKilled = Words(
    "No process delivers it: process % on % did not end by itself. “eilbrief worker” or “eilbrief resume” goes on.",
    "Kein Prozess versendet: Prozess % auf % hat nicht von selbst geendet. „eilbrief worker“ oder „eilbrief resume“ macht weiter."
  )
  static let endLikely = Words("All accepted at about %", "Alle angenommen etwa um %")
  static let endRange = Words("between % and %", "zwischen % und %")
  static let lateLetters = Words(
    "By the forecast % customers are not told by the deadline (at best %, at worst %).",
    "Nach der Prognose sind % Kunden bis zur Frist nicht unterrichtet (bestenfalls %, schlimmstenfalls %).")
  static let inTime = Words(
    "By the forecast all letters that wait are accepted by the deadline.",
    "Nach der Prognose sind alle wartenden Briefe bis zur Frist angenommen.")
  static let deadlineIn = Words("Deadline: %", "Frist: %")
  static let deadlineGone = Words("The deadline was %", "Die Frist war %")
  static let everybodyTold = Words(
    "Everybody is told, one way or the other, or needs nothing.",
    "Alle sind auf dem einen oder anderen Weg unterrichtet oder brauchen nichts.")
  static let tableNote = Words(
    "The figures are in the table “Letters by domain”.", "Die Zahlen stehen in der Tabelle „Briefe nach Domain“.")

  static let relays = Words("Relays", "Relays")
  static let relay = Words("Relay", "Relay")
  static let saidLast = Words("Last words", "Letzte Worte")
  static let since = Words("Since", "Seit")
  static let until = Words("Until", "Bis")
  static let pace = Words("Learned pace", "Gelernter Takt")
  static let noRelays = Words("No relay has said anything yet.", "Noch hat kein Relay etwas gesagt.")
  static let relaySending = Words("sending", "versendet")
  static let relayResting = Words("resting", "ruht")
  static let relayPaused = Words("paused: look at it", "angehalten: bitte prüfen")

  static let byDomain = Words("Letters by domain", "Briefe nach Domain")
  static let domain = Words("Domain", "Domain")
  static let others = Words("all other domains", "alle anderen Domains")
  static let byReply = Words(
    "Letters that are not accepted, by what was said", "Nicht angenommene Briefe nach der Antwort")
  static let meaning = Words("Meaning", "Bedeutung")
  static let example = Words("In the relay's words, for example", "Im Wortlaut, zum Beispiel")
  static let noReply = Words("no reply", "keine Antwort")

  static let acts = Words("Acts", "Eingriffe")
  static let pauseIt = Words("Pause", "Anhalten")
  static let resumeIt = Words("Resume", "Fortsetzen")
  static let cancelIt = Words("Cancel for good", "Endgültig abbrechen")
  static let pauseNote = Words(
    "Stops at once; only the answers to letters that are sent whole are waited for.",
    "Hält sofort an; nur auf Antworten zu ganz gesendeten Briefen wird gewartet.")
  static let resumeNote = Words(
    "Hands the campaign over to the worker of the queue folder.",
    "Übergibt die Kampagne an den Worker des Queue-Ordners.")
  static let resumeAfterLook = Words(
    "The canary's letters are sent, and it is paused for a look at them. Resuming lets all others leave: hands the campaign over to the worker of the queue folder.",
    "Die ersten Briefe sind gesendet, und die Kampagne wartet auf einen Blick darauf. Fortsetzen lässt alle anderen gehen: übergibt die Kampagne an den Worker des Queue-Ordners."
  )
  static let cancelNote = Words(
    "What was not sent will not be sent, and the customers go on the call list. This cannot be taken back. Type “cancel”:",
    "Was nicht gesendet ist, wird nicht mehr gesendet, und die Kunden kommen auf die Anrufliste. Das lässt sich nicht zurücknehmen. Tippen Sie „cancel“:"
  )
  static let cancelTyped = Words(
    "Nothing was cancelled: the word “cancel” was not typed.", "Nichts wurde abgebrochen: Das Wort „cancel“ fehlte.")
  static let underWay = Words(
    "under way since %; load the page again to see the end", "seit % unterwegs; erneutes Laden zeigt das Ende")
  static let done = Words("Done:", "Erledigt:")
  static let failed = Words("Not done:", "Nicht erledigt:")
  static let launchByCommand = Words(
    "It was not launched. A launch is begun by the command:",
    "Sie ist nicht gestartet. Ein Start beginnt mit dem Kommando:")
  static let purged = Words(
    "The personal data of the campaign was purged: only the receipts and the counts are left.",
    "Die personenbezogenen Daten der Kampagne sind gelöscht: Nur Belege und Zahlen sind geblieben.")

  static let search = Words("Search", "Suchen")
  static let searchFor = Words("Id, name, firm or address", "Nummer, Name, Firma oder Adresse")
  static let foundNone = Words("No customer has this.", "Kein Kunde hat das.")
  static let foundMore = Words(
    "The first % are shown. Search for more of the name.", "Gezeigt sind die ersten %. Suchen Sie genauer.")
  static let customer = Words("Customer", "Kunde")
  static let company = Words("Firm", "Firma")
  static let name = Words("Name", "Name")
  static let address = Words("Address", "Adresse")
  static let letterStates = Words("Letters", "Briefe")
  static let planPhone = Words("call", "Anruf")
  static let planNone = Words("nothing", "nichts")

  static let noMoreHere = Words("No more calls on this page.", "Auf dieser Seite sind keine Anrufe mehr.")
  static let nobodyToCall = Words("Nobody is to be called.", "Niemand ist anzurufen.")
  static let callFigures = Words(
    "Open: %, of them not tried yet: %, no answer: %, wrong number: %, letter wanted: %. Reached: %.",
    "Offen: %, davon noch nicht versucht: %, nicht erreicht: %, falsche Nummer: %, Brief gewünscht: %. Erreicht: %.")
  static let yourName = Words("Your name, as it goes into the receipts", "Ihr Name, wie er in die Belege kommt")
  static let thatIsMe = Words("That is me", "Das bin ich")
  static let take = Words("I call now", "Ich rufe an")
  static let takenBy = Words("% is calling, until %", "% ruft an, bis %")
  static let takenByYou = Words("You are calling, until %", "Sie rufen an, bis %")
  static let telephone = Words("Telephone", "Telefon")
  static let noNumber = Words("no number known", "keine Nummer bekannt")
  static let why = Words("Why", "Warum")
  static let script = Words("What to say", "Was zu sagen ist")
  static let madeCalls = Words("Calls made", "Geführte Anrufe")
  static let record = Words("Record the call", "Anruf festhalten")
  static let outcome = Words("Outcome", "Ergebnis")
  static let note = Words("Note (personal data stays out of the receipts)", "Notiz (kommt nicht in die Belege)")
  static let reached = Words("reached and told", "erreicht und unterrichtet")
  static let noAnswer = Words("no answer", "nicht erreicht")
  static let wrongNumber = Words("wrong number", "falsche Nummer")
  static let letterWanted = Words("wants it in writing", "wünscht es schriftlich")
  static let nextPage = Words("Next page", "Nächste Seite")
  static let firstPage = Words("First page", "Erste Seite")
  static let urgencyUntold = Words(
    "Told nothing, and no letter will come", "Nicht unterrichtet, und kein Brief kommt mehr")
  static let urgencyLate = Words(
    "The deadline has passed, the letter still waits", "Die Frist ist vorbei, der Brief wartet noch")
  static let urgencyPartly = Words("Knows a part", "Kennt einen Teil")
  static let urgencyUncertain = Words("May know", "Weiß es vielleicht")
  static let urgencyWritten = Words("Waits for something in writing", "Wartet auf etwas Schriftliches")

  static let noneUncertain = Words("No letter is uncertain.", "Kein Brief ist unklar.")
  static let uncertainNote = Words(
    "The relay may or may not have taken these letters. Look into its log by the Message-ID, or ask the customer. Whoever sends again accepts that somebody may be told twice; whoever counts a letter as accepted, that somebody may not be told.",
    "Diese Briefe hat das Relay vielleicht angenommen. Sehen Sie mit der Message-ID in sein Log, oder fragen Sie den Kunden. Wer erneut sendet, nimmt in Kauf, dass jemand zweimal unterrichtet wird; wer einen Brief als angenommen zählt, dass jemand nicht unterrichtet ist."
  )
  static let letter = Words("Letter", "Brief")
  static let messageID = Words("Message-ID", "Message-ID")
  static let releasedByThese = Words("Released before the launch by", "Vor dem Start freigegeben von")
  static let launchedWithout = Words(
    "The campaign was launched; it asked for no approvals.",
    "Die Kampagne ist gestartet; sie verlangte keine Freigaben.")
  static let attemptedAt = Words("Sent at", "Gesendet")
  static let settle = Words("Settle the letter", "Brief klären")
  static let asAccepted = Words("was accepted", "war angenommen")
  static let sendAgain = Words("send again", "erneut senden")
  static let firstShown = Words("The first % of % are shown.", "Gezeigt sind die ersten % von %.")

  static let releaseIntro = Words(
    "“release: two” asks for the approvals of two people. Everything is read and checked as the launch does it; an approval counts for exactly this, and is void when a byte changes.",
    "„release: two“ verlangt die Freigabe durch zwei Personen. Alles wird gelesen und geprüft wie beim Start; eine Freigabe gilt für genau dies und verfällt, wenn sich ein Byte ändert."
  )
  static let releasePlan = Words(
    "Plan % with % letters to % customers; rejected rows: %.", "Plan % mit % Briefen an % Kunden; abgelehnte Zeilen: %."
  )
  static let released = Words(
    "It is released. The launch is begun by the command:", "Sie ist freigegeben. Der Start beginnt mit dem Kommando:")
  static let approveIt = Words("Approve", "Freigeben")
  static let withoutRejected = Words(
    "Although rows are rejected: their customers are called.",
    "Obwohl Zeilen abgelehnt sind: Deren Kunden werden angerufen.")
  static let noRelease = Words("There is nothing to approve:", "Es gibt nichts freizugeben:")

  static let faultTitle = Words("That was not done", "Das ging nicht")
  static let foreignHost = Words(
    "This page is not served under the name that was asked for. Behind a reverse proxy, start it with --public-url.",
    "Unter diesem Namen gibt es diese Seite nicht. Hinter einem Reverse-Proxy mit --public-url starten.")
  static let foreignOrigin = Words(
    "The request does not come from a page of this server, and nothing was done.",
    "Die Anfrage kommt nicht von einer Seite dieses Servers, und nichts wurde getan.")
  static let noSuchMethod = Words("There is no such method here.", "Diese Methode gibt es hier nicht.")
  static let noSuchPage = Words("There is no such page.", "Diese Seite gibt es nicht.")
  static let tooLarge = Words(
    "That is more than a form of this page sends.", "Das ist mehr, als ein Formular dieser Seite sendet.")
  static let busy = Words(
    "Too many people ask for this just now. Load the page again in a moment.",
    "Gerade fragen zu viele danach. Laden Sie die Seite gleich noch einmal.")
  static let badForm = Words(
    "The form is not complete, or has something that does not belong there.",
    "Das Formular ist unvollständig oder enthält Unpassendes.")
}
