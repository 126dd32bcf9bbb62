/// Finds the known name that was most likely meant by an unknown one.
///
/// The measure is the number of letters inserted, left out, exchanged or swapped with their neighbour, without regard
/// to case. A name farther away than a third of its length (two letters in short names) is no suggestion. Names of more
/// than a hundred letters, and more than a thousand of them, are not looked at: the work would grow with their product.
package struct NearestName {
  let candidates: [String]
  init(among candidates: some Sequence<String>) { self.candidates = Array(candidates.prefix(Self.most)) }

  private static let most = 1000
  private static let longest = 100

  /// The nearest name, the first in the given order when several are equally near; nil when none is near enough.
  func suggestion(for name: String) -> String? {
    let typed = Array(name.lowercased().unicodeScalars)
    guard typed.count <= Self.longest else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in candidates where candidate.utf8.count <= Self.longest * 4 {
      let known = Array(candidate.lowercased().unicodeScalars)
      let limit = max(typed.count, known.count) < 3 ? 1 : max(2, max(typed.count, known.count) / 3)
      guard abs(typed.count - known.count) <= limit else { continue }
      let found = Self.distance(typed, known)
      if found <= limit, found < max(typed.count, known.count), found < best?.distance ?? .max {
        best = (candidate, found)
      }
    }
    return best?.name
  }

  /// The number of letters inserted, left out, exchanged or swapped with their neighbour.
  package static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in 1...left.count {
      var current: [Int] = []
      current.reserveCapacity(right.count + 1)
      current.append(row)
      for column in 1...right.count {
        let exchange = last[column - 1] + (left[row - 1] == right[column - 1] ? 0 : 1)
        var least = min(exchange, last[column] + 1, current[column - 1] + 1)
        if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
          least = min(least, beforeLast[column - 2] + 1)
        }
        current.append(least)
      }
      (beforeLast, last) = (last, current)
    }
    return last[right.count]
  }
}
