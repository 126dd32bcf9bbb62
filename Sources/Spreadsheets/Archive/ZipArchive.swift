import CZip
import Files
import Foundation

/// The entries of a ZIP archive by their names, which are compared as spreadsheet programs do: without regard to case, and
/// with `\` as `/`. Reads through the file that is open already. Fails with a ``WorkbookError``: damaged, encrypted, more
/// entries than a workbook has, or two of one name.
final class ZipArchive {
  static let mostEntries = 10_000
  static let pieceSize = 65_536

  private let archive: OpaquePointer
  private let path: String
  private let entries: [String: UInt64]
  let budget: WorkBudget

  init(_ file: RandomAccessFile) throws(WorkbookError) {
    path = file.path
    let size: Int
    let descriptor: Int32
    do throws(FileError) {
      size = try file.stamp().size
      descriptor = try file.duplicate()
    } catch {
      throw .cannotRead(error)
    }
    budget = WorkBudget(fileSize: size)
    var opened: OpaquePointer?
    let result = czip_open(descriptor, UInt64(size), &opened)
    guard result == czip_ok, let opened else { throw Self.error(result, nil, file.path) }
    archive = opened
    do throws(WorkbookError) {
      entries = try Self.entries(of: opened)
    } catch {
      czip_close(opened)
      throw error
    }
  }

  deinit { czip_close(archive) }

  private static func entries(of archive: OpaquePointer) throws(WorkbookError) -> [String: UInt64] {
    let count = czip_count(archive)
    guard count <= mostEntries else { throw .tooManyEntries(Int(clamping: count)) }
    var entries: [String: UInt64] = [:]
    for entry in 0..<count {
      guard let name = czip_name(archive, entry).map({ String(cString: $0) }) else { continue }
      if entries.updateValue(entry, forKey: key(name)) != nil { throw .twoEntries(name) }
    }
    return entries
  }

  private static func key(_ name: String) -> String {
    let path = name.replacing("\\", with: "/").lowercased()
    return path.hasPrefix("/") ? String(path.dropFirst()) : path
  }

  func has(_ name: String) -> Bool { entries[Self.key(name)] != nil }

  /// True when an entry has this beginning.
  func hasEntry(below folder: String) -> Bool { entries.keys.contains { $0.hasPrefix(folder) } }

  /// Hands over the unpacked bytes of an entry, a piece at a time, and at the end an empty one, at which the checksum was
  /// right. It ends early when `body` returns false.
  func read(_ name: String, _ body: ([UInt8]) throws -> Bool) throws {
    guard let entry = entries[Self.key(name)] else { throw WorkbookError.partMissing(name) }
    var opened: OpaquePointer?
    let result = czip_entry_open(archive, entry, &opened)
    guard result == czip_ok, let opened else { throw Self.error(result, name, path) }
    defer { czip_entry_close(opened) }
    while true {
      var result = czip_ok
      let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { room, filled in
        filled = 0
        result = czip_entry_read(opened, room.baseAddress, room.count, &filled)
      }
      guard result == czip_ok else { throw Self.error(result, name, path) }
      try budget.spend(piece.count)
      guard try body(piece), !piece.isEmpty else { return }
    }
  }

  /// A small entry as a whole.
  func contents(of name: String, atMost limit: Int) throws -> [UInt8] {
    var contents: [UInt8] = []
    try read(name) { piece in
      contents += piece
      return contents.count < limit
    }
    return contents
  }

  private static func error(_ result: czip_result, _ name: String?, _ path: String) -> WorkbookError {
    switch result {
    case czip_encrypted: .encrypted
    case czip_unknown_compression: .unknownCompression(name ?? "")
    case czip_cannot_read: .cannotRead(FileError(.read, path, .system(errno)))
    case czip_out_of_memory: .outOfMemory
    default: .damagedArchive(entry: name)
    }
  }
}
