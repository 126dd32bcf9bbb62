/// A header whose titles do not stand above their values, since a title is missing before them or there is one too many: as R
/// writes a table with the names of its rows, and as comes of a delimiter in a value of every row.
///
/// It is told by the addresses: no row has them where the titles say, and nearly all have them the same number of columns
/// beside.
struct MovedColumns {
  /// How many columns right of its title each value stands; left of it when negative.
  private let distance: Int
  private let areNumbered: Bool
  private let usualCells: Int
  private let header: TableRecord

  private static let looked = 100

  /// - Returns: nil for a header that is where it should be, or of which nothing is certain.
  init?(_ table: LocatedTable, _ columns: [CustomerSource.Field: Int]) {
    guard let mailbox = columns[.mailbox], let access = columns[.access] else { return nil }
    let addresses = [mailbox, columns[.contact]].compactMap(\.self)
    let nearest = min(access, addresses.min() ?? access)
    var fitting: [Int: Int] = [:]
    var rows = 0
    var numbers: [Int?] = []
    var reader = table.reader
    var record = TableRecord()
    // Faults are reported when the rows are really read.
    while rows < Self.looked, (try? reader.next(into: &record)) == true {
      guard record.bytes.contains(UInt8(ascii: "@")) else { continue }
      rows += 1
      numbers.append(Int(record.text(0)))
      for distance in -2...2 where nearest + distance >= 0 {
        func isAddress(_ column: Int) -> Bool {
          record.bytes[record.range(column + distance)].contains(UInt8(ascii: "@"))
        }
        // A customer may have no contact.
        guard isAddress(mailbox), addresses.allSatisfy({ isAddress($0) || record.isBlank($0 + distance) }),
          !isAddress(access), !record.isBlank(access + distance)
        else { continue }
        fitting[distance, default: 0] += 1
      }
    }
    guard rows > 1, fitting[0] == nil, let best = fitting.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
      best.value * 10 >= rows * 9
    else { return nil }
    distance = best.key
    let first = numbers.first.flatMap { $0 } ?? -1
    areNumbered = (0...1).contains(first) && numbers == numbers.indices.map { first + $0 }
    usualCells = table.usualCells
    header = table.header
  }

  /// What was seen, and what to do.
  var description: String {
    let seen =
      "the values stand \(abs(distance) == 1 ? "one column" : "two columns") \(distance > 0 ? "right" : "left") of "
    let counts = "their titles: the rows have \(usualCells) cells, the header has \(header.count); "
    if distance == 1, areNumbered {
      return seen + counts
        + "if the first cell of each row is its number, as R writes it, put an empty cell before the first title, or write the "
        + "table without row names; if it is not, put values with a delimiter in quotes"
    }
    return seen + counts
      + (distance > 0
        ? "a title is missing, or a value with a delimiter in it is not in quotes"
        : "the header has a title too many, or a cell is missing in the rows")
      + "; put each title above its column"
  }
}
