import Mail

/// Takes the lines of a receipts file one by one and throws ``BrokenReceipt`` at the first that cannot be true.
///
/// A value: a copy of it can continue from the same line with other ones. The chain is judged first: a line counts as
/// written once its successor names its digest, or the checkpoint does, and only then is it read and held against the
/// rules (``ReceiptReplay``). So when the link between two lines is broken, the line after both tells which one is at
/// fault: if it knows the second one, the first was changed.
package struct ReceiptJudge: Sendable {
  /// The number of lines so far whose chain holds.
  private(set) var lines: Int64 = 0
  private(set) var replay = ReceiptReplay()

  private var checkpoint: Checkpoint?
  private var last: ReceiptLink?
  private var lastIsRead = true
  /// The line after `last`, when it does not name it.
  private var suspect: ReceiptLink?

  package init(checkpoint: Checkpoint?) { self.checkpoint = checkpoint }

  /// The same judge for a file whose checkpoint is a later one; nil when it speaks of a line before the last.
  func goingOn(to checkpoint: Checkpoint?) -> ReceiptJudge? {
    guard let checkpoint, checkpoint.count >= lines, !lastIsRead, suspect == nil else { return nil }
    var judge = self
    judge.checkpoint = checkpoint
    return judge
  }

  /// The digest of the last line; nil before the first one.
  var head: SHA256Digest? { last?.digest }

  package mutating func take(_ link: ReceiptLink) throws(BrokenReceipt) {
    if let suspect {
      try blame(suspect, next: link.isWhole ? link : nil)
    }
    let number = lines + 1
    guard link.isWhole else {
      try readLast()
      throw BrokenReceipt(line: number, fault: .cutShort)
    }
    guard link.hasSeq(number) else {
      try readLast()
      throw BrokenReceipt(line: number, fault: .outOfPlace(link))
    }
    guard link.prev == last?.hex ?? Self.beginning else {
      guard last != nil else { throw BrokenReceipt(line: 1, fault: .notTheFirst) }
      suspect = link
      return
    }
    try readLast()
    last = link
    lastIsRead = false
    lines = number
  }

  /// Ends the reading, after the last line of the file.
  package mutating func finish() throws(BrokenReceipt) {
    if let suspect { try blame(suspect, next: nil) }
    try readLast()
    if let checkpoint, lines < checkpoint.count {
      throw BrokenReceipt(line: lines + 1, fault: .missing(signed: checkpoint.count))
    }
    guard lines > 0 else { throw BrokenReceipt(line: 1, fault: .emptyFile) }
  }

  /// Reads the last line, which its successor knows or which has no successor, unless that was done before.
  mutating func readLast() throws(BrokenReceipt) {
    guard let last, !lastIsRead else { return }
    lastIsRead = true
    if signs(lines, last) == false { throw BrokenReceipt(line: lines, fault: .notTheSigned(last)) }
    let receipt: Receipt
    do {
      receipt = try Receipt(line: last.bytes)
    } catch {
      throw BrokenReceipt(line: lines, fault: .impossible("it is not a receipt: \(error)"))
    }
    do {
      try replay.take(receipt)
    } catch {
      throw BrokenReceipt(line: lines, fault: .impossible(error.description))
    }
    if let checkpoint, checkpoint.count == lines {
      guard checkpoint.campaign == replay.campaign, checkpoint.plan == replay.plan else {
        throw BrokenReceipt(line: nil, fault: .otherPlan)
      }
    }
  }

  private static let beginning = String(repeating: "0", count: 64)

  /// Whether the checkpoint names `link` as line `number`; nil when it speaks of another line.
  private func signs(_ number: Int64, _ link: ReceiptLink) -> Bool? {
    guard let checkpoint, checkpoint.count == number else { return nil }
    return checkpoint.head == link.digest
  }

  /// Throws: either `last` or `suspect` was changed.
  private mutating func blame(_ suspect: ReceiptLink, next: ReceiptLink?) throws(BrokenReceipt) {
    guard let last else { return }
    let second = lines + 1
    let isFirstChanged = signs(lines, last).map { !$0 } ?? signs(second, suspect)
    switch isFirstChanged ?? next.map({ $0.prev == suspect.hex }) {
    case true?:
      throw BrokenReceipt(line: lines, fault: .changed(last))
    case false?:
      try readLast()
      let isCertain = isFirstChanged != nil
      throw BrokenReceipt(line: second, fault: isCertain ? .changed(suspect) : .changedOrOneBefore(suspect))
    case nil:
      // No line after them: perhaps one of them is not a receipt any longer.
      try readLast()
      let isReceipt = (try? Receipt(line: suspect.bytes)) != nil
      throw BrokenReceipt(line: isReceipt ? lines : second, fault: isReceipt ? .changedOrNext : .changed(suspect))
    }
  }
}

/// The parts of one line that the chain needs: its place, its own SHA-256, and the one it names as its predecessor's.
///
/// Taken from the bytes as they are, before anything is parsed, so that a changed line is known as changed whatever it
/// was changed into. `docs/receipts.md` checks the same three with a shell.
package struct ReceiptLink: Sendable {
  /// The line, without the line feed.
  let bytes: [UInt8]
  /// False for a last line that has no line feed.
  let isWhole: Bool
  let digest: SHA256Digest
  /// ``digest`` in hexadecimal digits.
  let hex: String
  /// The digits where `prev` ends the line; any other text when it does not.
  let prev: String
  /// The text before the first comma: `{"seq":17`.
  private let start: String

  package init(_ bytes: [UInt8], isWhole: Bool = true) {
    self.bytes = bytes
    self.isWhole = isWhole
    digest = SHA256.digest(of: bytes)
    hex = digest.hex
    prev = String(decoding: bytes.suffix(66).dropLast(2), as: UTF8.self)
    start = String(decoding: bytes.prefix(26).prefix { $0 != UInt8(ascii: ",") }, as: UTF8.self)
  }

  func hasSeq(_ number: Int64) -> Bool { start == "{\"seq\":\(number)" }
}

/// The first line of a receipts file that cannot be as it was written, and what is wrong with it.
///
/// The words are found only when ``reason`` is asked for.
package struct BrokenReceipt: Error, Sendable, CustomStringConvertible {
  enum Fault: Sendable {
    /// The line feed at its end is missing.
    case cutShort
    /// Its `seq` is not its place in the file.
    case outOfPlace(ReceiptLink)
    /// Its `prev` is not 64 zeros, though it is the first.
    case notTheFirst
    /// Its successor, or the checkpoint, shows that other bytes were written.
    case changed(ReceiptLink)
    /// Its `prev` is not the digest of the line before, and its own successor does not know it either.
    case changedOrOneBefore(ReceiptLink)
    /// The last line but one: the last line's `prev` is not its digest, and nothing else tells which of them was
    /// changed.
    case changedOrNext
    /// The chain holds, but the line is not a receipt, or tells what cannot have happened.
    case impossible(String)
    /// The signed checkpoint names other bytes as the last line.
    case notTheSigned(ReceiptLink)
    /// The signed checkpoint is one of another campaign or plan.
    case otherPlan
    /// The file ends before this line, which the signed checkpoint still counts.
    case missing(signed: Int64)
    case emptyFile
  }

  /// 1 for the first one; nil when it is the checkpoint.
  package var line: Int64?
  var fault: Fault

  package var description: String { "\(line.map { "line \($0)" } ?? "checkpoint"): \(reason)" }

  /// An English clause, without the line.
  package var reason: String {
    switch fault {
    case .cutShort: "it has no end: the line was cut short"
    case .outOfPlace(let link): Self.outOfPlace(link, line ?? 0)
    case .notTheFirst: "“prev” of the first line is not 64 zeros"
    case .changed(let link): "the line was changed after it was written: \(Self.change(link))"
    case .changedOrOneBefore(let link):
      "the line was changed after it was written, or the one before it: \(Self.change(link))"
    case .changedOrNext:
      "the line was changed after it was written, or the next one: the chain between them is broken"
    case .impossible(let what): what
    case .notTheSigned(let link):
      "it is not the line the signed checkpoint names as the last: \(Self.change(link))"
    case .otherPlan: "it belongs to another campaign or plan"
    case .missing(let signed):
      "lines are missing: the signed checkpoint counts \(signed), the file \((line ?? 1) - 1)"
    case .emptyFile: "the file is empty"
    }
  }

  private static func outOfPlace(_ link: ReceiptLink, _ place: Int64) -> String {
    do {
      let seq = try Receipt(line: link.bytes).seq
      return "“seq” is \(seq) where \(place) belongs: a line was \(seq > place ? "deleted" : "doubled") or moved"
    } catch {
      return "it is not a receipt: \(error)"
    }
  }

  private static func change(_ link: ReceiptLink) -> String {
    do {
      _ = try Receipt(line: link.bytes)
      return "the chain is broken there"
    } catch {
      return "it is not a receipt: \(error)"
    }
  }
}
