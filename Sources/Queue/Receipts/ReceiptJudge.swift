import Mail

/// Takes the lines of a receipts file one by one and throws ``BrokenReceipt`` at the first that cannot be true.
///
/// A value: a copy of it can go on from the same line with other ones. The chain is judged first: a line counts as written
/// once its successor names its digest, or the checkpoint does, and only then is it read and held against the rules
/// (``ReceiptReplay``). So when the link between two lines is broken, the line after both tells whose fault it is: if it
/// knows the second one, the first was changed.
package struct ReceiptJudge: Sendable {
  /// Lines that hang together so far.
  private(set) var lines: Int64 = 0
  private(set) var replay = ReceiptReplay()

  private let checkpoint: Checkpoint?
  private var last: ReceiptLink?
  private var lastIsRead = true
  /// The line after `last`, when it does not name it.
  private var suspect: ReceiptLink?

  package init(checkpoint: Checkpoint?) { self.checkpoint = checkpoint }

  /// Of the last line; nil before the first one.
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

  /// After the last line of the file.
  package mutating func finish() throws(BrokenReceipt) {
    if let suspect { try blame(suspect, next: nil) }
    try readLast()
    if let checkpoint, lines < checkpoint.count {
      throw BrokenReceipt(line: lines + 1, fault: .missing(signed: checkpoint.count))
    }
    guard lines > 0 else { throw BrokenReceipt(line: 1, fault: .emptyFile) }
  }

  /// Reads the last line, which its successor knows or which has none, unless that was done before.
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
      // No line after them: perhaps one of them is no receipt any more.
      try readLast()
      let isReceipt = (try? Receipt(line: suspect.bytes)) != nil
      throw BrokenReceipt(line: isReceipt ? lines : second, fault: isReceipt ? .changedOrNext : .changed(suspect))
    }
  }
}
