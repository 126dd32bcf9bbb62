import Delivery

/// The words by which reports, warnings and absence notes are told from each other, in the languages that servers use.
enum ReportPhrases {
  /// In a subject: something came back.
  static let failureSubject: PhraseSet = [
    "undeliver*", "nondeliver*", "non deliver*", "delivery ... fail*", "fail* ... delivery",
    "delivery status notification",
    "delivery notification", "delivery report|error|problem|status|warning", "returned mail|message|email",
    "returned to sender",
    "failure notice", "return* to sender", "mail system error", "mail error", "message status undeliverable",
    "could not be delivered|sent", "couldnt be delivered|sent", "cannot be delivered|sent", "not be delivered",
    "not delivered", "mail fail*", "message fail*", "mail ... rejected", "message rejected", "unknown user",
    "user unknown",
    "user not known", "no such user", "ndn", "ndr", "bounce*", "nicht zugestellt|zustellbar|ubermittelt|ausgeliefert",
    "unzustell*", "zustell* ... fehl*|fehlgeschlagen|nicht", "fehler bei|beim|der|in ... zustell*|senden|ubermitt*",
    "zustellungsfehler", "zustellbericht", "ruckmeldung", "abgelehnt", "non remis*",
    "echec ... remise|livraison|distribution",
    "non distribu*", "retour ... message", "non recapitabile", "mancata consegna", "mancato recapito",
    "consegna ... fallita",
    "no se ha podido entregar", "no se puede|pudo entregar", "no entregado|entregable", "devuelto", "error de entrega",
    "nao entregue",
    "falha na entrega", "devolvido", "niet bezorgd|afgeleverd", "niet te bezorgen", "onbestelbaar*", "nie dostarczon*",
    "niedostarcz*", "kezbesithetetlen", "teslim edilemedi", "zwrot", "nedoruc*", "nelze dorucit", "недоставлен*",
    "не доставлен*", "возвращен*",
    "mail delivery",
    "message delivery", "mail could not", "message could not", "there was an error sending", "delivery",
    "permanent error",
    "mailsystem", "undelivered", "problem ... delivering", "unable to deliver|send", "message not sent|accepted",
    "levererbar*",
    "ikke leveres", "toimitus epaonnistui", "oleverer*", "leveransfel", "mail delivered with failures",
    "error in mail|sending",
    "address error", "invalid address|recipient", "mailbox full|unavailable|disabled", "quota ... exceeded",
    "virus ... found",
  ]

  /// In the text: a server says that it could not deliver a mail.
  static let failure: PhraseSet = [
    "could not be|deliver|send", "couldnt be|deliver", "cannot|cant be delivered|sent|deliver",
    "unable to deliver|send|relay",
    "not be delivered", "not delivered", "was|were undeliverable", "undeliverable", "undelivered", "delivery ... fail*",
    "fail* ... deliver*", "not been delivered", "permanent fatal errors", "permanent error", "did not reach",
    "following address|addresses|recipient|recipients|user|users ... fail*|rejected|error*|problem*",
    "delivery problems",
    "giving up on", "returned to sender", "transcript of session follows", "user unknown", "unknown user",
    "no such user",
    "non-delivery report", "nondelivery", "not reach ... recipient*", "remote host said",
    "mailbox ... full|exceed*|disabled",
    "account ... disabled|exist|discontinued", "quota ... exceed*", "address ... rejected|invalid|unknown|exist|found",
    "user ... exist|found", "has been rejected|returned|bounced", "was rejected|returned|bounced|refused",
    "rejected your",
    "nicht zugestellt|zustellbar|ubermittelt|ausgeliefert|erreicht", "unzustellbar*", "konnte ... nicht", "n'a pas pu",
    "na pas pu", "pas pu etre", "non remis", "n'a pas ete", "impossible de remettre", "no se ha podido|puede",
    "no pudo",
    "non e stato possibile", "non puo essere", "impossibile recapitare", "nao pode|foi", "kon niet", "niet worden",
    "nie moze|zostala|mozna", "не удалось", "не может|был|было", "не доставлен*", "nemohl*", "nelze", "kunne ikke",
    "kunde inte", "error* ... sending", "invalid recipient|address|mailbox", "does not exist", "not listed in",
    "no matches", "user not found", "errors occurred", "was infected", "content ... violat*", "failed recipient*",
    "mail you sent", "rcpt to", "host unknown", "unrouteable address", "addressee unknown", "did not exactly match",
    "unrecognized", "no longer valid|active|available", "not recognized", "blocked by|because", "over ... quota",
    "not a valid user|address|recipient|mailbox", "automatically rejected",
  ]

  /// A server goes on trying.
  static let delay: PhraseSet = [
    "warning could not send|be", "warning message only", "do not need to resend", "will continue to try|be",
    "will keep trying",
    "keeps trying", "not yet been delivered", "not been delivered yet", "has been delayed", "was delayed", "is delayed",
    "delivery ... delayed", "delayed mail", "message delayed", "delay* in delivery", "no action is required",
    "attempts will continue", "delivery attempts ... continue", "still being attempted", "will be retried",
    "will retry",
    "will try again|to", "delivery ... continue", "temporary non delivery", "delays in delivering",
    "wird weiter|weiterhin versucht",
    "noch nicht zugestellt|ausgeliefert", "verzogert*", "weitere zustellversuche", "sera retente", "retarde*",
    "retardad*",
    "ritardat*", "vertraagd", "opoznion*", "server will keep", "try to deliver ... again", "not yet delivered",
    "delivery incomplete", "warning message", "still trying", "retry for", "queued for ... more",
  ]

  /// The last attempt was made, whatever else is said of earlier ones.
  static let final: PhraseSet = [
    "giving up", "given up", "gave up", "permanent*", "final", "has failed", "no further attempts",
    "will not be retried",
    "returned to you", "fatal", "returning message to sender", "cannot be delivered", "could not be delivered",
    "expired",
    "endgultig", "aufgegeben", "could not deliver", "undeliverable", "queue too long", "undelivered",
  ]

  /// In a subject or the first words: nobody is there to read.
  static let absence: PhraseSet = [
    "out of office", "out of the office", "ooo", "auto reply", "autoreply", "automatic reply|response|answer",
    "auto response", "autoresponse", "automated reply|response", "autoresponder", "vacation", "on holiday|leave",
    "away from|until|on", "i am away", "im away", "am currently out|away|on", "abwesenheit*", "abwesend",
    "nicht im buro|haus",
    "automatische antwort|ruckmeldung|bestatigung|eingangsbestatigung", "autom antwort",
    "automatisch generierte antwort",
    "eingangsbestatigung", "urlaub*", "im urlaub", "reponse automatique", "absence du bureau", "absent*",
    "message d'absence",
    "respuesta automatica", "fuera de la oficina", "fuera de oficina", "risposta automatica", "fuori sede|ufficio",
    "automatisch antwoord", "afwezig*", "niet aanwezig", "resposta automatica", "ausencia", "autosvar",
    "automatiskt svar",
    "automatisk svar", "automaattinen vastaus", "autoodpowiedz", "odpowiedz automatyczna", "nieobecnos*",
    "automaticka odpoved",
    "nepritomnost*", "автоответ*", "автоматический ответ", "ticket ... received|opened|created", "we ... received your",
    "thank you for your email|message|mail|inquiry|enquiry", "thank you for contacting",
    "danke fur ihre nachricht|mail|anfrage",
    "vielen dank fur ihre nachricht|mail|anfrage|email", "received your email|message", "otomatik yanit",
  ]

  /// A program asks the sender to prove that they are a person.
  static let challenge: PhraseSet = [
    "confirm ... your email|message|mail|address", "confirmation ... required|request",
    "verify your email|message|address|mail",
    "verification required|request", "please verify", "click ... link ... deliver*", "challenge response",
    "spam arrest",
    "spamarrest", "boxbe", "tmda", "sender verification", "sender authorization|authentication request",
    "not on ... guest list",
    "whitelist request", "approved senders", "bestatigen sie ... mail|nachricht|absender", "held ... until",
    "uol antispam",
  ]

  /// A person has read, or deleted, a mail.
  static let receipt: PhraseSet = [
    "read receipt", "return receipt", "was read on", "was displayed on", "was deleted without being read",
    "lesebestatigung", "gelesen", "confirmation de lecture", "confirmacion de lectura", "conferma di lettura",
    "disposition notification", "read", "lu", "leido", "not read", "ungelesen",
  ]

  /// The letter arrived.
  static let success: PhraseSet = [
    "successfully delivered|relayed", "was successfully", "delivery ... successful*", "delivered to the following",
    "has been delivered", "erfolgreich zugestellt|ubermittelt|weitergeleitet", "successful mail delivery", "relayed to",
  ]

  /// After it the addresses follow that could not be delivered to.
  static let introduction: PhraseSet = [
    "following address|addresses|recipient|recipients|user|users", "delivered to", "deliver to|message|your|the",
    "not reach", "failed", "fatal errors", "undeliverable to", "undelivered to", "unable to ... to", "problems",
    "adresse*", "empfanger*", "destinataire*", "destinatari*", "adressat*", "delivery to", "your message to", "sent to",
    "zugestellt", "aux", "siguiente*", "seguent*", "volgende", "recipients", "failed recipient*",
    "messages not delivered",
    "unsuccessful", "rejected", "addressees", "адрес*", "получател*", "bounced", "to the following",
  ]
}
