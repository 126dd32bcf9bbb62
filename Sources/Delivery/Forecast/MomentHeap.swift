import Foundation

/// Numbers by moments, the earliest first; of one moment the first that was put in.
struct MomentHeap {
  struct Entry {
    var moment: Date
    fileprivate var order: UInt32
    fileprivate var number: Int32
    var item: Int { Int(number) }
  }

  private var entries: [Entry] = []
  private var count: UInt32 = 0

  var first: Entry? { entries.first }

  mutating func push(_ moment: Date, _ item: Int) {
    let entry = Entry(moment: moment, order: count, number: Int32(item))
    count &+= 1
    entries.append(entry)
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard Self.isBefore(entry, entries[parent]) else { break }
      entries[child] = entries[parent]
      child = parent
    }
    entries[child] = entry
  }

  mutating func pop() {
    guard let last = entries.popLast(), !entries.isEmpty else { return }
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < entries.count else { break }
      if child + 1 < entries.count, Self.isBefore(entries[child + 1], entries[child]) { child += 1 }
      guard Self.isBefore(entries[child], last) else { break }
      entries[parent] = entries[child]
      parent = child
    }
    entries[parent] = last
  }

  private static func isBefore(_ left: Entry, _ right: Entry) -> Bool {
    left.moment < right.moment || left.moment == right.moment && left.order < right.order
  }
}
