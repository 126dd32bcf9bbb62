import Mail

/// The first line of a receipts file that cannot be what was written, and what is wrong with it.
///
/// The words are found only when ``reason`` is asked for.
package struct BrokenReceipt: Error, Sendable, CustomStringConvertible {
  enum Fault: Sendable {
    /// There is no line feed at its end.
    case cutShort
    /// Its `seq` is not its place in the file.
    case outOfPlace(ReceiptLink)
    /// Its `prev` is not 64 zeros, though it is the first.
    case notTheFirst
    /// Its successor, or the checkpoint, shows that other bytes were written.
    case changed(ReceiptLink)
    /// Its `prev` is not the digest of the line before, and its own successor does not know it either.
    case changedOrOneBefore(ReceiptLink)
    /// The last line but one: the last line's `prev` is not its digest, and nothing else tells which of them was changed.
    case changedOrNext
    /// The chain holds, but the line is no receipt, or tells what cannot have happened.
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
