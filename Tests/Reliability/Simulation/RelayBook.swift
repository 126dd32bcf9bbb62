import Mail

/// What a relay says of one attempt, as far as the delivery could hear it.
enum Heard: Equatable {
  case nothing
  case accepted
  /// For good, because of the customer.
  case refused
  /// Not now, or not because of the customer.
  case deferred
  /// Not now, in words that greylisting has.
  case greylisted
  /// Not now: about the recipient, or about the relay where it says the same to others.
  case putOff
  /// For good, because of a policy: a recipient's own when it comes again and others are accepted meanwhile.
  case policy
  /// To be tried again at once: nothing was wrong with the message.
  case again
  /// No answer after the final dot.
  case silence

  /// The delivery may find that it was not about the message, and try it again at once.
  var mayBeAtOnce: Bool { self == .putOff || self == .policy || self == .again }
}

/// The relays' own books: what they were handed, what they took, and what they said. The judge of the delivery's.
final class RelayBook {
  struct Message {
    /// Copies the relays took.
    var copies = 0
    /// A copy was taken and the delivery was told.
    var wasAccepted = false
    /// What was said last to each process.
    var heard: [Int: Heard] = [:]
    /// The bytes of each encoding as they came first.
    var bytes: [UInt8: [UInt8]] = [:]
  }

  struct Sight {
    var message: Int
    var at: Int
    var process: Int
    /// The start of the machine, and how often the wall clock had been set.
    var boot: Int
    var jumps: Int
    /// Sent by a process that another had overtaken since the claim.
    var isLate: Bool
    /// The relay took the recipient, or took and then lost the rest.
    var isRecipientTaken = false
  }

  private(set) var messages: [Message]
  /// When each relay saw a message begin, in order.
  private(set) var seen: [[Sight]]
  private(set) var attempts = 0

  init(messages: Int, relays: Int) {
    self.messages = Array(repeating: Message(), count: messages + 1)
    seen = Array(repeating: [], count: relays)
  }

  func see(_ sight: Sight, relay: Int) {
    attempts += 1
    seen[relay].append(sight)
    messages[sight.message].heard[sight.process] = .nothing
  }

  /// What the relay has made of the letter that it saw last.
  func noteTaken(by relay: Int) { seen[relay][seen[relay].count - 1].isRecipientTaken = true }

  func take(_ message: Int) { messages[message].copies += 1 }

  func say(_ heard: Heard, of message: Int, to process: Int) {
    messages[message].heard[process] = heard
    if heard == .accepted { messages[message].wasAccepted = true }
  }

  /// True when the bytes are those of every other attempt in this encoding.
  func isSame(_ bytes: [UInt8], of message: Int, encoding: UInt8) -> Bool {
    if let first = messages[message].bytes[encoding] { return first == bytes }
    messages[message].bytes[encoding] = bytes
    return true
  }
}
