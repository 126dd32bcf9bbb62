/// The columns of an Exchange message tracking log, from its `#Fields:` line, and the meaning of its lines.
///
/// RECEIVE is written when the message is committed to the server's database; SEND and DELIVER come after it. The
/// envelope's sender is the return path; a column that the log does not have states nothing.
struct TrackingLog {
  private let messageID: Int
  private let event: Int
  private let sender: Int?
  private let recipients: Int?

  /// Nil when the line is not `#Fields:` of such a log.
  init?(header line: ArraySlice<UInt8>) {
    guard line.starts(with: "#Fields: ") else { return nil }
    let names = line.dropFirst(9).split(separator: 0x2C, omittingEmptySubsequences: false)
    guard let first = names.first, first.equals("date-time"),
      let messageID = names.firstIndex(where: { $0.equals("message-id") }),
      let event = names.firstIndex(where: { $0.equals("event-id") })
    else { return nil }
    self.messageID = messageID
    self.event = event
    sender = names.firstIndex { $0.equals("return-path") } ?? names.firstIndex { $0.equals("sender-address") }
    recipients = names.firstIndex { $0.equals("recipient-address") }
  }

  /// `rest` is the text after the time and its comma.
  func event(_ rest: ArraySlice<UInt8>) -> LogEvent {
    var taken = false
    var id: ArraySlice<UInt8>?
    var from: ArraySlice<UInt8>?
    var to: [ArraySlice<UInt8>] = []
    var column = 1
    var fields = CSVFields(rest)
    while let field = fields.next() {
      switch column {
      case event: taken = field.equals("RECEIVE") || field.equals("SEND") || field.equals("DELIVER")
      case messageID: id = field
      case recipients: to = field.split(separator: 0x3B)
      case sender: from = field.equals("<>") ? [] : field
      default: break
      }
      column += 1
    }
    guard taken, let id, id.first == 0x3C, id.last == 0x3E else { return .other }
    return .taken(queueID: id, messageID: id.dropFirst().dropLast(), sender: from, recipients: to)
  }

  /// Fields with or without quotation marks; doubled ones within are left doubled, as no Message-ID has any.
  private struct CSVFields {
    private var reader: ByteReader
    private var isOver = false

    init(_ bytes: ArraySlice<UInt8>) { reader = ByteReader(bytes) }

    mutating func next() -> ArraySlice<UInt8>? {
      if isOver { return nil }
      guard reader.peek == 0x22 else {
        let rest = reader.rest
        if let field = reader.word(before: 0x2C) { return field }
        isOver = true
        return rest
      }
      let rest = reader.rest
      var index = rest.startIndex + 1
      while index < rest.endIndex {
        if rest[index] == 0x22 {
          guard index + 1 < rest.endIndex, rest[index + 1] == 0x22 else { break }
          index += 1
        }
        index += 1
      }
      let field = rest[(rest.startIndex + 1)..<min(index, rest.endIndex)]
      reader.skip(index + 1 - rest.startIndex)
      if !reader.take(0x2C) { isOver = true }
      return field
    }
  }
}
