/// Spreads things of many groups evenly over a line: each group has one in every stretch of the same length.
///
/// Groups of one size take turns, so that together they are spread as evenly as one group of all their members. Where
/// their first stretch begins differs from size to size, or all groups would begin with their first ones at once.
enum EvenSpread {
  private struct Size: Hashable {
    var line: UInt64
    /// Members of a group.
    var members: UInt64
  }

  /// The groups of one size.
  private struct Groups {
    var count: UInt64 = 0
    /// How many of them have come, in the order of their first members.
    var seen: UInt64 = 0
    /// Where the first of their stretches has its one, as a share of 2^31.
    var begin: UInt64 = 0
  }

  /// More things than this have no places, all 0.
  private static let most = 1 << 26

  /// The place of each thing on its line, below 2^31. Things with the same key are one group.
  ///
  /// - Parameters:
  ///   - keys: Used up: their memory is needed for what is found out.
  ///   - line: Which line a key belongs to, below 2^12. Each line is spread by itself.
  static func places(of keys: inout [UInt64], line: (UInt64) -> UInt64) -> [UInt32] {
    var places = [UInt32](repeating: 0, count: keys.count)
    guard keys.count < most else { return places }
    var sizes = number(&keys, &places, line)
    var begun: UInt64 = 0
    for index in keys.indices {
      let first = Int(keys[index] >> 32)
      var number = keys[index] & 0xFFFF_FFFF
      if first == index {
        let size = Size(line: number, members: UInt64(places[index]))
        number = 0
        var groups = sizes[size] ?? Groups(count: 1)
        if groups.seen == 0 {
          // By the golden section, in which no two that follow each other are near; the first is in the middle.
          groups.begin = (1 << 30 &+ begun &* 1_327_217_885) & 0x7FFF_FFFF
          begun += 1
        }
        keys[index] = size.line << 52 | size.members << 26 | groups.seen
        groups.seen += 1
        sizes[size] = groups
      }
      let group = keys[first]
      let size = Size(line: group >> 52, members: group >> 26 & 0x3FF_FFFF)
      let groups = sizes[size] ?? Groups(count: 1)
      let stretch = number * groups.count + group & 0x3FF_FFFF
      places[index] = UInt32((stretch << 31 + groups.begin) / (size.members * groups.count))
    }
    keys = []
    return places
  }

  /// Each key gives way to the first of its group, and below 32 bits to its number there. A first one has its line in place
  /// of the number, and the size of its group in `sizes`.
  private static func number(
    _ keys: inout [UInt64], _ sizes: inout [UInt32], _ line: (UInt64) -> UInt64
  ) -> [Size: Groups] {
    var order = Array(0..<UInt32(keys.count))
    keys.withUnsafeBufferPointer { keys in
      order.sort { (keys[Int($0)], $0) < (keys[Int($1)], $1) }
    }
    var groups: [Size: Groups] = [:]
    var start = 0
    while start < order.count {
      let (first, key) = (order[start], keys[Int(order[start])])
      var end = start
      while end < order.count, keys[Int(order[end])] == key {
        keys[Int(order[end])] = UInt64(first) << 32 | UInt64(end - start)
        end += 1
      }
      keys[Int(first)] = UInt64(first) << 32 | line(key)
      sizes[Int(first)] = UInt32(end - start)
      groups[Size(line: line(key), members: UInt64(end - start)), default: Groups()].count += 1
      start = end
    }
    return groups
  }
}
