import Foundation
import TestSupport

/// A relay on loopback that speaks and logs as OpenSMTPD 6.8 does: a number per session and per message, no Message-ID.
/// It loses the answer to chosen messages, counted from 1: of `taken` it keeps the letter, of `cut` it does not.
struct SessionLogRelay: Sendable {
  let port: Int
  private let logFile: URL

  var log: String { (try? String(contentsOf: logFile, encoding: .utf8)) ?? "" }

  static func with<Value>(
    taken: [Int], cut: [Int], _ body: (SessionLogRelay) async throws -> Value
  ) async throws -> Value {
    try await TemporaryFolder.with { folder in
      let log = folder.appendingPathComponent("log")
      func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ",") }
      let child = try ChildProcess("python3", ["-u", "-c", program, log.path, list(taken), list(cut)])
      return try await child.running {
        var port: Int?
        try await eventually("the relay listens") {
          port = Int(child.outputSoFar.trimmingCharacters(in: .whitespacesAndNewlines))
          return port != nil
        }
        return try await body(SessionLogRelay(port: port ?? 0, logFile: log))
      }
    }
  }

  /// A line as the relay would write it that many seconds from now.
  static func line(_ seconds: TimeInterval, _ text: String) -> String {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.dateFormat = "MMM d HH:mm:ss"
    let words = format.string(from: Date(timeIntervalSinceNow: seconds)).split(separator: " ").map(String.init)
    return "\(words[0]) \(words[1].count == 1 ? " " : "")\(words[1]) \(words[2]) relay smtpd[4711]: \(text)\n"
  }

  /// A session of somebody else's with one letter.
  static func session(_ seconds: TimeInterval, from sender: String, to recipient: String) -> String {
    let id = "00000000000000ff"
    return line(seconds, "\(id) smtp connected address=127.0.0.1 host=localhost")
      + line(seconds, "\(id) smtp message msgid=12345678 size=9 nrcpt=1 proto=ESMTP")
      + line(seconds, "\(id) smtp envelope evpid=123456789abcdef0 from=<\(sender)> to=<\(recipient)>")
      + line(seconds, "\(id) smtp disconnected reason=quit")
  }

  private static let program = """
    import itertools, os, socket, sys, threading, time
    path, taken, cut = sys.argv[1], *({int(n) for n in a.split(",") if n} for a in sys.argv[2:4])
    numbers, file = itertools.count(1), open(path, "a", buffering=1)

    def log(text):
        now = time.localtime()
        file.write(f"{time.strftime('%b', now)} {now.tm_mday:2d} {time.strftime('%H:%M:%S', now)} relay smtpd[4711]: {text}\\n")

    def serve(client):
        session, lines = os.urandom(8).hex(), client.makefile("rb")
        def say(text): client.sendall(text.encode() + b"\\r\\n")
        log(f"{session} smtp connected address=127.0.0.1 host=localhost")
        say("220 relay ESMTP OpenSMTPD")
        for line in lines:
            verb, rest = line[:4].upper(), line.decode().strip()
            if verb == b"EHLO": say("250-relay\\r\\n250-8BITMIME\\r\\n250 HELP")
            elif verb == b"MAIL": sender = rest[rest.index("<") + 1:rest.index(">")]; say("250 2.0.0 Ok")
            elif verb == b"RCPT": recipient = rest[rest.index("<") + 1:rest.index(">")]; say("250 2.1.5 Recipient ok")
            elif verb == b"DATA":
                say("354 Enter mail")
                number, message = next(numbers), os.urandom(4).hex()
                for line in lines:
                    if line == b".\\r\\n": break
                if number in cut: break
                if number not in taken: say(f"250 2.0.0 {message} Message accepted for delivery")
                log(f"{session} smtp message msgid={message} size=9 nrcpt=1 proto=ESMTP")
                log(f"{session} smtp envelope evpid={message}{os.urandom(4).hex()} from=<{sender}> to=<{recipient}>")
                if number in taken: break
            elif verb == b"QUIT": say("221 Bye"); break
            else: say("250 2.0.0 Ok")
        client.shutdown(socket.SHUT_RDWR)
        log(f"{session} smtp disconnected reason=quit")

    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1])
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
    """
}
