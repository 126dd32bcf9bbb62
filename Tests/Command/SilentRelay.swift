import Foundation
import TestSupport

/// A relay on loopback that falls silent at one place of every dialogue, with the connection left open, or that has another
/// bad habit. It writes down what happens, one line each: `silent`, `letter RECIPIENT`, `closed`.
struct SilentRelay: Sendable {
  enum Habit: String, CaseIterable, Sendable {
    case greeting, ehlo, mail, rcpt, data, dot, quit
    /// Takes only the first line of what comes together, and offers PIPELINING.
    case swallow
    /// Names a SIZE of 2,000 bytes.
    case small
    case none
  }

  let port: Int
  private let file: URL

  static func with<Value>(_ habit: Habit, _ body: (SilentRelay) async throws -> Value) async throws -> Value {
    try await TemporaryFolder.with { folder in
      let log = folder.appendingPathComponent("log")
      let child = try ChildProcess("python3", ["-u", "-c", program, log.path, habit.rawValue], input: .heldOpen)
      return try await child.running {
        try await eventually("the relay listens; its words: \(child.errorsSoFar)") { child.outputSoFar.hasSuffix("\n") }
        guard let port = Int(child.outputSoFar.split(separator: "\n")[0]) else { throw HarnessError("no port") }
        return try await body(SilentRelay(port: port, file: log))
      }
    }
  }

  var events: [String] {
    ((try? String(contentsOf: file, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
  }
  var recipients: [String] { events.filter { $0.hasPrefix("letter ") }.map { String($0.dropFirst(7)) }.sorted() }

  private static let program = #"""
    import socket, sys, threading
    path, habit = sys.argv[1:3]
    file = open(path, "a", buffering=1)

    class Lines:
        def __init__(self, client): self.client, self.kept = client, b""
        def next(self):
            while b"\n" not in self.kept:
                more = self.client.recv(65536)
                if not more: return b""
                self.kept += more
            line, _, rest = self.kept.partition(b"\n")
            self.kept = rest
            return line + b"\n"

    def serve(client):
        lines, recipient = Lines(client), ""
        def say(text): client.sendall(text.encode() + b"\r\n")
        def at(place):
            if habit != place: return
            file.write("silent\n")
            while client.recv(65536): pass
            raise EOFError
        try:
            at("greeting")
            say("220 relay.example ESMTP")
            while True:
                line = lines.next()
                if habit == "swallow": lines.kept = b""
                verb = line[:4].upper()
                if not line: break
                if verb == b"EHLO":
                    at("ehlo")
                    say("250-relay.example" + ("\r\n250-PIPELINING" if habit == "swallow" else "")
                        + ("\r\n250-SIZE 2000" if habit == "small" else "") + "\r\n250 HELP")
                elif verb == b"MAIL": at("mail"); say("250 2.1.0 ok")
                elif verb == b"RCPT":
                    at("rcpt")
                    recipient = line.decode().split("<")[1].split(">")[0]
                    say("250 2.1.5 ok")
                elif verb == b"DATA":
                    at("data")
                    say("354 go on")
                    while True:
                        line = lines.next()
                        if not line: raise EOFError
                        if line == b".\r\n": break
                    file.write(f"letter {recipient}\n")
                    at("dot")
                    say("250 2.0.0 taken")
                elif verb == b"QUIT": at("quit"); say("221 bye"); break
                else: say("250 2.0.0 ok")
        except (EOFError, OSError): pass
        file.write("closed\n")
        client.close()

    server = socket.create_server(("127.0.0.1", 0))
    def accept():
        while True: threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
    threading.Thread(target=accept, daemon=True).start()
    print(server.getsockname()[1], flush=True)
    sys.stdin.read()
    """#
}
