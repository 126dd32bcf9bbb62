public import Foundation
public import Receipts

/// A relay of a campaign as its delivery last knew it: whether letters go through it, and what it said last that was no
/// acceptance.
///
/// Written by the delivering process about once a second when it has changed, and kept when the delivery ends. Its texts
/// are without a customer's address, names and id.
public struct RelayCondition: Sendable, Hashable {
  public enum State: String, Sendable, Hashable, CaseIterable {
    /// Letters go through it, as far as is known.
    case sending
    /// It asked for less, or is gone: nothing goes through it until then, and then one letter alone.
    case resting
    /// It is not used until an operator has checked it.
    case paused
  }

  /// What a relay said, or what is known in its place when no reply came.
  public struct Words: Sendable, Hashable {
    /// The point of the dialogue.
    public var phase: String
    /// The reply code; nil when no reply came.
    public var code: Int?
    public var enhanced: String?
    public var text: String
    /// What the reply says, as `greylisted`; nil when no reply came.
    public var `class`: String?
    /// Whom the reply concerns, as `recipient`; nil when no reply came.
    public var scope: String?
    /// Since when it says this and nothing else.
    public var since: Date
    /// When it said it last.
    public var at: Date

    public init(
      phase: String, code: Int?, enhanced: String?, text: String, class: String?, scope: String?, since: Date, at: Date
    ) {
      self.phase = phase
      self.code = code
      self.enhanced = enhanced
      self.text = text
      self.class = `class`
      self.scope = scope
      self.since = since
      self.at = at
    }
  }

  public var relay: String
  public var state: State
  /// Since when it rests; nil in another state.
  public var since: Date?
  /// When a resting relay is tried next; nil in another state.
  public var until: Date?
  /// Why it is paused, as a sentence; nil in another state.
  public var trouble: String?
  /// Nil when it never said anything but yes.
  public var words: Words?

  public init(
    relay: String, state: State = .sending, since: Date? = nil, until: Date? = nil, trouble: String? = nil,
    words: Words? = nil
  ) {
    self.relay = relay
    self.state = state
    self.since = since
    self.until = until
    self.trouble = trouble
    self.words = words
  }
}

/// The deferred messages of a campaign by their due times.
public struct DeferredFigures: Sendable, Hashable {
  /// Those that are due.
  public var due: Int
  /// When the last one is due; nil when there are none.
  public var lastDue: Date?

  public init(due: Int = 0, lastDue: Date? = nil) {
    self.due = due
    self.lastDue = lastDue
  }
}

/// A message that no relay has accepted, with the reason as it is kept.
public struct UnacceptedMessage: Sendable, Hashable {
  public var customer: String
  public var state: MessageState
  /// Its address as text.
  public var recipient: String
  public var relay: String?
  public var phase: String?
  public var code: Int?
  public var enhanced: String?
  /// The beginning of the reply, or what stands in its place.
  public var reply: String?
  public var exclusion: ExclusionReason?

  public init(
    customer: String, state: MessageState, recipient: String, relay: String? = nil, phase: String? = nil,
    code: Int? = nil, enhanced: String? = nil, reply: String? = nil, exclusion: ExclusionReason? = nil
  ) {
    self.customer = customer
    self.state = state
    self.recipient = recipient
    self.relay = relay
    self.phase = phase
    self.code = code
    self.enhanced = enhanced
    self.reply = reply
    self.exclusion = exclusion
  }
}
