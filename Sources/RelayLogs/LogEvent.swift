import Foundation

/// What a line of a relay's log says about a message, as far as it matters here. Slices are parts of the line.
enum LogEvent {
  /// Postfix's cleanup read the header of a message that is coming in: no proof that it was taken.
  case mention(queueID: ArraySlice<UInt8>, messageID: ArraySlice<UInt8>)
  /// Postfix has the message in its queue: its queue manager or a delivery agent speaks of it.
  case queued(queueID: ArraySlice<UInt8>, rank: Int)
  /// Postfix refused it after DATA.
  case refused(queueID: ArraySlice<UInt8>)
  /// A rule put the message aside or threw it away; before it has a queue ID only the recipient tells whose it was.
  case setAside(queueID: ArraySlice<UInt8>?, recipient: ArraySlice<UInt8>?)
  /// Exim or Exchange took the message.
  case taken(messageID: ArraySlice<UInt8>)
  /// OpenSMTPD took a message with this envelope; it logs no Message-ID.
  case envelope(sender: ArraySlice<UInt8>, recipient: ArraySlice<UInt8>)
  /// Another line of a relay: it shows that the log goes on.
  case other
  /// The log itself says that lines were lost.
  case linesLost
}

/// A line that was understood.
struct LogEntry {
  var time: Date
  /// Whose log it is: host and instance, empty where the log names none. Queue IDs are its own.
  var source: [UInt8]
  var event: LogEvent
}
