/// Sorts the customers of a plan by the cells of a column, of which no more than eight bytes are in memory at a time.
///
/// Equal cells stay in the order of the file. Those that are equal so far are read again for their next eight bytes: most
/// columns need one or two passes, and none more than ``OrderCell/longest`` / 8 + 1.
enum ColumnOrder {
  /// The rank of each customer with letters, in the order of the plan.
  static func ranks(of customers: StagedCustomers, by order: SendingOrder) throws -> [UInt32] {
    var sorted: [UInt32] = []
    var equal: [Range<Int>] = []
    var pass = 0
    repeat {
      let cells = try CellKeys(of: customers, by: order, pass: pass)
      if pass == 0 {
        sorted = Array(0..<UInt32(cells.keys.count))
        equal = [0..<sorted.count]
      }
      equal = cells.sort(&sorted, in: equal)
      pass += 1
    } while !equal.isEmpty
    var ranks = [UInt32](repeating: 0, count: sorted.count)
    for (rank, customer) in sorted.enumerated() { ranks[Int(customer)] = UInt32(rank) }
    return ranks
  }
}

/// Eight bytes of the cell of every customer with letters.
private struct CellKeys {
  var keys: [UInt64] = []
  /// Whether there are more bytes.
  private var goesOn: [Bool] = []

  init(of customers: StagedCustomers, by order: SendingOrder, pass: Int) throws {
    keys.reserveCapacity(customers.count)
    goesOn.reserveCapacity(customers.count)
    var reader = customers.reader()
    while let (outcome, need) = try reader.nextNeed() {
      guard outcome.kind == .letter else { continue }
      // Who is behind the others, and the kind of the cell, come before its bytes.
      let first = (order.isBehind(need) ? 8 : 0) + need.cell.kind.rawValue
      var key: UInt64 = 0
      for place in pass * 8..<pass * 8 + 8 {
        let byte = place == 0 ? first : place <= need.cell.bytes.count ? need.cell.bytes[place - 1] : 0
        key = key << 8 | UInt64(byte)
      }
      keys.append(key)
      goesOn.append(need.cell.bytes.count >= pass * 8 + 8)
    }
  }

  /// Sorts the customers in each range; returns where some are equal so far.
  func sort(_ customers: inout [UInt32], in ranges: [Range<Int>]) -> [Range<Int>] {
    var equal: [Range<Int>] = []
    for range in ranges {
      customers[range].sort { (keys[Int($0)], $0) < (keys[Int($1)], $1) }
      var start = range.lowerBound
      while start < range.upperBound {
        let key = keys[Int(customers[start])]
        var end = start
        var isMore = false
        while end < range.upperBound, keys[Int(customers[end])] == key {
          isMore = isMore || goesOn[Int(customers[end])]
          end += 1
        }
        if isMore, end - start > 1 { equal.append(start..<end) }
        start = end
      }
    }
    return equal
  }
}
