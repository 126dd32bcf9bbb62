import Foundation
import TestSupport
import Testing

@testable import RelayLogs

/// Files as relays, logrotate, crashes and other systems leave them. Packed by Python, a judge that is not ours.
@Suite struct LogFileTests {
  private static let packing = """
    import gzip, sys, random
    folder = sys.argv[1]
    def put(name, data): open(f"{folder}/{name}", "wb").write(data)
    one, two = gzip.compress(b"one\\ntw"), gzip.compress(b"o\\r\\nthree", mtime=0)
    put("plain", b"one\\ntwo\\r\\nthree")
    put("packed", gzip.compress(b"one\\ntwo\\r\\nthree"))
    put("members", one + two)
    put("padded", one + two + bytes(512))
    put("empty", b"")
    put("empty.gz", gzip.compress(b""))
    put("cut", (one + two)[:-3])
    put("cut-early", one[:11])
    put("flipped", one[:14] + bytes([one[14] ^ 0x55]) + one[15:])
    put("trailed", one + b"rubbish")
    random.seed(7)
    noise = bytes(random.randrange(256) for _ in range(400000)).replace(b"\\n", b"x")
    put("long", b"a\\n" + noise + b"\\nz\\n")
    put("long.gz", gzip.compress(b"a\\n" + noise + b"\\nz\\n"))
    put("zeros.gz", gzip.compress(b"\\0" * 5_000_000 + b"\\nz\\n"))
    put("bomb.gz", gzip.compress(b"\\0" * 1_000_000) * 5_000)
    put("lines.gz", gzip.compress(b"\\n" * 20_000_000))
    put("bom", b"\\xef\\xbb\\xbfone\\n")
    put("utf16", "one\\n".encode("utf-16"))
    put("utf16.gz", gzip.compress(b"\\xfe\\xff\\0o"))
    put("a.xz", b"\\xfd7zXZ\\0rest")
    put("a.zst", b"\\x28\\xb5\\x2f\\xfdrest")
    """

  private func lines(_ name: String, in folder: URL) throws -> [String] {
    var lines: [String] = []
    try LogFile(path: folder.appendingPathComponent(name).path).forEachLine { line, number in
      #expect(number == lines.count + 1)
      #expect(line.count <= LogFile.lineLimit)
      lines.append(String(decoding: line, as: UTF8.self))
    }
    return lines
  }

  private func fault(_ name: String, in folder: URL) throws -> String {
    do {
      _ = try lines(name, in: folder)
      return "none"
    } catch let error as RelayLogError {
      #expect(error.path == folder.appendingPathComponent(name).path)
      return error.reason
    }
  }

  @Test func everyFormIsReadOrRefusedInWords() async throws {
    try await TemporaryFolder.with { folder in
      _ = try await ChildProcess.tool("python3", ["-c", Self.packing, folder.path])
      for name in ["plain", "packed", "members", "padded"] {
        #expect(try lines(name, in: folder) == ["one", "two", "three"], "\(name)")
      }
      for name in ["empty", "empty.gz"] { #expect(try lines(name, in: folder) == [], "\(name)") }
      #expect(try lines("bom", in: folder) == ["one"])
      for name in ["long", "long.gz"] {
        let found = try lines(name, in: folder)
        #expect(found.count == 3 && found[0] == "a" && found[2] == "z", "\(name)")
      }
      let zeros = try lines("zeros.gz", in: folder)
      #expect(zeros.count == 2 && zeros[0].utf8.count == LogFile.lineLimit && zeros[1] == "z")
      for name in ["bomb.gz", "lines.gz"] {
        // 5 GB from 5 MB, and 20 million lines from 20 KB: not unpacked to the end.
        var bytes = 0
        let file = try LogFile(path: folder.appendingPathComponent(name).path)
        let error = #expect(throws: RelayLogError.self) { try file.forEachLine { line, _ in bytes += line.count + 1 } }
        #expect(error?.reason.hasPrefix("this gzip file unpacks to more than 100 times its size") == true, "\(name)")
        #expect(bytes < 16 << 20, "\(name)")
      }

      for name in ["cut", "cut-early"] {
        #expect(try fault(name, in: folder) == "this gzip file is cut short; take a whole copy", "\(name)")
      }
      for name in ["flipped", "trailed"] {
        #expect(try fault(name, in: folder).hasPrefix("this gzip file is damaged"), "\(name)")
      }
      for name in ["utf16", "utf16.gz"] { #expect(try fault(name, in: folder).hasPrefix("this is UTF-16"), "\(name)") }
      #expect(try fault("a.xz", in: folder).hasPrefix("this is an xz file"))
      #expect(try fault("a.zst", in: folder).hasPrefix("this is a zstd file"))
      #expect(try fault("nothing", in: folder) == "there is no such file")
      #expect(mkfifo(folder.appendingPathComponent("pipe").path, 0o600) == 0)
      #expect(try fault("pipe", in: folder).hasPrefix("this is not a regular file"))
      #expect(try fault("", in: folder).hasPrefix("this is not a regular file"))
    }
  }

  /// Two readings see the same lines, though the relay goes on writing; a file cut off meanwhile is an error.
  @Test func whatIsWrittenMeanwhileIsNotRead() async throws {
    try await TemporaryFolder.with { folder in
      let url = folder.appendingPathComponent("mail.log")
      try Data("one\ntwo\n".utf8).write(to: url)
      let file = try LogFile(path: url.path)
      let handle = try FileHandle(forWritingTo: url)
      try handle.seekToEnd()
      try handle.write(contentsOf: Data("three\n".utf8))
      var count = 0
      try file.forEachLine { _, _ in count += 1 }
      #expect(count == 2)
      try handle.truncate(atOffset: 3)
      #expect(throws: RelayLogError.self) { try file.forEachLine { _, _ in } }
    }
  }
}
