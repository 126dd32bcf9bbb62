import Campaigns
import Mail
import Synchronization

/// The compiled letters of the render keys met so far, for all threads that render.
///
/// A campaign has few render keys: its customers share a handful of accesses. If a campaign has very many, the cache
/// starts empty again when it is full, which costs time but neither memory nor correctness.
final class RenderCache: Sendable {
  struct Entry: Sendable {
    let subject: CompiledText
    let text: CompiledText
    let html: CompiledText
  }

  private let limit: Int
  private let entries = Mutex<[RenderKey: Entry]>([:])

  init(limit: Int = 512) { self.limit = limit }

  func entry(for key: RenderKey, orMake make: () -> Entry) -> Entry {
    if let known = entries.withLock({ $0[key] }) { return known }
    // Made outside the lock: two threads may make the same entry, and both are right.
    let made = make()
    entries.withLock { entries in
      if entries.count >= limit { entries.removeAll(keepingCapacity: true) }
      entries[key] = made
    }
    return made
  }
}

/// A rendered text, cut at the marks of the customer's texts, to be put together for each customer of one render key.
struct CompiledText: Sendable {
  private enum Piece: Sendable {
    case fixed(String)
    case field(Int)
  }
  private let pieces: [Piece]
  private let fixedCount: Int
  /// Names of values that the text needs and that are empty for this render key, in the order of their places.
  let absent: [String]

  init(_ rendered: String) {
    var pieces: [Piece] = []
    var absent: [String] = []
    var fixedCount = 0
    var rest = rendered[...]
    while let begin = rest.firstIndex(of: Placeholder.begin), let end = rest[begin...].firstIndex(of: Placeholder.end) {
      pieces.append(.fixed(String(rest[..<begin])))
      fixedCount += rest[..<begin].utf8.count
      let mark = rest[rest.index(after: begin)..<end]
      if let number = Int(mark) {
        pieces.append(.field(number))
      } else {
        absent.append(String(mark.dropFirst()))
      }
      rest = rest[rest.index(after: end)...]
    }
    pieces.append(.fixed(String(rest)))
    self.pieces = pieces
    self.fixedCount = fixedCount + rest.utf8.count
    self.absent = absent
  }

  /// - Parameter fields: The customer's texts, escaped as this part of the letter needs.
  func filled(with fields: [String]) -> String {
    var text = ""
    text.reserveCapacity(fixedCount + 64 * pieces.count)
    for piece in pieces {
      switch piece {
      case .fixed(let fixed): text += fixed
      case .field(let number): text += fields[number]
      }
    }
    return text
  }
}
