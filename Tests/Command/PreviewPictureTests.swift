import Foundation
import TestSupport
import Testing

/// `preview --png` with a real Chromium, with none, and with one that is none.
@Suite(.serialized) struct PreviewPictureTests {
  private static let relay = ["name: main", "url: \"smtp://127.0.0.1:1\""]
  private static let name = "Donaudampfschifffahrt"

  private static func campaign(in queue: URL) throws -> TestCampaign {
    try TestCampaign(
      in: queue, customers: [PreviewPageTests.customer("1", last: name)], encoding: .utf8, relay: relay)
  }

  /// Width and height in the head of a PNG, which `file` finds to be one.
  private static func size(of picture: URL) throws -> (width: Int, height: Int) {
    let bytes = Array(try Data(contentsOf: picture).prefix(24))
    #expect(Array(bytes[..<8]) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    func number(_ at: Int) -> Int { bytes[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) } }
    return (number(16), number(20))
  }

  /// Every chunk of a PNG with its checksum, by Python's zlib; prints the chunks' names and how many colours there are.
  private static let judge = """
    import struct, sys, zlib
    data = open(sys.argv[1], "rb").read()
    at, names, image = 8, [], b""
    while at < len(data):
        length, name = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length:at + 12 + length])[0] == zlib.crc32(name + body), name
        names.append(name.decode()); image += body if name == b"IDAT" else b""
        at += 12 + length
    print(names[0], names[1], names[-1], len(set(zlib.decompress(image))) > 50)
    """

  @Test func picturesHaveTheWidthThatWasAskedFor() async throws {
    try await TemporaryFolder.with { queue in
      _ = try Self.campaign(in: queue)
      let folder = queue.appendingPathComponent("pictures")
      let made = try await EilbriefProcess.run(
        "preview", "sommer", "--customer", "1", "--png", folder.path, queue: queue)
      #expect(made.status == 0 && made.output == "Wrote 3 pictures to \(folder.path)\n", "\(made.errors)")
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(names == ["1-360.png", "1-800.png", "1-print.png"])
      for (name, width) in zip(names, [360, 800, 718]) {
        let file = folder.appendingPathComponent(name)
        let size = try Self.size(of: file)
        #expect(size.width == width && size.height > 1_000, "\(name): \(size)")
        #expect(try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int == 0o600)
        #expect(try await ChildProcess.tool("python3", ["-c", Self.judge, file.path]) == "IHDR tEXt IEND True\n")
      }
      let again = try await EilbriefProcess.run(
        "preview", "sommer", "--customer", "1", "--png", folder.path, queue: queue)
      #expect(again.status == 73 && again.errors.contains("exists already; name a new folder with --png."))
    }
  }

  /// Says its port, then every connection it gets.
  private static let listener = """
    import socket
    server = socket.create_server(("127.0.0.1", 0))
    print(server.getsockname()[1], flush=True)
    while True:
        server.accept()
        print("connected", flush=True)
    """

  @Test func nothingIsLoadedFromAnywhere() async throws {
    try await TemporaryFolder.with { queue in
      #expect(try await EilbriefProcess.run("init", "herbst", queue: queue).status == 0)
      let listener = try ChildProcess("python3", ["-c", Self.listener])
      try await listener.running {
        try await eventually("it listens") { listener.outputSoFar.hasSuffix("\n") }
        let port = listener.outputSoFar.dropLast()
        let template = queue.appendingPathComponent("herbst/templates/password-change/de.html.mustache")
        let text = try String(contentsOf: template, encoding: .utf8)
        try Data(
          text.replacing(
            "<main>",
            with: "<main><img src=\"http://127.0.0.1:\(port)/a.png\"><img src=\"http://localhost:\(port)/b.png\">"
          ).utf8
        ).write(to: template)
        let folder = queue.appendingPathComponent("pictures")
        let made = try await EilbriefProcess.run(
          "preview", "herbst", "--sample", "--png", folder.path, queue: queue)
        #expect(made.status == 0, "\(made.errors)")
        #expect(listener.outputSoFar == "\(port)\n")
      }
    }
  }

  @Test func withoutChromiumItSaysWhatToInstall() async throws {
    try await TemporaryFolder.with { queue in
      _ = try Self.campaign(in: queue)
      let made = try await EilbriefProcess.run(
        "preview", "sommer", "--sample", "--png", "\(queue.path)/pictures", queue: queue,
        environment: ["PATH": queue.path])
      #expect(made.status == 73)
      #expect(made.errors.contains("none of chromium, chromium-browser, google-chrome is in PATH. Install one"))
      #expect(!FileManager.default.fileExists(atPath: "\(queue.path)/pictures"))
    }
  }

  /// It ends at once, and tells what it was given.
  @Test func noLetterStandsInItsArgumentsAndNothingIsLeft() async throws {
    try await TemporaryFolder.with { queue in
      _ = try Self.campaign(in: queue)
      let program = queue.appendingPathComponent("chromium")
      try Data("#!/bin/sh\nfor word in \"$@\"; do echo \"$word\"; done >'\(queue.path)/seen'\n".utf8).write(to: program)
      chmod(program.path, 0o700)
      let made = try await EilbriefProcess.run(
        "preview", "sommer", "--customer", "1", "--png", "\(queue.path)/pictures", queue: queue,
        environment: ["PATH": "\(queue.path):/usr/bin:/bin"])
      #expect(made.status == 73)
      #expect(
        made.errors.contains("eilbrief: no picture was made: Chromium ended before it was through."), "\(made.errors)")
      let words = try String(contentsOf: queue.appendingPathComponent("seen"), encoding: .utf8).split(separator: "\n")
      #expect(words.contains("--no-sandbox") == (getuid() == 0))
      #expect(words.contains("--host-resolver-rules=MAP * ~NOTFOUND"))
      #expect(!words.contains { $0.contains(Self.name) || $0.contains("html>") })
      let profile = try #require(words.first { $0.hasPrefix("--user-data-dir=") }?.dropFirst(16))
      #expect(
        !FileManager.default.fileExists(atPath: URL(fileURLWithPath: String(profile)).deletingLastPathComponent().path))
      #expect(!FileManager.default.fileExists(atPath: "\(queue.path)/pictures"))
    }
  }
}
