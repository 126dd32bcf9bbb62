import Files
import Foundation

/// One log file, open for reading: plain or gzip, recognised by its first bytes. Its lines are read as a stream, any
/// number of times, with memory that does not grow with the file or with a line.
///
/// Bytes written after the end once it was opened are not read, so that every reading sees the same lines. Throws
/// ``RelayLogError`` when the file is missing, not a regular file, packed or encoded in a way that is not read here,
/// damaged, or became shorter meanwhile.
final class LogFile {
  let path: String
  private let file: RandomAccessFile
  private let size: Int
  private let isGzip: Bool

  /// Bytes kept per line; the rest of a longer one is skipped.
  static let lineLimit = 16 << 10
  private static let pieceSize = 128 << 10
  /// gzip packs the lines of a log to a tenth or a fortieth of their size. What unpacks to more than a hundred times its
  /// size holds no lines, and would be read for minutes; so much may unpack in any case.
  private static let mostUnpacked = 100
  private static let alwaysUnpacked = 8 << 20

  init(path: String) throws {
    self.path = path
    do throws(FileError) {
      file = try RandomAccessFile(path: path)
      size = try file.stamp().size
    } catch {
      throw RelayLogError(path: path, reason: Self.reason(error))
    }
    var start: [UInt8] = []
    try Self.read(file, path, at: 0, count: min(size, 8), into: &start)
    isGzip = start.starts(with: [0x1F, 0x8B])
    for (magic, name, command) in Self.refused where start.starts(with: magic) {
      throw RelayLogError(path: path, reason: "this is \(name); make a copy it can be read from with \"\(command)\"")
    }
  }

  /// Calls `body` with every line and its number, from 1. The line comes without its line end, cut at ``lineLimit``.
  func forEachLine(_ body: (ArraySlice<UInt8>, Int) throws -> Void) throws {
    var lines = LineSplitter(limit: Self.lineLimit)
    let unpacker = isGzip ? try fault { try GzipReader() } : nil
    var offset = 0
    var isFirst = true
    var unpacked = 0
    func take(_ piece: ArraySlice<UInt8>) throws {
      unpacked += piece.count
      guard !isGzip || unpacked <= max(Self.alwaysUnpacked, offset * Self.mostUnpacked) else {
        throw RelayLogError(
          path: path,
          reason: "this gzip file unpacks to more than \(Self.mostUnpacked) times its size, as no log does; "
            + "if it is one, unpack it with \"gunzip\" and take that file")
      }
      if isFirst {
        isFirst = false
        if piece.starts(with: [0xFF, 0xFE]) || piece.starts(with: [0xFE, 0xFF]) {
          throw RelayLogError(
            path: path, reason: "this is UTF-16; make a copy it can be read from with \"iconv -f UTF-16 -t UTF-8\"")
        }
        try lines.take(piece.starts(with: [0xEF, 0xBB, 0xBF]) ? piece.dropFirst(3) : piece, body)
      } else {
        try lines.take(piece, body)
      }
    }
    var piece: [UInt8] = []
    while offset < size {
      try Self.read(file, path, at: offset, count: min(Self.pieceSize, size - offset), into: &piece)
      offset += piece.count
      if let unpacker {
        try fault { try unpacker.unpack(piece, take) }
      } else {
        try take(piece[...])
      }
    }
    if let unpacker { try fault { try unpacker.finish() } }
    try lines.finish(body)
  }

  /// A fault of the packing, with the file's name.
  private func fault<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let fault as GzipFault { throw RelayLogError(path: path, reason: "\(fault)") }
  }

  /// Reads `count` bytes; a file that has fewer became shorter.
  private static func read(
    _ file: RandomAccessFile, _ path: String, at offset: Int, count: Int, into piece: inout [UInt8]
  ) throws {
    do throws(FileError) {
      try file.read(count, at: offset, into: &piece)
    } catch {
      throw RelayLogError(path: path, reason: reason(error))
    }
    guard piece.count == count else {
      throw RelayLogError(path: path, reason: "this file became shorter while it was read; try again with a copy of it")
    }
  }

  private static func reason(_ error: FileError) -> String {
    switch error.cause {
    case _ where error.isMissing: "there is no such file"
    case _ where error.isNotPermitted: "this file may not be read; run this as a user who may, or make a copy"
    case .notRegular: "this is not a regular file; a log is read twice, so save it to a file first"
    default: "this file cannot be read: \(error.cause)"
    }
  }

  private static let refused: [([UInt8], String, String)] = [
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "an xz file", "xz -dc"),
    ([0x42, 0x5A, 0x68], "a bzip2 file", "bzip2 -dc"),
    ([0x28, 0xB5, 0x2F, 0xFD], "a zstd file", "zstd -dc"),
    ([0x50, 0x4B, 0x03, 0x04], "a zip file", "unzip -p"),
    (Array("LPKSHHRH".utf8), "a journal of systemd", "journalctl -o short-iso --file"),
  ]
}

/// Cuts pieces into lines: LF or CR LF, the last one also without.
private struct LineSplitter {
  let limit: Int
  /// The beginning of a line whose end has not come yet, cut at the limit.
  private var rest: [UInt8] = []
  private var hasRest = false
  private var number = 0

  init(limit: Int) { self.limit = limit }

  mutating func take(_ piece: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>, Int) throws -> Void) throws {
    var start = piece.startIndex
    while let end = piece[start...].firstIndex(of: 0x0A) {
      number += 1
      if hasRest {
        keep(piece[start..<end])
        try body(Self.withoutCarriageReturn(rest[...]), number)
        rest.removeAll(keepingCapacity: true)
        hasRest = false
      } else {
        try body(Self.withoutCarriageReturn(piece[start..<end]).prefix(limit), number)
      }
      start = end + 1
    }
    if start < piece.endIndex {
      keep(piece[start...])
      hasRest = true
    }
  }

  mutating func finish(_ body: (ArraySlice<UInt8>, Int) throws -> Void) throws {
    guard hasRest else { return }
    number += 1
    try body(Self.withoutCarriageReturn(rest[...]), number)
  }

  private mutating func keep(_ bytes: ArraySlice<UInt8>) { rest += bytes.prefix(limit - rest.count) }

  private static func withoutCarriageReturn(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    line.last == 0x0D ? line.dropLast() : line
  }
}
