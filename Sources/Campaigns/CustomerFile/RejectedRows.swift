import Files
import Foundation

/// A row of the customer file that is not used, with the reason.
public struct RejectedRow: Sendable, Hashable, CustomStringConvertible {
  /// The line in which the row begins.
  public var line: Int
  /// The customer's id; nil when the row does not show it.
  public var customerID: String?
  /// The reason: a clause, or several with "; " between them.
  public var reason: String

  public init(line: Int, customerID: String?, reason: String) {
    self.line = line
    self.customerID = customerID
    self.reason = reason
  }

  /// `line 14, customer "100": the mailbox address is missing`
  public var description: String {
    "line \(line)\(customerID.map { ", customer \(QuotedText($0))" } ?? ""): \(reason)"
  }
}

/// The rejected rows of a customer file, in its order. The reasons are kept in a file without a name once they are many,
/// so that memory does not grow with them (16 bytes per row are kept).
public struct RejectedRows: Sendable {
  fileprivate let places: [Place]
  fileprivate let reasons: Reasons

  public var count: Int { places.count }
  public var isEmpty: Bool { places.isEmpty }

  /// Calls `body` for each row. Fails with a ``CustomerFileError`` when the reasons cannot be read back, and with what
  /// `body` throws.
  public func visit(_ body: (RejectedRow) throws -> Void) throws {
    var reader = ReasonReader(reasons)
    for place in places { try body(try reader.row(place)) }
  }

  /// The first row of this customer; nil when there is none.
  public func row(of customerID: String) throws(CustomerFileError) -> RejectedRow? {
    var reader = ReasonReader(reasons)
    for place in places {
      let row = try reader.row(place)
      if row.customerID == customerID { return row }
    }
    return nil
  }

  /// The first `limit` rows.
  public func first(_ limit: Int) throws(CustomerFileError) -> [RejectedRow] {
    var reader = ReasonReader(reasons)
    var rows: [RejectedRow] = []
    for place in places.prefix(limit) { rows.append(try reader.row(place)) }
    return rows
  }

  /// A reader of single rows; they are asked for nearly in the order of the file.
  func reader() -> Reader { Reader(self) }

  struct Reader {
    private let places: [Place]
    private var reasons: ReasonReader

    fileprivate init(_ rows: RejectedRows) {
      places = rows.places
      reasons = ReasonReader(rows.reasons)
    }

    /// The rejected row that begins in this line; nil when there is none.
    mutating func row(ofLine line: Int) throws(CustomerFileError) -> RejectedRow? {
      var range = places.startIndex..<places.endIndex
      while !range.isEmpty {
        let middle = (range.lowerBound + range.upperBound) / 2
        if places[middle].line == line { return try reasons.row(places[middle]) }
        range = places[middle].line < line ? middle + 1..<range.upperBound : range.lowerBound..<middle
      }
      return nil
    }
  }

  /// The line of a row, and where its id and reason are among ``Reasons``; rows of one customer may share them.
  fileprivate struct Place: Sendable {
    var line: Int
    var offset: Int
  }

  /// Records one after the other: two lengths of four bytes each, then the id and the reason. An id is never empty, so
  /// that a row without one is known by its length of zero.
  fileprivate struct Reasons: Sendable {
    /// The customer file, for errors.
    let name: String
    var file: StagingFile?
    var fileSize = 0
    /// What follows the file's bytes and was not written.
    var tail: [UInt8] = []

    var size: Int { fileSize + tail.count }
  }

  /// Takes the rows in any order.
  struct Recorder {
    private static let pieceSize = 1 << 20
    private var places: [Place] = []
    private var reasons: Reasons

    /// `file` is named by errors.
    init(file: String) { reasons = Reasons(name: file) }

    var count: Int { places.count }

    mutating func add(_ line: Int, customerID: String?, reason: String) throws(CustomerFileError) {
      try add([line], customerID: customerID, reason: reason)
    }

    /// Rows of one customer with one reason.
    mutating func add(_ lines: [Int], customerID: String?, reason: String) throws(CustomerFileError) {
      let offset = reasons.size
      for line in lines { places.append(Place(line: line, offset: offset)) }
      let id = customerID ?? ""
      for number in [id.utf8.count, reason.utf8.count] {
        for shift in [0, 8, 16, 24] { reasons.tail.append(UInt8(truncatingIfNeeded: number >> shift)) }
      }
      reasons.tail += id.utf8
      reasons.tail += reason.utf8
      guard reasons.tail.count >= Self.pieceSize else { return }
      do throws(PlanStagingError) {
        if reasons.file == nil { reasons.file = try StagingFile(in: FileManager.default.temporaryDirectory) }
        try reasons.file?.write(reasons.tail, at: reasons.fileSize)
      } catch {
        throw CustomerFileError(reasons.name, "the reasons why rows are rejected cannot be kept: \(error)")
      }
      reasons.fileSize += reasons.tail.count
      reasons.tail.removeAll(keepingCapacity: true)
    }

    func finish() -> RejectedRows {
      RejectedRows(places: places.sorted { ($0.line, $0.offset) < ($1.line, $1.offset) }, reasons: reasons)
    }
  }
}

/// Reads reasons back, with one piece in memory at a time: rows are asked for nearly in the order they were added.
private struct ReasonReader {
  private static let pieceSize = 65_536
  private let reasons: RejectedRows.Reasons
  private var piece: [UInt8] = []
  private var pieceOffset = 0

  init(_ reasons: RejectedRows.Reasons) { self.reasons = reasons }

  mutating func row(_ place: RejectedRows.Place) throws(CustomerFileError) -> RejectedRow {
    let header = try bytes(8, at: place.offset)
    func number(_ start: Int) -> Int {
      (0..<4).reduce(0) { $0 | Int(header[header.startIndex + start + $1]) << (8 * $1) }
    }
    let (idSize, reasonSize) = (number(0), number(4))
    let texts = try bytes(idSize + reasonSize, at: place.offset + 8)
    return RejectedRow(
      line: place.line, customerID: idSize == 0 ? nil : String(decoding: texts.prefix(idSize), as: UTF8.self),
      reason: String(decoding: texts.dropFirst(idSize), as: UTF8.self))
  }

  private mutating func bytes(_ count: Int, at offset: Int) throws(CustomerFileError) -> ArraySlice<UInt8> {
    if offset >= reasons.fileSize { return reasons.tail.dropFirst(offset - reasons.fileSize).prefix(count) }
    if offset < pieceOffset || offset + count > pieceOffset + piece.count, let file = reasons.file {
      do throws(PlanStagingError) {
        piece = try file.read(min(max(Self.pieceSize, count), reasons.fileSize - offset), at: offset)
      } catch {
        throw CustomerFileError(reasons.name, "\(error)")
      }
      pieceOffset = offset
    }
    let start = offset - pieceOffset
    guard start + count <= piece.count else {
      throw CustomerFileError(
        reasons.name, "the reasons why rows are rejected cannot be read back; see to the disk, then start again")
    }
    return piece[start..<start + count]
  }
}
