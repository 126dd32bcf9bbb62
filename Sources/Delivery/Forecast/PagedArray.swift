/// An array that grows by pages: an array of its size would be copied to twice its size again and again, and half of that
/// memory stay empty.
struct PagedArray<Element: Sendable & Hashable>: Sendable, Hashable {
  private static var pageSize: Int { 1 << 14 }

  private var pages: [[Element]] = []
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  subscript(index: Int) -> Element {
    get { pages[index / Self.pageSize][index % Self.pageSize] }
    set { pages[index / Self.pageSize][index % Self.pageSize] = newValue }
  }

  mutating func append(_ element: Element) {
    if count % Self.pageSize == 0 {
      pages.append([])
      // A short array needs no whole page.
      if count > 0 { pages[pages.count - 1].reserveCapacity(Self.pageSize) }
    }
    pages[pages.count - 1].append(element)
    count += 1
  }
}

/// Numbers of things, first in, first out.
struct Fifo {
  private static let pageSize = 1 << 12

  private var pages: [[Int32]] = []
  /// Where the first one is in the first page.
  private var head = 0

  var isEmpty: Bool { pages.isEmpty }

  mutating func append(_ item: Int32) {
    if pages.last.map({ $0.count == Self.pageSize }) ?? true { pages.append([]) }
    pages[pages.count - 1].append(item)
  }

  mutating func popFirst() -> Int32? {
    guard let page = pages.first else { return nil }
    let item = page[head]
    head += 1
    if head == page.count {
      pages.removeFirst()
      head = 0
    }
    return item
  }
}
