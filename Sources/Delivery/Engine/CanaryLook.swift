import Mail
public import Queue
public import Receipts

/// What has become of a canary's letters, and whether the others may leave without a look.
///
/// Pure.
public struct CanaryLook: Sendable, Hashable {
  /// Why the others wait for the operator.
  public enum Reason: Sendable, Hashable {
    /// The campaign file says so.
    case asked
    /// Nobody knows whether the relay took these letters.
    case uncertain(Int)
    /// They were refused or put off, and that is not about their customers; the words of the last one.
    case ours(Int, words: String)
    /// They could not be sent at all.
    case excluded(Int, words: String)
  }

  public var letters: [CanaryLetter]
  /// Empty when the others may leave.
  public var reasons: [Reason]
  /// How long the delivery waits before it goes on by itself; nil when it does not.
  public var wait: Duration?
  /// The letters that wait for it.
  public var others: Int

  public init(_ letters: [CanaryLetter], wait: Duration?, others: Int) {
    self.letters = letters
    self.wait = wait
    self.others = others
    reasons = Self.faults(letters) + (wait == nil ? [.asked] : [])
  }

  /// By state; a state without a letter has no figure.
  public var counts: [MessageState: Int] {
    letters.reduce(into: [:]) { $0[$1.state, default: 0] += 1 }
  }

  /// Something is wrong with it that no waiting mends.
  var isHopeless: Bool {
    reasons.contains { reason in
      switch reason {
      case .uncertain, .excluded: true
      case .ours: letters.contains { $0.isOurFault && $0.state != .deferred }
      case .asked: false
      }
    }
  }

  private static func faults(_ letters: [CanaryLetter]) -> [Reason] {
    var reasons: [Reason] = []
    let uncertain = letters.count { $0.state == .uncertain }
    if uncertain > 0 { reasons.append(.uncertain(uncertain)) }
    let ours = letters.filter(\.isOurFault)
    if let last = ours.last { reasons.append(.ours(ours.count, words: last.words)) }
    let excluded = letters.filter { $0.state == .excluded && $0.exclusion?.isNeedless != true }
    if let last = excluded.last { reasons.append(.excluded(excluded.count, words: last.words)) }
    return reasons
  }
}

extension CanaryLetter {
  /// It was refused, put off or given up, and the words are not about its recipient or its recipient's provider. Where no reply
  /// came, the connection was lost.
  var isOurFault: Bool {
    guard [.refused, .deferred, .expired].contains(state), attempts > 0 else { return false }
    guard let code, let reply else { return true }
    let answer = Reply(code: code, enhanced: EnhancedStatus(prefixOf: reply), text: reply)
    let meaning = ReplyClassifier.classify(answer, at: phase.flatMap { Phase(rawValue: $0) })
    return meaning.treatment == .suspectUs || ![.recipient, .domain].contains(meaning.scope)
  }

  /// The relay's words on one line without the customer's address, or what stands in their place.
  public var words: String {
    if let exclusion { return exclusion.text }
    guard let said = self.reply else { return "" }
    let about = (try? EmailAddress(recipient)).map { RedactedCustomer(recipient: $0, hidesDomain: true) }
    let reply = AddressRedaction.text(said, about: about)
    guard let code else { return reply.split(whereSeparator: \.isNewline).joined(separator: " / ") }
    return Reply(code: code, enhanced: nil, text: reply).oneLine
  }
}
