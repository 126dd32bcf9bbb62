import Foundation
import TestSupport

/// A relay on loopback whose every reply holds given bytes, and that keeps what it takes as files.
///
/// It refuses recipients whose address begins with `refuse`, puts off those with `defer`, and closes the connection after
/// the final dot to those with `lose`. It ends with the test, and when the test process dies: its standard input does.
struct HostileRelay: Sendable {
  let port: Int
  private let folder: URL

  static func with<Value>(
    saying words: [UInt8], _ body: (HostileRelay) async throws -> Value
  ) async throws -> Value {
    try await TemporaryFolder.with { folder in
      let hex = words.map { String(Int($0) + 256, radix: 16).dropFirst() }.joined()
      let relay = try ChildProcess("python3", ["-c", script, folder.path, hex], input: .heldOpen)
      return try await relay.running {
        try await eventually("the relay listens; its words: \(relay.errorsSoFar)") { relay.outputSoFar.hasSuffix("\n") }
        guard let port = Int(relay.outputSoFar.split(separator: "\n")[0]) else { throw HarnessError("no port") }
        return try await body(HostileRelay(port: port, folder: folder))
      }
    }
  }

  /// The verification codes in the letters it took.
  func codes() throws -> [String] {
    try letters().compactMap { letter in
      letter.replacing("=\r\n", with: "").firstMatch(of: /\d{4} \d{4} \d{4}/).map { String($0.output) }
    }
  }

  func letters() throws -> [String] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
  }

  private static let script = #"""
    import itertools, os, socket, sys, threading
    folder, words = sys.argv[1], bytes.fromhex(sys.argv[2])
    server = socket.create_server(("127.0.0.1", 0))
    numbers = itertools.count()

    def serve(client):
        lines = client.makefile("rb")
        say = lambda code, text: client.sendall(code + b" " + text + b" " + words + b"\r\n")
        say(b"220", b"relay.example ESMTP")
        recipient = b""
        for line in lines:
            verb = line[:4].upper()
            if verb in (b"EHLO", b"HELO"): client.sendall(b"250 relay.example\r\n")
            elif verb == b"RCPT":
                recipient = line.lower()
                if b"<refuse" in recipient: say(b"550", b"5.1.1 no such mailbox")
                elif b"<defer" in recipient: say(b"450", b"4.2.1 busy")
                else: say(b"250", b"2.1.5 yes")
            elif verb == b"DATA":
                say(b"354", b"go on")
                letter = []
                for line in lines:
                    if line == b".\r\n": break
                    letter.append(line)
                if b"<lose" in recipient:
                    client.shutdown(socket.SHUT_RDWR)
                    return
                with open(os.path.join(folder, str(next(numbers))), "wb") as file: file.writelines(letter)
                say(b"250", b"2.0.0 taken")
            elif verb == b"QUIT":
                say(b"221", b"bye")
                client.close()
                return
            else: say(b"250", b"2.0.0 fine")

    def accept():
        while True:
            client, _ = server.accept()
            threading.Thread(target=serve, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    print(server.getsockname()[1], flush=True)
    sys.stdin.read()
    """#
}
