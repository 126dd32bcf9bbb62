import Foundation
import TestSupport
import Testing

/// `receipts verify --key`: what is wrong with the key, and what with the receipts.
@Suite struct ReceiptKeyTests {
  @Test func whatIsWrongWithTheKeyIsSaid() async throws {
    try await LaunchedCampaign.with { launched in
      let receipts = launched.campaign.folder.appendingPathComponent("receipts")
      let own = receipts.appendingPathComponent("receipts-public.pem").path
      #expect(try await launched.receipts("verify", "--key", own).status == 0)

      let none = launched.queue.appendingPathComponent("none.pem").path
      let missing = try await launched.receipts("verify", "--key", none)
      #expect(missing.status == 64 && missing.errors == "eilbrief: \(none): there is no such file.\n")
      let yaml = launched.campaign.folder.appendingPathComponent("campaign.yaml").path
      let noKey = try await launched.receipts("verify", "--key", yaml)
      #expect(noKey.status == 64 && noKey.errors == "eilbrief: \(yaml): not an Ed25519 public key in PEM form.\n")

      let secret = launched.queue.appendingPathComponent("other-secret.pem").path
      let other = launched.queue.appendingPathComponent("other.pem").path
      try await ChildProcess.tool("openssl", ["genpkey", "-algorithm", "ed25519", "-out", secret])
      try await ChildProcess.tool("openssl", ["pkey", "-in", secret, "-pubout", "-out", other])
      let foreign = try await launched.receipts("verify", "--key", other)
      #expect(foreign.status == 65 && foreign.output == "")
      let words = "eilbrief: \(receipts.path): not signed with the key in \(other).\nThe chain itself is unbroken ("
      #expect(foreign.errors.hasPrefix(words), "\(foreign.errors)")
      #expect(foreign.errors.contains("all of them signed), signed with the key in receipts-public.pem there"))

      // Then it is more than the key.
      let file = receipts.appendingPathComponent("receipts.jsonl")
      var bytes = try Data(contentsOf: file)
      bytes[bytes.count / 2] ^= 1
      try bytes.write(to: file)
      let both = try await launched.receipts("verify", "--key", other)
      let fault = "eilbrief: \(receipts.path): checkpoint: checkpoint.sig is not the signature of checkpoint.json\n"
      #expect(both.status == 65 && both.errors == fault, "\(both.errors)")
    }
  }
}
