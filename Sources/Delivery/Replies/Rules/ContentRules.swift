extension ReplyRules {
  /// What is in the letter.
  static let content: [ReplyRule] = [
    ReplyRule(
      "spam-or-virus", from: "postmaster.t-online.de; FortiMail",
      any: [
        "spam or virus", "virus or spam", "spam virus",
      ], Meaning(.contentSpam, .message, .retry, .suspectUs)),
    ReplyRule(
      "virus", from: "ClamAV, amavis, Zoho, Rackspace, Free, GoDaddy",
      any: [
        "virus*", "malware", "infected", "trojan*", "viral", "worm", "clamav", "eicar", "ransomware", "malicious",
        "viren", "schadsoftware", "malveillant",
      ], Meaning(.contentVirus, .message, .retry, .suspectUs)),
    ReplyRule(
      "attachment", from: "support.google.com/mail: BlockedMessage; Rackspace, Cox",
      any: [
        "illegal|banned|forbidden|prohibited attachment*|file*|extension*|filetype",
        "blocked|dangerous|unsafe|unacceptable|restricted attachment*|file*|extension*|filetype",
        "attachment* ... allowed|forbidden|blocked|prohibited|banned|rejected|illegal|type", "banned file",
        "potential security", "executable*", "anhang ... nicht|verboten|gesperrt", "piece jointe", "file type",
        "rejected as dangerous",
      ], Meaning(.contentVirus, .message, .retry, .suspectUs)),
    ReplyRule(
      "spam", from: "rspamd, SpamAssassin, MessageLabs, QQ, Mail.ru, Strato, Exim, La Poste",
      any: [
        "spam*", "antispam", "unsolicited", "non sollicite", "junk", "junkmail", "bulk mail|email", "ube", "uce",
        "content ... rejected|denied|blocked|refused|policy|judged|filter*|unacceptable|not|violat*|restriction*",
        "mail content", "message content", "content filter*|reject*", "message filtered", "message ... suspicious",
        "suspicious", "phish*", "scam", "fraud*", "banned content", "unacceptable content",
        "rejected ... filter*|rule*", "blocked ... filter*", "filter ... reject*",
        "score ... over|exceed*|threshold|limit", "mcspamsignature*", "topic_unsolicited*", "reject id num",
        "message looks", "pattern detection", "werbung", "unerwunscht*", "indesirable*", "pourriel",
        "correo no deseado", "content contains", "contenu", "inhalt*", "message refused", "bad words",
        "nature of the content", "message rejected id", "considered as",
      ],
      unless: ["policy error", "headers", "not rfc"], Meaning(.contentSpam, .message, .retry, .suspectUs)),
  ]

  /// Size and form of the letter, and the dialogue.
  static let messages: [ReplyRule] = [
    ReplyRule(
      "message-too-large", from: "RFC 1870 §6; IANA: X.2.3, X.3.4",
      any: [
        "message|mail|email|data|letter|nachricht ... too large|big|long|heavy", "too large|big",
        "message|mail|email|maximum|max|header ... size", "size ... exceed*|limit|maximum|too|greater|larger",
        "exceed* ... size|bytes", "size limit*", "zu gross", "trop gros*|volumineu*|grand", "taille",
        "demasiado grande", "tamano", "troppo grande", "dimensione", "te groot", "zbyt duz*", "recipsizelimit",
        "number of attachments",
      ], unless: ["line", "per transaction"], Meaning(.size, .message, .retry, .suspectUs)),
    ReplyRule(
      "size-status", from: "IANA: X.2.3, X.3.4 (RFC 3463)", status: ["2.3", "3.4"],
      unless: [
        "policy", "mailpolicy",
      ], Meaning(.size, .message, .retry, .suspectUs)),
    ReplyRule(
      "malformed-message", from: "RFC 5322; support.google.com/mail: RfcMessageNonCompliant",
      any: [
        "malformed", "rfc ... compliant|compliance|conform*|violation", "not rfc", "noncompliant",
        "bare lf|cr|newline|line|linefeed|carriage", "line feed*", "line ... too long", "lines longer",
        "missing ... header*", "header* ... missing|invalid|required|malformed|duplicate|multiple|not|bad|too",
        "duplicate|multiple|invalid|bad|missing|illegal ... header*", "message id", "missing a valid",
        "valid address in from", "encoded word", "unicode character", "invalid characters", "8bit", "8 bit",
        "non ascii", "nul character*", "mime", "date header", "future date", "header error", "headers are not",
        "multiple addresses", "invalid message", "topic_rfcmessagenoncompliant", "invalid content", "empty message",
        "no subject", "utf8", "smtputf8", "may not follow",
      ], unless: ["nonexist*"], Meaning(.syntaxOrProtocol, .message, .retry, .suspectUs)),
    ReplyRule(
      "protocol", from: "RFC 5321 §4.2.4; support.google.com/a/answer/3221692",
      any: [
        "syntax error", "syntax", "bad sequence", "out of sequence", "sequence of commands",
        "unrecognized|unrecognised|unknown|unimplemented command*|argument*|parameter*",
        "invalid|bad|unexpected|improper|illegal command*|argument*|parameter*",
        "command* ... not|unrecognized|unrecognised|unimplemented|unknown|rejected|sequence|disabled|out|order",
        "not implemented", "helo|ehlo|mail|rcpt|data|hello first", "nested mail", "sender already",
        "protocol ... error|violation", "protocol error|violation", "too many errors", "too many ... errors|commands",
        "too many bad", "synchronization error", "pipelining", "polite people", "multiple destination domains",
        "argument*", "parameters", "before greeting", "need rcpt|mail|helo", "valid rcpt", "falsche reihenfolge",
        "no data after", "cannot decode", "starttls may not", "end of data", "unsupported", "message ended early",
      ], Meaning(.syntaxOrProtocol, .relay, .retry, .suspectUs)),
  ]
}
