import Foundation
import TestSupport

/// A proxy before a relay on loopback, without TLS, that loses the answer to some messages: after the final dot the
/// client hears nothing more and the connection is closed. Of the eighth message and every eighth after it the relay gets
/// everything; of the fourth and every eighth after it, everything but the final dot. After ``faulty`` messages it lets
/// everything pass.
struct LossyProxy: Sendable {
  let port: Int

  static func with<Value>(relay: Int, faulty: Int, _ body: (LossyProxy) async throws -> Value) async throws -> Value {
    let child = try ChildProcess("python3", ["-u", "-c", program, "\(relay)", "\(faulty)"])
    return try await child.running {
      var port: Int?
      try await eventually("the proxy listens") {
        port = Int(child.outputSoFar.trimmingCharacters(in: .whitespacesAndNewlines))
        return port != nil
      }
      return try await body(LossyProxy(port: port ?? 0))
    }
  }

  private static let program = """
    import itertools, socket, sys, threading
    relay, faulty = int(sys.argv[1]), int(sys.argv[2])
    numbers = itertools.count(1)

    def close(*ends):
        for end in ends:
            try: end.shutdown(socket.SHUT_RDWR)
            except OSError: pass

    def answers(client, server, state):
        try:
            while data := server.recv(65536):
                if state["body"] == "asked" and data.startswith(b"354") or b"\\r\\n354" in data: state["body"] = "yes"
                if state["lose"]: break
                client.sendall(data)
        except OSError: pass
        close(client, server)

    def serve(client):
        server = socket.create_connection(("127.0.0.1", relay))
        state = {"body": "no", "lose": False}
        threading.Thread(target=answers, args=(client, server, state), daemon=True).start()
        tail = b""
        try:
            while data := client.recv(65536):
                if state["body"] != "yes":
                    if b"DATA\\r\\n" in data: state["body"] = "asked"
                    server.sendall(data)
                    continue
                end = (tail + data).find(b"\\r\\n.\\r\\n")
                if end < 0:
                    server.sendall(data)
                    tail = (tail + data)[-4:]
                    continue
                number = next(numbers)
                state["body"], before, tail = "no", len(tail), b""
                if number <= faulty and number % 8 == 4:
                    server.sendall(data[: max(0, end - before)])
                    break
                state["lose"] = number <= faulty and number % 8 == 0
                server.sendall(data)
        except OSError: pass
        close(client, server)

    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1])
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
    """
}
