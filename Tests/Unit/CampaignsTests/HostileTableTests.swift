import Foundation
import TestSupport
import Testing

@testable import Campaigns

/// Tables that would cost more than their size in memory or in time.
@Suite struct HostileTableTests {
  private func rows(_ count: Int, _ row: (Int) -> String) throws -> CustomerTable {
    try CustomerTable(rows: (0..<count).map(row))
  }

  /// One id in all rows: the customer is rejected unread, with one reason for all.
  @Test func moreRowsThanALetterCanListAreNotCompared() throws {
    let count = Customer.mostRows + 1
    let book = try rows(count) { "1;Firma \($0);;;;;;m\($0)@k.example;imap" }.book()
    #expect(book.customerCount == 0 && book.rejected.count == count && book.usedRows == 0)
    // Each row once, and the first once more for its id.
    #expect(book.file.parsedRows.count == count + 1)
    let first = try #require(try book.rejected.first(1).first)
    #expect(
      first.description == "line 2, customer \"1\": the customer has 10001 rows, and a letter can list 10000 mailboxes "
        + "at most; if these are several customers, give each an id of their own")
  }

  @Test func asManyAsALetterCanListAreOneCustomer() throws {
    let book = try rows(Customer.mostRows) { "1;Firma;;;;a@b.example;;m\($0)@k.example;imap" }.book()
    #expect(try book.all().map(\.mailboxes.count) == [Customer.mostRows])
  }

  /// Rows that all contradict each other: the time grows with their number, not with its square.
  @Test func contradictionsGrowWithTheRows() throws {
    func seconds(_ count: Int) throws -> Double {
      let table = try rows(count) { "1;Firma \($0);;;;a\($0)@b.example;;m\($0)@k.example;imap" }
      let start = Self.processorTime()
      let book = try table.book()
      let time = Self.processorTime() - start
      #expect(book.rejected.count == count)
      let reason = try #require(try book.rejected.first(1).first).reason
      #expect(reason.utf8.count < 2000 && reason.contains(" and \(count - 10) others"), "\(reason)")
      return time
    }
    _ = try seconds(500)
    let few = try seconds(1000)
    let many = try seconds(8000)
    // 8 where it is linear, 64 where it is quadratic.
    #expect(many < few * 24, "\(few) s, \(many) s")
  }

  /// Of this thread, so that other tests do not count.
  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// More reasons than are kept in memory come back as they were, in the order of the file.
  @Test func reasonsThatWereWrittenAwayComeBack() throws {
    let count = 30_000
    let book = try rows(count) { "K\($0 / 2);;;;xx\($0);;;m@k\($0).example;imap" }.book()
    #expect(book.rejected.count == count)
    var expected = 0
    try book.rejected.visit { row in
      #expect(row.line == expected + 2 && row.customerID == "K\(expected / 2)")
      #expect(row.reason.hasPrefix("unknown language \"xx\(expected)\"; known are de "))
      expected += 1
    }
    #expect(expected == count)
    #expect(try book.rejected.first(3).map(\.line) == [2, 3, 4])
  }

  /// A quotation mark that is never closed takes the whole rest of the file into one cell, of which little is kept.
  @Test func anEndlessCellIsCut() throws {
    var record = TableRecord()
    record.begin(offset: 0, line: 1)
    for _ in 0..<5_000_000 { record.append(UInt8(ascii: "x")) }
    record.endField()
    #expect(record.bytes.count == TableRecord.longestField && record.fault == .fieldTooLong(field: 0))
    for _ in 0..<5_000_000 { record.endField() }
    #expect(record.count <= TableRecord.longestRecord && record.fault != nil)
  }

  /// A header as wide as a file can be: each title is compared with few others.
  @Test func aWideHeaderIsSearchedOnce() throws {
    let titles = (0..<100_000).map { "s\($0)" }.joined(separator: ";")
    let complaint = try CustomerTable((titles + "\r\n1;2\r\n").utf8).complaint()
    #expect(complaint.hasPrefix("kunden.csv:1: none of the first 50 lines has the columns \"Kundennummer\", "))
  }
}
