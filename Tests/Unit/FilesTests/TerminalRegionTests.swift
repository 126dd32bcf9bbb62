import Files
import Foundation
import TestSupport
import Testing

@Suite struct TerminalRegionTests {
  /// What `body` sends to a terminal of this size.
  private func sent(
    columns: Int = 20, rows: Int = 10, look: TerminalLook = .init(canRedraw: true, hasColors: false, isUTF8: true),
    _ body: (TerminalRegion, PrintStream, _ resize: (Int, Int) -> Void) -> Void
  ) throws -> String {
    var (leader, follower): (Int32, Int32) = (-1, -1)
    var attributes = termios()
    cfmakeraw(&attributes)
    try #require(openpty(&leader, &follower, nil, &attributes, nil) == 0)
    defer {
      close(leader)
      close(follower)
    }
    func resize(_ columns: Int, _ rows: Int) {
      var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
      _ = ioctl(follower, UInt(TIOCSWINSZ), &size)
    }
    resize(columns, rows)
    let stream = PrintStream(follower, named: "terminal")
    body(TerminalRegion(on: stream, look), stream, resize)
    stream.write("end")
    // The kernel hands what was written over in pieces: one read may come before the last of them.
    var bytes: [UInt8] = []
    var waiting = pollfd(fd: leader, events: Int16(POLLIN), revents: 0)
    while !bytes.suffix(3).elementsEqual("end".utf8), poll(&waiting, 1, 10_000) == 1 {
      bytes += try DurableFile.readPiece(leader, 65536, path: "terminal") ?? []
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func aFrameTakesThePlaceOfTheOneBefore() throws {
    let text = try sent { region, _, _ in
      region.draw(["a", "b", "c"])
      region.draw(["a", "b", "c"])
      region.draw(["a"])
      region.erase()
      region.erase()
    }
    #expect(
      text == "\ra\u{1B}[K\r\nb\u{1B}[K\r\nc\u{1B}[K\u{1B}[J\r" + "\r\u{1B}[2Aa\u{1B}[K\u{1B}[J\r"
        + "\r\u{1B}[J" + "end")
  }

  @Test func otherOutputIsAboveIt() throws {
    let text = try sent { region, stream, _ in
      region.draw(["a", "b"])
      _ = region.above { stream.write("news\n") }
      region.erase()
      _ = region.above { stream.write("more\n") }
    }
    #expect(text.contains("\r\u{1B}[1A\u{1B}[Jnews\n"))
    #expect(text.contains("news\na\u{1B}[K\r\nb\u{1B}[K\u{1B}[J\r"))
    #expect(text.hasSuffix("\r\u{1B}[1A\u{1B}[Jmore\nend"))
  }

  @Test func noLineIsAsWideAsTheTerminalAndNoFrameAsHigh() throws {
    let text = try sent(columns: 10, rows: 4) { region, _, _ in
      region.draw(Array(repeating: TerminalLine("漢字漢字漢字"), count: 9))
    }
    #expect(text == "\r" + Array(repeating: "漢字漢字\u{1B}[K", count: 3).joined(separator: "\r\n") + "\u{1B}[J\rend")
  }

  @Test func aNarrowerTerminalHasWrappedTheLines() throws {
    let text = try sent(columns: 20) { region, _, resize in
      region.draw(["123456789012345678", "12345678901", "1234567890123456"])
      resize(8, 10)
      region.draw(["a"])
    }
    // Three rows and two; the cursor is where the third line begins.
    #expect(text.hasSuffix("\r\u{1B}[5Aa\u{1B}[K\u{1B}[J\rend"), "\(text.debugDescription)")
  }

  @Test func nothingIsSentWhereNothingCanBeDrawnAgain() throws {
    let text = try sent(look: .init(canRedraw: false, hasColors: false, isUTF8: true)) { region, _, _ in
      region.draw(["a"])
      region.erase()
    }
    #expect(text == "end")
  }

  @Test func colorsAreOursAndWordsOfOthersAreVisible() throws {
    func line(colors: Bool) throws -> String {
      try sent(columns: 80, look: .init(canRedraw: true, hasColors: colors, isUTF8: true)) { region, _, _ in
        region.draw([TerminalLine("a\u{1B}[2Jb\u{9B}c\nd", .red)])
      }
    }
    #expect(try line(colors: true) == "\r\u{1B}[31ma\\u{1B}[2Jb\\u{9B}c\\u{A}d\u{1B}[m\u{1B}[K\u{1B}[J\rend")
    #expect(try line(colors: false) == "\ra\\u{1B}[2Jb\\u{9B}c\\u{A}d\u{1B}[K\u{1B}[J\rend")
  }

  @Test func theEnvironmentSaysWhatATerminalCanShow() {
    func look(_ environment: [String: String], isTerminal: Bool = true) -> TerminalLook {
      TerminalLook(isTerminal: isTerminal, environment: environment)
    }
    let full = ["TERM": "xterm-256color", "LANG": "de_DE.UTF-8"]
    #expect(look(full) == TerminalLook(canRedraw: true, hasColors: true, isUTF8: true))
    #expect(look(full, isTerminal: false) == TerminalLook(canRedraw: false, hasColors: false, isUTF8: true))
    #expect(!look(full.merging(["NO_COLOR": "1"]) { $1 }).hasColors)
    #expect(look(full.merging(["NO_COLOR": ""]) { $1 }).hasColors)
    for term in ["dumb", ""] { #expect(!look(full.merging(["TERM": term]) { $1 }).canRedraw) }
    #expect(!look(["LANG": "C.UTF-8"]).canRedraw)
    for (variables, isUTF8) in [
      ([:], false), (["LANG": "C"], false), (["LANG": "C.utf8"], true),
      (["LANG": "de_DE.UTF-8", "LC_ALL": "C"], false),
      (["LANG": "C", "LC_CTYPE": "en_GB.UTF-8"], true), (["LANG": "de_DE@euro"], false),
      (["LC_ALL": "", "LANG": "C.UTF-8"], true),
    ] as [([String: String], Bool)] {
      #expect(look(variables).isUTF8 == isUTF8, "\(variables)")
    }
  }
}
