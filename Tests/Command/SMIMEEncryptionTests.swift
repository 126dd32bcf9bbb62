import Foundation
import TestSupport
import Testing

/// Letters encrypted for customers whose certificates lie in a folder, from the campaign file to the mailbox.
@Suite struct SMIMEEncryptionTests {
  /// The customers' certificates in `kunden-zertifikate`: the first two customers have one each, the third had one.
  private struct Scene {
    let base: SMIMEScene
    let owners: [MailAuthority.Issued]
    var certificates: URL { base.url("kunden-zertifikate") }

    init(_ base: SMIMEScene) async throws {
      self.base = base
      let customers = base.campaign.customers
      owners = [
        try await base.authority.issue("first", names: ["email:\(customers[0].contact)"]),
        try await base.authority.issue("second", names: ["email:\(customers[1].contact)"], key: .curve("P-256")),
      ]
      let folder = base.url("kunden-zertifikate")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
      for (issued, name) in zip(owners, ["a.pem", "b.pem"]) {
        try Data(contentsOf: issued.certificate).write(to: folder.appendingPathComponent(name))
      }
      let old = try await base.authority.issue(
        "old", names: ["email:\(customers[2].contact)"], until: "20260101000000Z")
      try Data(contentsOf: old.certificate).write(to: folder.appendingPathComponent("c.pem"))
      try base.campaign.write(
        yaml: base.campaign.yaml().replacing(
          "key_file: smime.key", with: "key_file: smime.key, encrypt_to: kunden-zertifikate"))
    }

    /// The letter to one of the customers, of those that a relay took, as a judge decrypts it with the customer's key.
    func decrypted(_ number: Int, among letters: [[UInt8]]) async throws -> [UInt8] {
      let folder = try TemporaryFolder()
      let contact = base.campaign.customers[number].contact
      let letter = letters.first {
        String(decoding: $0, as: UTF8.self).components(separatedBy: "\nSubject:")[0].contains(contact)
      }
      let file = try folder.write(try #require(letter), to: "letter.eml")
      try await ChildProcess.tool(
        "openssl",
        ["cms", "-decrypt", "-in", file.path, "-recip", owners[number].certificate.path, "-inkey"]
          + [owners[number].key.path, "-out", "decrypted"], folder: folder.url)
      return try Array(Data(contentsOf: folder.url.appending(path: "decrypted")))
    }
  }

  @Test func encryptedLettersArriveAndAreProved() async throws {
    try await PostfixRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let scene = try await Scene(
          SMIMEScene(TestCampaign(in: queue, customers: SMIMEScene.customers, relay: relay)))
        let launch = try await scene.base.run("launch", "--yes")
        #expect(launch.status == 0, "\(launch.errors)")
        try await relay.untilQueueIsEmpty()
        let letters = try relay.deliveredFiles.map { try Array(Data(contentsOf: $0)) }
        #expect(letters.count == 6)
        let encrypted = letters.filter { String(decoding: $0, as: UTF8.self).contains("smime-type=enveloped-data") }
        #expect(encrypted.count == 2)
        for letter in letters where !encrypted.contains(letter) {
          #expect(try await scene.base.authority.verified(letter) != nil)
        }
        for number in 0..<2 {
          let signed = try await scene.decrypted(number, among: encrypted)
          #expect(try await scene.base.authority.verified(signed) != nil)
        }
        for customer in scene.base.campaign.customers {
          let proof = try await scene.base.run("receipts prove", "--customer", customer.id)
          #expect(proof.status == 0 && proof.output.contains(": the same\n"), "\(proof.output)\(proof.errors)")
        }
        // The certificates that were used are part of the plan.
        try FileManager.default.removeItem(at: scene.certificates.appendingPathComponent("b.pem"))
        let changed = "  campaign.yaml: smime.encrypt_to changed\n"
        let resumed = try await scene.base.run("resume")
        #expect(resumed.status == 65 && resumed.errors.contains(changed), "\(resumed.errors)")
        let other = try await scene.base.run("receipts prove", "--customer", scene.base.campaign.customers[1].id)
        #expect(other.status == 65 && other.errors.contains(changed), "\(other.errors)")
      }
    }
  }

  /// One customer's certificate is that customer's own trouble: it is named, and everybody gets the letter.
  @Test func certificatesThatCannotBeUsedStopNobody() async throws {
    try await PostfixRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let scene = try await Scene(
          SMIMEScene(TestCampaign(in: queue, customers: SMIMEScene.customers, relay: relay)))
        let authority = scene.base.authority
        let modulus = try await authority.modulus(of: scene.base.issued)
        let even = Array(modulus.dropLast()) + [modulus[modulus.count - 1] & 0xFE]
        let power100: [UInt8] = [0x10] + Array(repeating: 0, count: 11) + [1]
        let bad: [(file: String, key: RSAPublicKey, words: String)] = [
          ("long", RSAPublicKey(modulus: RSAPublicKey.modulus(bits: 20_000), exponent: [1, 0, 1]), "20000 bits"),
          ("power", RSAPublicKey(modulus: modulus, exponent: power100), "exponent"),
          ("one", RSAPublicKey(modulus: modulus, exponent: [1]), "exponent"),
          ("even", RSAPublicKey(modulus: even, exponent: [1, 0, 1]), "modulus"),
        ]
        for (customer, (file, key, _)) in zip(scene.base.campaign.customers.dropFirst(2), bad) {
          let issued = try await authority.issue(file, names: ["email:\(customer.contact)"], publicKey: key)
          try Data(contentsOf: issued).write(to: scene.certificates.appendingPathComponent("\(file).pem"))
        }
        let check = try await scene.base.run("check")
        #expect(
          check.status == 0 && check.output.contains("2 of 6 letters encrypted"), "\(check.output)\(check.errors)")
        for (file, _, words) in bad {
          let line = check.output.split(separator: "\n").first { $0.contains("/\(file).pem: ") }
          #expect(line?.contains(words) == true && line?.contains("go out unencrypted") == true, "\(check.output)")
        }
        let launch = try await scene.base.run("launch", "--yes")
        #expect(launch.status == 0, "\(launch.output)\(launch.errors)")
        try await relay.untilQueueIsEmpty()
        let letters = try relay.deliveredFiles.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
        #expect(letters.count == 6)
        #expect(letters.count { $0.contains("smime-type=enveloped-data") } == 2)
      }
    }
  }

  @Test func checkCountsAndNamesWhatIsNotUsed() async throws {
    try await TemporaryFolder.with { queue in
      let scene = try await Scene(SMIMEScene(in: queue))
      let stranger = try await scene.base.authority.issue("stranger", names: ["email:nobody@nirgends.example"])
      try Data(contentsOf: stranger.certificate).write(to: scene.certificates.appendingPathComponent("d.pem"))
      try Data("hello".utf8).write(to: scene.certificates.appendingPathComponent("e.txt"))
      let check = try await scene.base.run("check")
      #expect(check.status == 0)
      #expect(check.output.contains(", issued by CN=Test intermediate,O=Test, 2 of 6 letters encrypted\n"))
      let path = scene.certificates.path
      for words in [
        "\(path)/c.pem: this certificate expired at 2026-01-01T00:00:00.000Z; ask the customer for the new one; "
          + "letters that it should encrypt go out unencrypted\n",
        "\(path)/e.txt: this is not a certificate, or a damaged one; export it again as PEM; "
          + "letters that it should encrypt go out unencrypted\n",
        "\(path): no letter goes to the address in d.pem; if it should, correct the customer's contact address "
          + "or ask for another certificate\n",
      ] { #expect(check.output.contains("\n  \(words)"), "\(check.output)") }
      let json = try await scene.base.run("check", "--json")
      #expect(json.output.contains("\"encrypted\" : 2") || json.output.contains("\"encrypted\":2"), "\(json.output)")

      let yaml = try scene.base.campaign.yaml()
      try scene.base.campaign.write(yaml: yaml.replacing("encrypt_to: kunden", with: "encrypt_to: k"))
      let refused = try await scene.base.run("launch", "--yes")
      #expect(refused.status == 78 && refused.errors.contains(": there is no such folder"), "\(refused.errors)")
    }
  }

  @Test func rehearsalsAndPreviewsEncryptAlikeWithKeysOfTheirOwn() async throws {
    try await TemporaryFolder.with { queue in
      let scene = try await Scene(SMIMEScene(in: queue))
      let scratch = queue.appendingPathComponent("scratch")
      let rehearsal = try await scene.base.run("rehearse", "--keep", scratch.path, "--faults", "greylist 60%")
      #expect(rehearsal.status == 0, "\(rehearsal.errors)")
      let folder = scratch.appendingPathComponent("letters")
      let letters = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        .map { try Array(Data(contentsOf: $0)) }
      for number in 0..<2 {
        let signed = try await scene.decrypted(number, among: letters)
        #expect(try await scene.base.authority.verified(signed) != nil)
        let proof = try await scene.base.run(
          "receipts prove", "--customer", scene.base.campaign.customers[number].id, "--made-from",
          scene.base.campaign.folder.path, queue: scratch)
        #expect(proof.status == 0, "\(proof.output)\(proof.errors)")
      }
      func preview() async throws -> [UInt8] {
        Array(try await scene.base.run("preview", "--customer", scene.base.first, "--format", "eml").output.utf8)
      }
      let (first, second) = (try await preview(), try await preview())
      #expect(try await scene.decrypted(0, among: [first]).starts(with: "Content-Type: multipart/signed;".utf8))
      #expect(first != second)
    }
  }
}
