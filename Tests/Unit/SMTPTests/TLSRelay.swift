import Foundation
import TestSupport

/// A relay that speaks TLS: Python's ssl module on loopback, in a process of its own. It takes mail until it is stopped.
final class TLSRelay {
  enum Mode: String {
    case implicit
    case startTLS = "starttls"
  }

  let port: Int
  /// It ends when its input is closed, with this value at the latest.
  private let process: ChildProcess

  /// - Parameters:
  ///   - version: the newest TLS version the relay speaks, as Python names it.
  ///   - offer: how it offers STARTTLS.
  init(
    _ mode: Mode, certificate: Certificates.Pair, version: String = "TLSv1_3", offer: String = "STARTTLS"
  ) async throws {
    let process = try ChildProcess(
      "python3",
      [
        "-W", "ignore::DeprecationWarning", "-c", Self.program, mode.rawValue, certificate.chain.path,
        certificate.key.path, version, offer,
      ], input: .heldOpen)
    self.process = process
    try await eventually("the relay has a port; its words: \(process.errorsSoFar)") {
      process.outputSoFar.hasSuffix("\n")
    }
    guard let port = Int(process.outputSoFar.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw HarnessError("no port: \(process.outputSoFar)")
    }
    self.port = port
  }

  /// The login is anna with the password geheim. Each connection has a thread; a message ends with a lone dot.
  private static let program = """
    import base64, os, socket, ssl, sys, threading
    mode, chain, key, version, offer = sys.argv[1:6]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = getattr(ssl.TLSVersion, version)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.load_cert_chain(chain, key)

    def serve(connection):
        encrypted = mode == "implicit"
        if encrypted:
            connection = context.wrap_socket(connection, server_side=True)
        file = connection.makefile("rwb")
        def say(text):
            file.write(text.encode() + b"\\r\\n")
            file.flush()
        say("220 relay.example ESMTP")
        while True:
            line = file.readline()
            if not line:
                return
            word = line[:4].upper()
            if word == b"EHLO":
                say("250-relay.example")
                if encrypted:
                    say("250-PIPELINING")
                    say("250 AUTH PLAIN")
                else:
                    say("250-SMTPUTF8")
                    say("250 " + offer)
            elif word == b"STAR":
                say("220 go on")
                connection = context.wrap_socket(connection, server_side=True)
                file = connection.makefile("rwb")
                encrypted = True
            elif word == b"AUTH":
                say("334 ")
                login = file.readline().decode().strip()
                plain = base64.b64decode(login).decode().split("\\0")
                said = "535 5.7.8 wrong login %s: user <%s>, password %s" % (login, plain[1].upper(), plain[2])
                say("235 ok" if login == "AGFubmEAZ2VoZWlt" else said)
            elif word == b"DATA":
                say("354 go on")
                count = 0
                while (line := file.readline()) != b".\\r\\n":
                    count += len(line)
                say("250 2.0.0 %d bytes" % count)
            else:
                say("250 ok")

    def guarded(connection):
        try:
            serve(connection)
        except (OSError, ValueError):
            pass
        finally:
            connection.close()

    def leave_with_parent():
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=leave_with_parent, daemon=True).start()
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        threading.Thread(target=guarded, args=(listener.accept()[0],), daemon=True).start()
    """
}
