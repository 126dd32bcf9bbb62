import Foundation
import TestSupport
import Testing

@testable import Campaigns

/// The memory that a large customer file takes while it is checked.
@Suite(.serialized, .timeLimit(.minutes(20))) struct CustomerBookLongTests {
  /// Kilobytes of this process that are, or at most were, in memory.
  private static func memory(_ name: String) throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
    return try #require(line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) })
  }

  private static func book(of count: Int, in folder: TemporaryFolder) throws -> CustomerBook {
    let file = folder.url.appending(path: "\(count).csv")
    try write(count, to: file)
    return try CustomerBook(
      CustomerSource(file: file, columns: CustomerTable.columns), segments: try CustomerTable.segments)
  }

  /// In pieces, since memory that was used here and let go of would not be counted again.
  private static func write(_ count: Int, to file: URL) throws {
    _ = FileManager.default.createFile(atPath: file.path, contents: nil)
    let handle = try FileHandle(forWritingTo: file)
    try handle.write(contentsOf: Data((CustomerTable.header + "\r\n").utf8))
    for start in stride(from: 0, to: count, by: 1000) {
      var text = ""
      for number in start..<min(start + 1000, count) {
        let name = number % 5 == 0 ? "Müller" : "Berger"
        text +=
          "\(1_000_000 + number);Kanzlei \(name);Karin;\(name);de;kontakt@k\(number).example;09999 555-\(number);"
          + "post@k\(number).example;imap\r\n"
      }
      try handle.write(contentsOf: Data(text.utf8))
    }
    try handle.close()
  }

  /// 24 bytes of each row stay, and what rows are compared by is in memory one kind after the other: a hash of 8 bytes and a
  /// table of at most 12, in which the larger one is made while the smaller one is there.
  @Test func memoryIsFortyEightBytesPerRow() throws {
    let folder = try TemporaryFolder()
    // What is there once: the sample of words, buffers, and the lists that cells are compared with.
    _ = try Self.book(of: 10_000, in: folder)
    let count = 150_000
    // Forgets what was at most in memory so far.
    try Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
    let before = try Self.memory("VmRSS:")
    let book = try Self.book(of: count, in: folder)
    let most = (try Self.memory("VmHWM:") - before) * 1024
    print("\(most / count) bytes for each row")
    #expect(book.customerCount == count)
    #expect(most <= count * 48 + 5_000_000, "\(most)")
  }
}
