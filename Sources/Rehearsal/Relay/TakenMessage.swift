public import Foundation

/// One message the relay took: an entry of its journal.
///
/// "Taken" means that the relay has it and answers for it, whether the client was told so or not; see ``answered``.
/// Printing an entry never prints the message.
public struct TakenMessage: Sendable, Hashable, CustomStringConvertible {
  /// 1 for the first message in the folder (or in memory), then one more for each. A number is left out only when a
  /// message could not be written.
  public let order: Int
  /// The queue ID, as in `250 2.0.0 Ok: queued as R000001`.
  public let queueID: String
  /// Without angle brackets; empty for the null sender.
  public let sender: String
  /// At least one, without angle brackets, in the order of the RCPT commands.
  public let recipients: [String]
  /// The value of the Message-ID field with its angle brackets; nil when the message has none.
  public let messageID: String?
  /// Octets of the message: CRLF line ends, dots unstuffed.
  public let size: Int
  /// The user who logged in; nil without AUTH.
  public let user: String?
  /// BODY=8BITMIME was given.
  public let eightBit: Bool
  /// SMTPUTF8 was given.
  public let smtpUTF8: Bool
  /// Where it is kept, with ``RelayOptions/Keeping/folder(_:)``.
  public var file: URL? { path.map { URL(filePath: $0, directoryHint: .notDirectory) } }
  let path: String?
  /// The message exactly as sent. In the journal nil unless kept in memory; never nil in the callback.
  public internal(set) var bytes: [UInt8]?
  /// The 250 was handed to the connection. False for a lost reply, and for a slow one until its time has come.
  public internal(set) var answered: Bool

  public var description: String {
    "\(queueID): \(size) octets, \(messageID ?? "no Message-ID"), \(answered ? "answered" : "not answered")"
  }
}
