import Foundation
import Rehearsal
import RelaySupport
import TestSupport
import Testing

/// Python's smtplib as the client: a judge that is not ours.
@Suite struct SmtplibTests {
  private static let script = """
    import email.message, email.policy, pathlib, smtplib, sys
    port, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as relay:
        relay.ehlo("client.example")
        assert relay.has_extn("pipelining") and relay.has_extn("8bitmime") and relay.has_extn("smtputf8")
        for number in range(1, 51):
            message = email.message.EmailMessage(policy=email.policy.SMTP)
            message["From"] = "Kanzlei-IT Beispiel <support@kanzlei-it.example>"
            message["To"] = f"Jürgen Müßig <k{number}@kanzlei.example>"
            message["Subject"] = f"Bitte ändern Sie Ihr Passwort für Postfach {number}"
            message["Message-ID"] = f"<{number}.kampagne@kanzlei-it.example>"
            message.set_content(
                "Sehr geehrte Frau Größe,\\n.\\n..\\n.Punkt am Anfang\\n\\n" + "äöüß ÄÖÜ €\\n" * number,
                cte="8bit" if number % 2 else "quoted-printable")
            data = message.as_bytes()
            (folder / f"{number:06}.eml").write_bytes(data)
            relay.sendmail("support@kanzlei-it.example", [f"k{number}@kanzlei.example"], data,
                           mail_options=["BODY=8BITMIME"])
    """

  @Test func keepsByteForByteWhatPythonSent() async throws {
    try await withScratchFolder { scratch in
      let sent = scratch.appending(path: "sent")
      let kept = scratch.appending(path: "kept")
      try FileManager.default.createDirectory(at: sent, withIntermediateDirectories: false)
      try await withRelay(RelayOptions(keeping: .folder(kept))) { relay, port in
        let outcome = try await ChildProcess.run("python3", ["-c", Self.script, String(port), sent.path])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(relay.journal.map(\.messageID) == (1...50).map { "<\($0).kampagne@kanzlei-it.example>" })
        #expect(relay.journal.map(\.recipients) == (1...50).map { ["k\($0)@kanzlei.example"] })
        #expect(relay.journal.allSatisfy { $0.eightBit && $0.sender == "support@kanzlei-it.example" })
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: sent.path).sorted()
      #expect(names.count == 50)
      #expect(try FileManager.default.contentsOfDirectory(atPath: kept.path).sorted() == names)
      for name in names {
        let bytes = try Data(contentsOf: sent.appending(path: name))
        #expect(bytes.contains(0xc3) || bytes.contains(UInt8(ascii: "=")))
        #expect(try Data(contentsOf: kept.appending(path: name)) == bytes, "\(name)")
      }
    }
  }
}
