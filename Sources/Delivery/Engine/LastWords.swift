import Campaigns
import Foundation
import Logging
import Mail
public import Queue
import Receipts
import Synchronization

/// What each relay of a delivery said last that was no acceptance, shared by all workers, and what the store knows of it.
///
/// Texts are without the customer's address, names and id. Owns nothing durable: ``DeliveryEngine/noteConditions(of:)``
/// writes it down.
final class LastWords: Sendable {
  private struct Relay {
    var last: RelayCondition.Words?
    /// What the last words are apart from what is different in every reply.
    var kind: Kind?
    /// The kinds that were logged.
    var told: Set<Kind> = []
  }

  private struct Kind: Hashable {
    var phase: String
    var code: Int?
    var `class`: String?
    var words: [String]
  }

  /// A relay that rests, with the times by the wall clock at which it was first seen so.
  struct SeenRest: Sendable {
    var rest: RelayHealth.Rest
    var since: Date
    var until: Date
  }

  private let relays = Mutex<[String: Relay]>([:])
  private let rests = Mutex<[String: SeenRest]>([:])
  private let kept = Mutex<[RelayCondition]>([])

  /// Kinds of words that are remembered as logged: a relay that never says the same twice is not logged without end.
  static let mostTold = 200
  /// The most of a text that is kept: its meaning is in the beginning.
  static let longest = 1000

  func last(of relay: String) -> RelayCondition.Words? { relays.withLock { $0[relay]?.last } }

  /// The relay took a letter: what it says next begins anew.
  func noteAccepted(_ relay: String) { relays.withLock { $0[relay]?.kind = nil } }

  /// Returns true when words of this kind come for the first time.
  func note(_ words: RelayCondition.Words, of relay: String) -> Bool {
    let kind = Kind(
      phase: words.phase, code: words.code, class: words.class,
      words: ReplyWords(words.text, code: words.code).words.filter { !$0.contains(where: \.isNumber) })
    return relays.withLock { relays in
      var state = relays[relay] ?? Relay()
      var words = words
      if kind == state.kind, let last = state.last { words.since = last.since }
      state.last = words
      state.kind = kind
      let isNew = state.told.count < Self.mostTold && state.told.insert(kind).inserted
      relays[relay] = state
      return isNew
    }
  }

  /// The rest with its times by the wall clock, which do not tremble from one look to the next.
  func seen(_ rest: RelayHealth.Rest, of relay: String, _ time: any DeliveryClock) -> SeenRest {
    rests.withLock { rests in
      if let seen = rests[relay], seen.rest.since == rest.since, seen.rest.until == rest.until { return seen }
      let ahead = time.now.timeIntervalSince(time.monotonicNow)
      let seen = SeenRest(
        rest: rest, since: rest.since.addingTimeInterval(ahead), until: rest.until.addingTimeInterval(ahead))
      rests[relay] = seen
      return seen
    }
  }

  /// Returns false when these conditions are kept already, or differ by a few seconds alone.
  func isNews(_ conditions: [RelayCondition]) -> Bool {
    kept.withLock { kept in
      kept.count != conditions.count
        || !zip(kept, conditions).allSatisfy { before, now in
          var same = before
          if let at = now.words?.at, let last = before.words?.at, at.timeIntervalSince(last) < 10 {
            same.words?.at = at
          }
          return same == now
        }
    }
  }

  func noteKept(_ conditions: [RelayCondition]) { kept.withLock { $0 = conditions } }
}

extension RelayCondition.Words {
  /// What is left open by a result that is no acceptance; nil for an acceptance.
  init?(_ result: SendResult, of message: DueMessage, _ verdict: AttemptVerdict, at now: Date) {
    guard verdict.outcome != .accepted else { return nil }
    // How many customers have its domain is not known here. Reasons of ours quote the relay.
    func redacted(_ text: String) -> String {
      AddressRedaction.text(
        text,
        about: RedactedCustomer(
          recipient: message.recipient, hidesDomain: true, id: message.customer, payload: message.payload))
    }
    switch result {
    case .answered(let phase, let reply): self.init(phase, reply, redacted(reply.text), at: now)
    case .lost(let phase, let reason, _): self.init(phase, nil, redacted(reason), at: now)
    case .notStarted(let reason, _): self.init(.connect, nil, redacted(reason), at: now)
    // What we broke off ourselves says nothing about the relay.
    case .stopped: return nil
    }
  }

  /// Why no connection was opened.
  init(_ trouble: RelayUnavailable, at now: Date) {
    let said = trouble.reply.map { AddressRedaction.text($0.text, about: nil) }
    self.init(trouble.phase, trouble.reply, said ?? trouble.message, at: now)
  }

  private init(_ phase: Phase, _ reply: Reply?, _ text: String, at now: Date) {
    let meaning = reply.map { ReplyClassifier.classify($0, at: phase) }
    self.init(
      phase: phase.rawValue, code: reply?.code, enhanced: reply?.enhanced?.description,
      text: String(text.prefix(LastWords.longest)), class: meaning?.class.rawValue, scope: meaning?.scope.rawValue,
      since: now, at: now)
  }

  /// `greylisted (4.7.1): “451 4.7.1 try again later”`
  public var logged: String {
    let status = enhanced ?? code.map(String.init)
    let what = `class` ?? "no reply \(place)"
    return "\(what)\(status.map { " (\($0))" } ?? ""): “\(oneLine)”"
  }

  /// The point of the dialogue, for people.
  public var place: String {
    switch Phase(rawValue: phase) {
    case .connect: "while connecting"
    case .tls: "at TLS"
    case .greeting: "at the greeting"
    case .final: "after the final dot"
    default: "at \(phase.uppercased())"
    }
  }

  /// Code and text on one line.
  public var oneLine: String {
    guard let code else { return text.split(whereSeparator: \.isNewline).joined(separator: " / ") }
    return Reply(code: code, enhanced: nil, text: text).oneLine
  }
}

extension Worker {
  /// Notes what the relay said of a letter; a new kind of words is logged once.
  func note(_ result: SendResult, of message: DueMessage, _ verdict: AttemptVerdict, at now: Date) {
    if let said = RelayCondition.Words(result, of: message, verdict, at: now) {
      note(said, of(message))
    } else {
      lastWords.noteAccepted(relay.relay.name)
    }
  }

  /// Notes why no connection was opened.
  func note(_ trouble: RelayUnavailable) {
    // That this process may have no more files open says nothing about the relay.
    if trouble.kind != .noDescriptors {
      note(RelayCondition.Words(trouble, at: time.now), ["relay": "\(relay.relay.name)"])
    }
  }

  private func note(_ said: RelayCondition.Words, _ place: Logger.Metadata) {
    if lastWords.note(said, of: relay.relay.name) {
      log.info("relay \(relay.relay.name): \(said.logged)", metadata: place)
    }
  }

  /// What a line of the log is about, as fields: nothing of the customer.
  func of(_ message: DueMessage) -> Logger.Metadata {
    [
      "message": "\(message.message)", "message_id": "\(message.messageID)", "relay": "\(relay.relay.name)",
    ]
  }
}

extension DeliveryEngine {
  /// Keeps the relays' conditions where they have changed, for others to read. A failure is left to the calls that
  /// deliver: a display does not stop a delivery.
  func noteConditions(of relays: [RelayState]) async {
    var conditions: [RelayCondition] = []
    for relay in relays { conditions.append(await condition(of: relay)) }
    guard lastWords.isNews(conditions) else { return }
    do {
      try await store.note(conditions, in: campaign)
      lastWords.noteKept(conditions)
    } catch {
      log.debug("the relays' conditions were not kept: \(error)")
    }
  }

  private func condition(of relay: RelayState) async -> RelayCondition {
    let name = relay.relay.name
    let last = lastWords.last(of: name)
    if let trouble = await relay.trouble {
      return RelayCondition(relay: name, state: .paused, trouble: trouble.message, words: last)
    }
    if let rest = await relay.rest, rest.reason != .unproven {
      let seen = lastWords.seen(rest, of: name, time)
      return RelayCondition(relay: name, state: .resting, since: seen.since, until: seen.until, words: last)
    }
    return RelayCondition(relay: name, words: last)
  }
}
