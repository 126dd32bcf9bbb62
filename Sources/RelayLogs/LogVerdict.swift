public import Foundation

/// What the logs say of one attempt.
public enum LogVerdict: Sendable, Hashable {
  /// The relay took the letter.
  case taken(LogEvidence)
  /// It did not: the log shows it refusing, or covers the time of the attempt and does not show it taking the letter.
  case notTaken(LogEvidence)
  /// The log cannot tell.
  case open(LogGap)
}

/// A line of a log, as evidence.
public struct LogLine: Sendable, Hashable, CustomStringConvertible {
  /// The file's path as it was given.
  public let path: String
  /// From 1.
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

  /// The file's name without its folders, the number and the line.
  public var description: String { "\(URL(fileURLWithPath: path).lastPathComponent):\(number): \(text)" }

  /// Of two lines that say the same the earlier one is kept; the order the files are read in makes no difference.
  func comes(before other: LogLine) -> Bool {
    (time, path, number) < (other.time, other.path, other.number)
  }
}

/// On what grounds a verdict stands.
public struct LogEvidence: Sendable, Hashable, CustomStringConvertible {
  /// What the lines show, in words; and how it was found out where a single line cannot show it.
  public let words: String
  public let lines: [LogLine]

  public var description: String { ([words] + lines.map(\.description)).joined(separator: "\n") }
}

/// Why a log cannot tell.
public enum LogGap: Sendable, Hashable, CustomStringConvertible {
  /// The relay accepted no other letter with a reply, so nothing shows whose log this is.
  case noOtherLetters
  /// None of so many letters the relay accepted is in it: it is another relay's log, or of another time.
  case notThisRelay(letters: Int)
  /// Letters the relay accepted while the log ran are not in it.
  case incomplete(missing: Int, letters: Int)
  /// Its times and ours do not go together.
  case clocks(spread: TimeInterval)
  /// It must go from `from` to `to`, by our clock.
  case notCovered(from: Date, to: Date)
  case linesLost
  /// The relay put the letter aside or threw it away.
  case setAside(LogLine)
  /// Several lines may be the one, or the letter shares its address with another one.
  case ambiguous(LogLine)

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
    case .linesLost: "the log itself says that lines of that time were lost"
    case .setAside(let line): "a rule of the relay put it aside or threw it away: \(line)"
    case .ambiguous(let line): "the log has no Message-IDs, and its addresses do not tell which letter this is: \(line)"
    }
  }
}
