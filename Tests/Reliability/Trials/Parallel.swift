/// Runs something for each element, so many at a time, and keeps their order.
enum Parallel {
  static func map<Element: Sendable, Value: Sendable>(
    _ elements: [Element], width: Int, _ body: @escaping @Sendable (Element) async throws -> Value
  ) async throws -> [Value] {
    try await withThrowingTaskGroup(of: (Int, Value).self) { group in
      var values: [Value?] = Array(repeating: nil, count: elements.count)
      for (index, element) in elements.enumerated() {
        if index >= width, let (done, value) = try await group.next() { values[done] = value }
        group.addTask { (index, try await body(element)) }
      }
      for try await (done, value) in group { values[done] = value }
      return values.compactMap(\.self)
    }
  }
}
