import Mail

/// Refusals of one relay in a row, in the same words: no list of rules is complete, and what several customers in a row
/// are told in the same words is not about them.
///
/// Pure value. A dead address that is named as one does not count: lists begin with dead addresses.
struct RefusalRow: Sendable {
  private var words: SaidWords?
  /// The words of a row that was long enough: what was on the wire with its last letter is told them too.
  private var broken: SaidWords?
  private var letters: [JudgedLetter] = []

  /// Different customers that must be told the same.
  static let length = 3

  /// Counts one more refusal; returns the letters before it when with it the row is long enough.
  mutating func broken(by letter: JudgedLetter, _ reply: Reply, _ meaning: Classification) -> [JudgedLetter]? {
    guard !meaning.namesTheRecipient(in: reply) else { return nil }
    let words = SaidWords(reply)
    if words == broken { return [] }
    if words != self.words {
      self.words = words
      letters = []
    }
    letters.removeAll { $0.message == letter.message }
    if letters.count + 1 >= Self.length {
      broken = words
      return letters
    }
    letters.append(letter)
    return nil
  }

  mutating func end() {
    words = nil
    letters = []
  }
}

extension EnhancedStatus {
  /// It speaks of the recipient's address or mailbox (RFC 3463 §3.2 and §3.3), not of the sender's.
  var isOfRecipient: Bool { subject == 2 || subject == 1 && detail != 7 && detail != 8 }
}

extension Classification {
  /// The words are of a dead address, or of a mailbox that is full or closed, and the status does not say something else.
  func namesTheRecipient(in reply: Reply) -> Bool {
    let status = reply.enhanced
    return switch `class` {
    case .addressDead, .mailboxFull, .mailboxDisabled: status.map { (1...2).contains($0.subject) } ?? true
    case .domainNotFound: status.map { $0.subject == 1 || ($0.subject, $0.detail) == (4, 4) } ?? true
    default: false
    }
  }
}
