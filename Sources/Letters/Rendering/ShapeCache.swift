import Synchronization

/// The cut letters of the shapes met so far, for all threads that render.
///
/// A campaign has few shapes: its customers share a handful of accesses. If one has very many, the cache starts afresh
/// when it is full, which costs time and never memory or correctness.
final class ShapeCache: Sendable {
  struct Entry: Sendable {
    let subject: CutText
    let text: CutText
    let html: CutText
  }

  private let limit: Int
  private let entries = Mutex<[LetterShape: Entry]>([:])

  init(limit: Int = 512) { self.limit = limit }

  func entry(for shape: LetterShape, orMake make: () -> Entry) -> Entry {
    if let known = entries.withLock({ $0[shape] }) { return known }
    // Made outside the lock: two threads may make the same entry, and both are right.
    let made = make()
    entries.withLock { entries in
      if entries.count >= limit { entries.removeAll(keepingCapacity: true) }
      entries[shape] = made
    }
    return made
  }
}
