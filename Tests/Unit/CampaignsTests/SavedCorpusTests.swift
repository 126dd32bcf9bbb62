import Foundation
import Mail
import Testing

@testable import Campaigns

/// One customer file as spreadsheet programs save it, and with one thing changed: `Tests/Corpus/customers/saved`.
@Suite struct SavedCorpusTests {
  private static let folder = CustomerCorpusTests.folder.appending(path: "saved")
  /// What differs from `first.csv` where something does; all other files say the same.
  private static let changed = [
    "changed-phone.csv": ["1 telephone number changed: 0043"], "changed-contact.csv": ["1 contact changed: 0045"],
    "one-customer-more.csv": ["1 customer is new: 0046"],
    "one-row-rejected.csv": ["1 customer with a row that is now rejected: 0043"], "sorted-anew.csv": [],
  ]
  private static let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { !$0.hasSuffix(".expected") }.sorted()

  private static func source(_ file: String) -> CustomerSource {
    var columns = CustomerTable.columns
    columns[.salutation] = "Anrede"
    columns[.program] = "Programm"
    return CustomerSource(file: folder.appending(path: file), columns: columns)
  }

  private static func book(_ file: String) throws -> CustomerBook {
    try CustomerBook(source(file), segments: CustomerTable.segments)
  }

  @Test func allAreThere() { #expect(Self.files.count >= 29 && Self.changed.keys.allSatisfy(Self.files.contains)) }

  @Test(arguments: files) func itIsTheSameFileOrToldByWhatChanged(_ file: String) throws {
    let first = try CustomerFile(Self.source("first.csv"))
    let isSame =
      try CustomerFile(Self.source(file)).valuesDigest(segments: CustomerTable.segments)
      == first.valuesDigest(segments: CustomerTable.segments)
    #expect(isSame == (Self.changed[file] == nil))
    var comparison = try CustomerComparison(with: Self.book(file), knowsRejected: true)
    for customer in try Self.book("first.csv").all() { try comparison.add(customer) }
    #expect(try comparison.finish(unnamed: 0).map(\.text) == Self.changed[file] ?? [])
  }
}
