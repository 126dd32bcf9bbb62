import Foundation
import TestSupport

/// A name server that answers as none should: what it does is the first label of the name it is asked for.
struct FaultyNameServer {
  let port: UInt16

  static func with<Value: Sendable>(_ body: (FaultyNameServer) async throws -> Value) async throws -> Value {
    let server = try ChildProcess("python3", ["-c", program])
    return try await server.running {
      try await eventually("the faulty name server listens") { server.outputSoFar.hasSuffix("\n") }
      guard let port = UInt16(server.outputSoFar.trimmingCharacters(in: .newlines)) else {
        throw HarnessError("the faulty name server does not start: \(server.errorsSoFar)")
      }
      return try await body(FaultyNameServer(port: port))
    }
  }

  private static let program = #"""
    import socket
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1], flush=True)
    while True:
        q, client = s.recvfrom(65535)
        end = 12
        while q[end]: end += q[end] + 1
        question = q[12:end + 5]
        word = q[13:13 + q[12]].decode()
        def answer(flags, count=0, rest=b""):
            return q[:2] + flags.to_bytes(2, "big") + b"\0\1" + count.to_bytes(2, "big") + b"\0\0\0\0" + question + rest
        txt = lambda data: b"\xc0\x0c\0\x10\0\1\0\0\1\x2c" + len(data).to_bytes(2, "big") + data
        out = {
            "formerr": lambda: answer(0x8181), "servfail": lambda: answer(0x8182), "refused": lambda: answer(0x8185),
            "garbage": lambda: bytes(range(256)) * 2,
            "rest": lambda: answer(0x8180, 1, b"\xff" * 40),
            "fewer": lambda: answer(0x8180, 9, txt(b"\1a")),
            "string": lambda: answer(0x8180, 1, txt(b"\x50short")),
            "ring": lambda: answer(0x8180, 1, b"\xc0\x0c\0\5\0\1\0\0\1\x2c\0\2\xc0\x0c"),
            "cut": lambda: answer(0x8380),
            "good": lambda: answer(0x8180, 1, txt(b"\4fine")),
        }.get(word)
        if out: s.sendto(out(), client)
    """#
}
