import Files
import Foundation
import TestSupport
import Testing

@Suite struct PrintStreamTests {
  /// What `body` writes into a pipe.
  private func written(_ body: (PrintStream) -> Void) throws -> [UInt8] {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { close(ends[0]) }
    body(PrintStream(ends[1], named: "pipe"))
    close(ends[1])
    return try DurableFile.readPiece(ends[0], 65536, path: "pipe") ?? []
  }

  @Test func wordsOfOthersAreMadeVisible() throws {
    let bytes = try written { stream in
      #expect(stream.write("a\u{1B}[2J\nb\u{202E}\n"))
    }
    #expect(String(decoding: bytes, as: UTF8.self) == "a\\u{1B}[2J\nb\\u{202E}\n")
  }

  @Test func aDocumentForAnotherProgramIsLeftAsItIs() throws {
    let document: [UInt8] = [0xEF, 0xBB, 0xBF, 0x61, 0x1B, 0x0D, 0x0A, 0xFF]
    let bytes = try written { stream in #expect(stream.write(document: document)) }
    #expect(bytes == document)
  }

  @Test func onATerminalADocumentIsText() throws {
    var (leader, follower): (Int32, Int32) = (-1, -1)
    try #require(openpty(&leader, &follower, nil, nil, nil) == 0)
    defer {
      close(leader)
      close(follower)
    }
    let stream = PrintStream(follower, named: "terminal")
    #expect(stream.isTerminal)
    stream.write(document: Array("\u{FEFF}a\tb\u{9B}2J\r\n".utf8), structure: ["\t"])
    let bytes = try #require(try DurableFile.readPiece(leader, 65536, path: "terminal"))
    // The terminal itself turns the line feed into two characters, and may expand the tab.
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.hasPrefix("a") && text.hasSuffix("b\\u{9B}2J\r\n"))
  }

  @Test func aReaderThatGoesAwayIsNoLoss() throws {
    signal(SIGPIPE, SIG_IGN)
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let stream = PrintStream(ends[1], named: "pipe")
    #expect(stream.write("a"))
    close(ends[0])
    #expect(!stream.write("b") && !stream.write("c"))
    #expect(stream.loss == nil)
    close(ends[1])
  }

  @Test func whatCannotBeWrittenIsALoss() throws {
    let full = open("/dev/full", O_WRONLY)
    defer { close(full) }
    let stream = PrintStream(full, named: "standard output")
    #expect(!stream.write("a"))
    #expect(stream.loss == FileError(.write, "standard output", .system(ENOSPC)))
  }

  @Test func aSlowReaderIsWaitedForOrLeftOut() async throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let reader = ends[0]
    try #require(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0)
    let stream = PrintStream(ends[1], named: "pipe")
    #expect(stream.hasRoom)
    let size = 300_000
    let text = String(repeating: "x", count: size)
    async let result = Task.detached { stream.write(text) }.value
    try await eventually("the pipe is full") { !stream.hasRoom }
    var count = 0
    while count < size { count += try DurableFile.readPiece(reader, 65536, path: "pipe")?.count ?? 0 }
    #expect(await result && count == size)
    close(ends[0])
    close(ends[1])
  }
}
