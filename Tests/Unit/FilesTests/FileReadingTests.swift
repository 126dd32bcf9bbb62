import Files
import Foundation
import TestSupport
import Testing

@Suite struct FileReadingTests {
  @Test func aFileIsReadAtAnyOffset() throws {
    let folder = try TemporaryFolder()
    let file = try RandomAccessFile(folder.write("0123456789".utf8, to: "digits"))
    var buffer: [UInt8] = [1, 2, 3]
    try file.read(4, at: 3, into: &buffer)
    #expect(buffer == Array("3456".utf8))
    try file.read(4, at: 8, into: &buffer)
    #expect(buffer == Array("89".utf8))
  }

  @Test func pastTheEndThereIsNothing() throws {
    let folder = try TemporaryFolder()
    let file = try RandomAccessFile(folder.write("0123456789".utf8, to: "digits"))
    for offset in [10, 11, 1 << 40] {
      var buffer: [UInt8] = [1, 2, 3]
      try file.read(4, at: offset, into: &buffer)
      #expect(buffer == [], "at \(offset)")
    }
  }

  @Test func contentsAreLimited() throws {
    let folder = try TemporaryFolder()
    let url = try folder.write("0123456789".utf8, to: "digits", mode: 0o640)
    let file = try RandomAccessFile(url)
    #expect(try file.contents(atMost: 10) == Array("0123456789".utf8))
    #expect(throws: FileError(.read, url.path, .tooLarge(limit: 9))) { try file.contents(atMost: 9) }
    #expect(try file.mode() == 0o640)
    #expect(try file.stamp().size == 10)
  }

  @Test func whatIsNoFileIsNotOpened() throws {
    let folder = try TemporaryFolder()
    let missing = folder.url.appending(path: "missing")
    let error = #expect(throws: FileError.self) { try RandomAccessFile(missing) }
    #expect(error?.isMissing == true)
    #expect(throws: FileError(.read, folder.url.path, .notRegular)) { try RandomAccessFile(path: folder.url.path) }
    let pipe = folder.url.appending(path: "pipe")
    #expect(mkfifo(pipe.path, 0o600) == 0)
    #expect(throws: FileError(.read, pipe.path, .notRegular)) { try RandomAccessFile(pipe) }
    let link = folder.url.appending(path: "link")
    let file = try folder.write([1], to: "file")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
    #expect(try RandomAccessFile(path: link.path).contents(atMost: 1) == [1])
    #expect(throws: FileError(.read, link.path, .system(ELOOP))) {
      try RandomAccessFile(path: link.path, followingLink: false)
    }
  }

  @Test(arguments: [("", []), ("a", ["a-"]), ("a\n\nb\n", ["a+", "+", "b+"]), ("a\nb", ["a+", "b-"])])
  func linesAreReadWithoutTheirEnds(_ text: String, _ expected: [String]) throws {
    let folder = try TemporaryFolder()
    var lines: [String] = []
    try RandomAccessFile(folder.write(text.utf8, to: "lines")).forEachLine(longest: 1000) { line, isWhole in
      lines.append(String(decoding: line, as: UTF8.self) + (isWhole ? "+" : "-"))
    }
    #expect(lines == expected)
  }

  @Test func aLineMayBeLongerThanAPiece() throws {
    let folder = try TemporaryFolder()
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: 600_000)
    var lengths: [Int] = []
    let file = try RandomAccessFile(folder.write(long + [10] + long + [10], to: "lines"))
    try file.forEachLine(longest: 600_000) { line, isWhole in
      #expect(isWhole)
      lengths.append(line.count)
    }
    #expect(lengths == [600_000, 600_000])
  }

  @Test func aLineThatIsTooLongFailsBeforeItsEnd() throws {
    let folder = try TemporaryFolder()
    // A hole: 16 GB that take no room, and no time unless they are read.
    let url = try folder.write("a\n".utf8, to: "lines")
    #expect(truncate(url.path, 16 << 30) == 0)
    var lines = 0
    #expect(throws: FileError(.read, url.path, .lineTooLong(2, limit: 1000))) {
      try RandomAccessFile(url).forEachLine(longest: 1000) { _, _ in lines += 1 }
    }
    #expect(lines == 1)
    #expect(throws: FileError(.read, url.path, .tooLarge(limit: DurableFile.largestSmallFile))) {
      try DurableFile.read(url)
    }
  }

  /// What opens the small files and the receipts waits for no writer, and reads nothing without end.
  @Test func onlyRegularFilesAreRead() throws {
    let folder = try TemporaryFolder()
    let pipe = folder.url.appending(path: "pipe")
    #expect(mkfifo(pipe.path, 0o600) == 0)
    for url in [pipe, folder.url, URL(filePath: "/dev/zero")] {
      #expect(throws: FileError(.read, url.path, .notRegular)) { try DurableFile.read(url) }
      #expect(throws: FileError(.read, url.path, .notRegular)) {
        try RandomAccessFile(path: url.path).forEachLine(longest: 1) { _, _ in }
      }
    }
  }

  @Test func aReplacedFileIsWholeAndMissingOnesAreNil() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("old".utf8, to: "state", mode: 0o644)
    try DurableFile.replace(file, with: Array("new".utf8))
    #expect(try DurableFile.read(file) == Array("new".utf8))
    #expect(try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["state"])
    #expect(try DurableFile.read(folder.url.appending(path: "missing")) == nil)
  }

  @Test func removedFilesTakeTheirEmptyFoldersWithThem() throws {
    let folder = try TemporaryFolder()
    let deep = folder.url.appending(path: "a/b")
    try FileManager.default.createDirectory(at: deep, withIntermediateDirectories: true)
    let (one, kept) = (deep.appending(path: "one"), folder.url.appending(path: "a/kept"))
    for file in [one, kept] { try Data([1]).write(to: file) }
    try DurableRemoval.remove([one, folder.url.appending(path: "missing")], below: folder.url)
    #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.url.path).sorted() == ["a", "a/kept"])
    try DurableRemoval.remove([kept], below: folder.url)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == [])
  }
}
