public import Rehearsal

/// The first book: what the relay took, whether it answered or not.
public struct RelayBook: Sendable, Hashable {
  public struct Entry: Sendable, Hashable {
    public var recipient: String
    public var messageID: String

    public init(recipient: String, messageID: String) {
      self.recipient = recipient
      self.messageID = messageID
    }
  }

  public var taken: [Entry]

  public init(taken: [Entry] = []) { self.taken = taken }

  public init(_ relay: RehearsalRelay) {
    taken = relay.journal.flatMap { message in
      message.recipients.map { Entry(recipient: $0, messageID: message.messageID ?? "") }
    }
  }
}
