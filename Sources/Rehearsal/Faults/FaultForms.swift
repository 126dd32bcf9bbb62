/// The words of the fault language, each with the forms in which it can be written: what an error shows.
enum FaultForms {
  /// In the order in which errors list them.
  static let all: KeyValuePairs<String, [String]> = [
    "greylist": ["greylist RECIPIENTS [TRIES] [with REPLY]", "greylist TIME [for RECIPIENTS] [with REPLY]"],
    "temporary": ["temporary RECIPIENTS [TRIES] [with REPLY]"],
    "full": ["full RECIPIENTS [TRIES] [with REPLY]"],
    "unknown": ["unknown RECIPIENTS [TRIES] [with REPLY]"],
    "refuse": ["refuse RECIPIENTS [TRIES] [with REPLY]"],
    "reject": ["reject RECIPIENTS [TRIES] [with REPLY]"],
    "slow": ["slow RECIPIENTS TIME [TRIES]"],
    "lost-reply": ["lost-reply RECIPIENTS [TRIES]"],
    "lost-message": ["lost-message RECIPIENTS [TRIES]"],
    "421": ["421 RECIPIENTS [TRIES] [with REPLY]"],
    "cut-data": ["cut-data RECIPIENTS [TRIES]"],
    "hang": ["hang at greeting|ehlo|mail", "hang at rcpt|data|final [for RECIPIENTS] [TRIES]"],
    "session-limit": ["session-limit COUNT [with REPLY]"],
    "quota": ["quota COUNT/PERIOD [at mail|rcpt|data|final] [with REPLY]"],
    "throttle": ["throttle COUNT/PERIOD [at mail|rcpt|data|final] [with REPLY]"],
    "connections": ["connections COUNT [with REPLY]"],
    "away": ["away TIME after COUNT"],
    "size": ["size OCTETS [with REPLY]"],
    "pipelining": ["pipelining off|swallow"],
    "refuse-all": ["refuse-all [with REPLY]"],
  ]

  static let words = all.map(\.key)

  static func forms(of word: String) -> [String] { all.first { $0.key == word }?.value ?? [] }
}
