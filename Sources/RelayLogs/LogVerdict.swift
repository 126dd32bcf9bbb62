public import Foundation

/// The logs' answer about one attempt.
public enum LogVerdict: Sendable, Hashable {
  /// The relay took the letter.
  case taken(LogEvidence)
  /// It did not: the log shows it refusing, or covers the time of the attempt and does not show it taking the letter.
  case notTaken(LogEvidence)
  /// The log cannot tell.
  case open(LogGap)
}

/// What shows that lines of a log are about the letter, and about no other.
public enum LogIdentity: Sendable, Hashable {
  /// Its Message-ID, with nothing beside it that contradicts: sender, recipient, time.
  case messageID
  /// A session with the relay in which letters of the same campaign are found.
  case session
}

/// The grounds of a verdict.
public struct LogEvidence: Sendable, Hashable {
  public enum Finding: Sendable, Hashable {
    /// The log names the Message-ID, and shows it taken.
    case named
    /// The log shows a letter with this envelope in a session of ours with the relay; `witnesses` letters of the campaign
    /// are found in it.
    case inSession(id: String, client: String, witnesses: Int)
    /// The log names the Message-ID, and shows it refused.
    case refused
    /// The log covers the attempt and has no line of the letter; `witnesses` letters accepted before and after it are in it.
    case absent(witnesses: Int)
    /// As `absent`, but the relay began to read the letter.
    case begun(witnesses: Int)
  }

  public let identity: LogIdentity
  public let finding: Finding
  public let messageID: String
  public let lines: [LogLine]
}

/// The reason a log cannot tell.
public enum LogGap: Sendable, Hashable {
  /// The relay accepted no other letter with a reply, so nothing shows whose log this is.
  case noOtherLetters
  /// None of the letters the relay accepted is in it: it is another relay's log, or of another time.
  case notThisRelay(letters: Int)
  /// Letters the relay accepted while the log ran are not in it.
  case incomplete(missing: Int, letters: Int)
  /// The log's times and ours do not fit together.
  case clocks(spread: TimeInterval)
  /// The log must cover the time from `from` to `to`, by our clock.
  case notCovered(from: Date, to: Date)
  /// No letter that the relay accepted before the attempt is in the log.
  case noLetterBefore
  /// No letter that the relay accepted after the attempt is in the log.
  case noLetterAfter
  case linesLost
  /// The relay put the letter aside or threw it away.
  case setAside(LogLine)
  /// A line names the Message-ID, but its message has another sender.
  case otherSender(LogLine)
  /// A line names the Message-ID, but its message has other recipients.
  case otherRecipient(LogLine)
  /// A line names the Message-ID or the envelope in a session of ours, but not when it was on the wire.
  case otherTime(LogLine)
  /// A line names the Message-ID, but the log does not show sender and recipient of its message, as it does of others.
  case unconfirmed(LogLine)
  /// A line without a Message-ID names the envelope, in a session in which no letter of the campaign is found.
  case strangeSession(LogLine)
  /// The same, in a session whose beginning the log does not have.
  case cutSession(LogLine)
  /// A line without a Message-ID names the envelope, and another letter has the same recipient at that time.
  case sharedRecipient(LogLine)
  /// Several lines without a Message-ID may be the one.
  case severalLines(LogLine)
  /// The log has more lines of the letter than are looked at.
  case tooManyLines
}

/// A line of a log, as evidence.
public struct LogLine: Sendable, Hashable, CustomStringConvertible {
  /// What makes two lines one: a log may be given twice.
  struct Content: Hashable {
    let time: Date
    let text: String
  }

  /// The file's path as it was given.
  public let path: String
  /// The line's number, from 1.
  public let number: Int
  /// The time it states.
  public let time: Date
  /// Cut at 400 bytes, with `…` in place of the rest; what is not UTF-8 is U+FFFD.
  public let text: String

  init(path: String, number: Int, time: Date, bytes: ArraySlice<UInt8>) {
    self.path = path
    self.number = number
    self.time = time
    var end = min(bytes.endIndex, bytes.startIndex + Self.limit)
    while end < bytes.endIndex, end > bytes.startIndex, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    text = String(decoding: bytes[..<end], as: UTF8.self) + (end < bytes.endIndex ? "…" : "")
  }

  static let limit = 400

  var content: Content { Content(time: time, text: text) }

  /// The file's name without its folders, the number and the line.
  public var description: String { "\(URL(fileURLWithPath: path).lastPathComponent):\(number): \(text)" }
}

// MARK: In words

extension LogEvidence: CustomStringConvertible {
  public var description: String { (["\(words)"] + lines.map(\.description)).joined(separator: "\n") }

  private var words: String {
    switch finding {
    case .named: "the relay's log names \(messageID) and shows it taken"
    case .inSession(let id, let client, let witnesses):
      """
      the relay's log has no Message-IDs; it shows \(messageID) by its envelope in our session \(id) from \(client), with \
      \(Self.count(witnesses)) of this campaign
      """
    case .refused: "the relay's log names \(messageID) and shows it refused"
    case .absent(let witnesses):
      """
      the relay's log covers the attempt, shows \(Self.count(witnesses)) it accepted before and after, and has no line \
      of \(messageID)
      """
    case .begun(let witnesses):
      """
      the relay's log covers the attempt, shows \(Self.count(witnesses)) it accepted before and after, and of \
      \(messageID) only its beginning
      """
    }
  }

  private static func count(_ letters: Int) -> String { letters == 1 ? "a letter" : "\(letters) letters" }
}

extension LogGap: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noOtherLetters: "the relay accepted no other letter, so nothing shows that this is its log"
    case .notThisRelay(let letters):
      "none of \(letters) letters that the relay accepted is in the log: it is another relay's, or of another time"
    case .incomplete(let missing, let letters):
      "the log is not whole: \(missing) of \(letters) letters that the relay accepted at that time are not in it"
    case .clocks(let spread):
      "the log's clock cannot be relied on: against ours it moves by \(Int(spread.rounded(.up))) s"
    case .notCovered: "the log does not cover the time of the attempt"
    case .noLetterBefore:
      "no letter that the relay accepted before the attempt is in the log, so nothing shows that it has begun by then"
    case .noLetterAfter:
      "no letter that the relay accepted after the attempt is in the log, so nothing shows that it goes on"
    case .linesLost: "the log itself says that lines of that time were lost"
    case .setAside(let line): "a rule of the relay put it aside or threw it away: \(line)"
    case .otherSender(let line): "the log names its Message-ID with another sender: \(line)"
    case .otherRecipient(let line): "the log names its Message-ID with another recipient: \(line)"
    case .otherTime(let line): "the log names it at a time when it was not on the wire: \(line)"
    case .unconfirmed(let line):
      "the log names its Message-ID, and does not show who that message is from and to: \(line)"
    case .strangeSession(let line):
      "the log has no Message-IDs, and no other letter of this campaign is in the session of this line: \(line)"
    case .cutSession(let line):
      "the log has no Message-IDs, and does not show where the session of this line begins: \(line)"
    case .sharedRecipient(let line):
      "the log has no Message-IDs, and another letter went to the same address at that time: \(line)"
    case .severalLines(let line): "the log has no Message-IDs, and several lines may be the one: \(line)"
    case .tooManyLines: "the log has more lines about it than can be looked at"
    }
  }
}
