import Foundation
import TestSupport
import Testing

/// The exported folder, checked by what a lawyer has: a shell, sha256sum and openssl.
@Suite struct ReceiptExportTests {
  private static let shells = ["dash", "bash"]

  private func export(_ launched: LaunchedCampaign, to name: String = "proof") async throws -> URL {
    let proof = launched.queue.appendingPathComponent(name)
    let outcome = try await launched.receipts("export", proof.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("Wrote \(proof.path): "))
    #expect(outcome.output.contains("all of them signed"))
    return proof
  }

  private func verdict(_ shell: String, _ folder: URL) async throws -> (isSound: Bool, words: String) {
    let outcome = try await ChildProcess.run(shell, ["verify.sh"], folder: folder)
    return (outcome.status == 0 && outcome.output.hasPrefix("OK: "), outcome.output + outcome.errors)
  }

  private func files(_ folder: URL) throws -> [String] {
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return try names.filter { name in
      try folder.appendingPathComponent(name).resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true
    }.sorted()
  }

  @Test func theFolderIsWholeAndVerifiedByEveryShell() async throws {
    try await LaunchedCampaign.with { launched in
      let proof = try await export(launched)
      let templates = ["de", "en"].flatMap { language in
        ["html", "subject", "txt"].map { "templates/password-change/\(language).\($0).mustache" }
      }
      #expect(
        try files(proof) == [
          "README.txt", "SHA256SUMS", "checkpoint.json", "checkpoint.sig", "plan.json", "plan.txt",
          "receipts-public.pem", "receipts.jsonl",
        ] + templates + ["verify.sh"])
      for shell in Self.shells {
        let (isSound, words) = try await verdict(shell, proof)
        #expect(isSound, "\(shell): \(words)")
      }
      let sums = try await ChildProcess.run("sha256sum", ["-c", "SHA256SUMS"], folder: proof)
      #expect(sums.status == 0 && sums.output.split(separator: "\n").count == 14)

      for name in try files(proof) {
        let mode = try FileManager.default.attributesOfItem(atPath: proof.appendingPathComponent(name).path)[
          .posixPermissions]
        #expect(mode as? Int == (name == "verify.sh" ? 0o700 : 0o600), "\(name)")
        let text = String(decoding: try Data(contentsOf: proof.appendingPathComponent(name)), as: UTF8.self)
        for customer in launched.campaign.customers {
          #expect(!text.contains(customer.contact) && !text.contains(customer.company), "\(name)")
        }
      }
      let plan = try JSONSerialization.jsonObject(with: Data(contentsOf: proof.appendingPathComponent("plan.json")))
      let fields = try #require(plan as? [String: Any])
      let counts = try #require(fields["customers"] as? [String: Int])
      for kind in [GeneratedCustomer.Outcome.letter, .phone, .none] {
        #expect(counts[kind.rawValue] == launched.customers(kind).count)
      }
      #expect(Set(try #require(fields["segments"] as? [String: String]).keys).count == 6)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: launched.queue.path).allSatisfy {
          !$0.contains("unfinished")
        })

      // A name that is taken is left alone.
      let again = try await launched.receipts("export", proof.path)
      #expect(again.status == 73 && again.errors.contains("it exists already"))
      #expect(try await verdict("dash", proof).isSound)
    }
  }

  /// README.txt's own commands, run as they stand there.
  @Test func theStepsOfTheReadmeWork() async throws {
    try await LaunchedCampaign.with { launched in
      let proof = try await export(launched)
      let customer = try #require(launched.customers(.letter).first)
      let letter = proof.appendingPathComponent("letter.eml")
      let proved = try await launched.receipts("prove", "--customer", customer.id, "--output", letter.path)
      #expect(proved.status == 0, "\(proved.errors)")
      let readme = try String(contentsOf: proof.appendingPathComponent("README.txt"), encoding: .utf8)
      let starts = ["sh ", "sha256sum ", "openssl ", "head ", "grep ", "(export "]
      let commands = readme.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { line in starts.contains { line.hasPrefix($0) } }
      var outputs: [String] = []
      for command in commands {
        let name = command.replacing("NAME", with: "password-change")
        let outcome = try await ChildProcess.run("dash", ["-c", name], folder: proof)
        #expect(outcome.status == 0, "\(command): \(outcome.errors)")
        outputs.append(outcome.output)
      }
      let receipts = try String(contentsOf: proof.appendingPathComponent("receipts.jsonl"), encoding: .utf8)
      let checkpoint = try String(contentsOf: proof.appendingPathComponent("checkpoint.json"), encoding: .utf8)
      let lines = receipts.split(separator: "\n")
      try #require(outputs.count == 9, "\(commands)")
      let fingerprint = String(outputs.removeFirst().prefix(64))
      #expect(outputs[0].hasPrefix("OK: ") && outputs[0].contains(" signed with the key \(fingerprint)\n"))
      #expect(outputs[0].hasSuffix("Compare the fingerprint of that key with one the sender told you another way.\n"))
      #expect(outputs[2] == "Signature Verified Successfully\n")
      #expect(checkpoint.contains("\"head\":\"\(outputs[3].prefix(64))\""))
      #expect(lines[4].hasSuffix("\"prev\":\"\(outputs[4].prefix(64))\"}"))
      #expect(outputs[5] == "\(launched.customers(.letter).count)\n")
      #expect(outputs[6].split(separator: "\n").count == 2 && outputs[6].contains("\"event\":\"accepted\""))
      #expect(lines[3].contains("\"template\":\"password-change@\(outputs[7].prefix(12))\""))
    }
  }

  @Test func everyTamperedFileIsFound() async throws {
    try await LaunchedCampaign.with { launched in
      let proof = try await export(launched)
      for name in try files(proof) where name != "verify.sh" {
        for shell in Self.shells {
          let words = try await tampered(proof, name, shell) { $0[$0.count / 2] ^= 1 }
          #expect(name == "SHA256SUMS" || words.contains("NOT SOUND: \(name): FAILED"), "\(name), \(shell): \(words)")
        }
      }
    }
  }

  /// What README.txt says of this very export is so: it was signed before the last lines were written, and templates are gone.
  @Test func theReadmeSaysWhatIsNotThere() async throws {
    try await LaunchedCampaign.with { launched in
      let receipts = launched.campaign.folder.appendingPathComponent("receipts")
      let whole = try await export(launched)
      let before = try String(contentsOf: whole.appendingPathComponent("README.txt"), encoding: .utf8)
      #expect(!before.contains("not signed yet") && !before.contains("is gone since") && !before.contains("purged"))
      // As after a crash: the checkpoint is older than the last line.
      let lines = try String(contentsOf: receipts.appendingPathComponent("receipts.jsonl"), encoding: .utf8)
        .split(separator: "\n")
      let secret = launched.queue.appendingPathComponent("keys/receipts.pem").path
      let text = try String(contentsOf: receipts.appendingPathComponent("checkpoint.json"), encoding: .utf8)
      let head = String(try #require(lines.last).suffix(66).prefix(64))
      let older = text.replacing("\"count\":\(lines.count)", with: "\"count\":\(lines.count - 1)")
        .replacing(/"head":"[0-9a-f]+"/, with: "\"head\":\"\(head)\"")
      try Data(older.utf8).write(to: receipts.appendingPathComponent("checkpoint.json"))
      try await ChildProcess.tool(
        "openssl",
        ["pkeyutl", "-sign", "-inkey", secret, "-rawin", "-in", "checkpoint.json", "-out", "checkpoint.sig"],
        folder: receipts)
      try FileManager.default.removeItem(at: launched.template)
      let proof = launched.queue.appendingPathComponent("older")
      let outcome = try await launched.receipts("export", proof.path)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let readme = try String(contentsOf: proof.appendingPathComponent("README.txt"), encoding: .utf8)
      #expect(readme.contains("lines 1 to \(lines.count - 1) without breaking the signature"))
      #expect(readme.contains("The last line is not signed yet."))
      #expect(readme.contains("without 1 file") && readme.contains("only for a template of which no file is left out"))
      let count =
        try String(contentsOf: proof.appendingPathComponent("receipts.jsonl"), encoding: .utf8)
        .components(separatedBy: "\"event\":\"accepted\"").count - 1
      #expect(readme.contains("prints \(count).\n"))
      #expect(try await verdict("dash", proof).isSound)
    }
  }

  /// With the fingerprint that somebody was told, the script says whether it is that key; without it, it says to compare.
  @Test func theScriptComparesTheKey() async throws {
    try await LaunchedCampaign.with { launched in
      let proof = try await export(launched)
      let fingerprint = String(
        try await ChildProcess.tool("sha256sum", ["receipts-public.pem"], folder: proof).prefix(64))
      let verified = try await launched.receipts("verify")
      #expect(verified.output.contains("  by key  \(fingerprint), this queue's own\n"), "\(verified.output)")
      for shell in Self.shells {
        let same = try await ChildProcess.run(shell, ["verify.sh", fingerprint], folder: proof)
        #expect(same.status == 0 && same.output.hasPrefix("OK: ") && !same.output.contains("Compare"))
        let other = try await ChildProcess.run(shell, ["verify.sh", String(fingerprint.reversed())], folder: proof)
        #expect(other.status == 1 && other.output.hasPrefix("NOT SOUND: signed with the key \(fingerprint), not with"))
      }
    }
  }

  /// Who tampers with a file can write SHA256SUMS anew; the receipts are signed.
  @Test func newChecksumsDoNotHideAChangeOfTheReceipts() async throws {
    let signature = "is not the signature of checkpoint.json"
    let successor = "is not the successor of the line before it"
    let cases: [(name: String, words: String, change: @Sendable (inout [UInt8]) -> Void)] = [
      ("receipts.jsonl", successor, { $0[$0.count / 2] ^= 1 }),
      ("receipts.jsonl", "zero bytes", { $0.insert(0, at: $0.count / 2) }),
      ("receipts.jsonl", "has no end", { $0.removeLast() }),
      ("receipts.jsonl", "has no end", { $0 += Array("{".utf8) }),
      ("receipts.jsonl", "signed lines are there", { $0 = Self.lines($0) { $0.removeLast() } }),
      ("receipts.jsonl", successor, { $0 = Self.lines($0) { $0.remove(at: 3) } }),
      ("receipts.jsonl", successor, { $0 = Self.lines($0) { $0.insert($0[3], at: 3) } }),
      ("receipts.jsonl", successor, { $0 = Self.lines($0) { $0.swapAt(3, 4) } }),
      (
        "receipts.jsonl", "is not the one the checkpoint was signed for",
        { $0 = Self.lines($0) { $0[$0.count - 1][60] ^= 1 } }
      ),
      ("checkpoint.json", signature, { $0[$0.count / 2] ^= 1 }),
      ("checkpoint.sig", signature, { $0[7] ^= 1 }),
      ("receipts-public.pem", signature, { $0[50] ^= 1 }),
      (
        "plan.json", "of another plan",
        { $0 = Array(String(decoding: $0, as: UTF8.self).replacing("sha256:", with: "sha256:0").utf8) }
      ),
    ]
    try await LaunchedCampaign.with { launched in
      let proof = try await export(launched)
      for (number, item) in cases.enumerated() {
        for shell in Self.shells {
          let words = try await tampered(proof, item.name, shell, summedAnew: true, item.change)
          #expect(words.hasPrefix("NOT SOUND: ") && words.contains(item.words), "case \(number), \(shell): \(words)")
        }
      }
    }
  }

  /// The words of verify.sh on a copy with one file changed; it must not be sound.
  private func tampered(
    _ proof: URL, _ name: String, _ shell: String, summedAnew: Bool = false, _ change: (inout [UInt8]) -> Void
  ) async throws -> String {
    let copy = proof.deletingLastPathComponent().appendingPathComponent("copy")
    try FileManager.default.copyItem(at: proof, to: copy)
    defer { try? FileManager.default.removeItem(at: copy) }
    let file = copy.appendingPathComponent(name)
    var bytes = Array(try Data(contentsOf: file))
    change(&bytes)
    try Data(bytes).write(to: file)
    if summedAnew {
      try await ChildProcess.tool(
        "sh", ["-c", "cd '\(copy.path)' && cut -c 67- SHA256SUMS | xargs sha256sum > new && mv new SHA256SUMS"])
    }
    let (isSound, words) = try await verdict(shell, copy)
    #expect(!isSound, "\(name), \(shell)")
    return words
  }

  private static func lines(_ bytes: [UInt8], _ change: (inout [[UInt8]]) -> Void) -> [UInt8] {
    var lines = bytes.dropLast().split(separator: 10).map(Array.init)
    change(&lines)
    return Array(lines.joined(separator: [10])) + [10]
  }

  @Test func templatesThatAreNotThePlansAreLeftOutAndSaidSo() async throws {
    try await LaunchedCampaign.with { launched in
      try Data("anders".utf8).write(to: launched.template)
      try FileManager.default.removeItem(
        at: launched.template.deletingLastPathComponent().appendingPathComponent("en.txt.mustache"))
      let proof = launched.queue.appendingPathComponent("proof")
      let outcome = try await launched.receipts("export", proof.path)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let words = """
        Templates left out:
          password-change/de.txt.mustache changed since the launch
          password-change/en.txt.mustache is not there

        """
      #expect(outcome.errors == words)
      #expect(try files(proof).filter { $0.hasPrefix("templates/") }.count == 4)
      let plan = try String(contentsOf: proof.appendingPathComponent("plan.txt"), encoding: .utf8)
      #expect(plan.contains("Templates left out here:\n  password-change/de.txt.mustache changed since the launch\n"))
      #expect(try await verdict("dash", proof).isSound)
    }
  }

  @Test func onlySoundAndSignedReceiptsAreExported() async throws {
    try await LaunchedCampaign.with { launched in
      let receipts = launched.campaign.folder.appendingPathComponent("receipts")
      let file = receipts.appendingPathComponent("receipts.jsonl")
      let whole = try Data(contentsOf: file)
      var changed = whole
      changed[changed.count / 2] ^= 1
      try changed.write(to: file)
      let proof = launched.queue.appendingPathComponent("proof")
      let damaged = try await launched.receipts("export", proof.path)
      #expect(damaged.status == 65 && damaged.errors.contains("the line was changed after it was written"))
      try whole.write(to: file)
      try FileManager.default.removeItem(at: receipts.appendingPathComponent("checkpoint.json"))
      let unsigned = try await launched.receipts("export", proof.path)
      #expect(unsigned.status == 65 && unsigned.errors.contains("checkpoint: there is none yet"))
      let left = try FileManager.default.contentsOfDirectory(atPath: launched.queue.path)
      #expect(left.allSatisfy { !$0.contains("proof") }, "\(left)")
      let verified = try await launched.receipts("verify")
      #expect(
        verified.status == 0 && verified.output.contains(" lines, not signed; chain unbroken"), "\(verified.output)")
    }
  }

  /// A line in the middle of being written is no part of the copy.
  @Test func aLineThatIsNotWholeYetIsLeftOut() async throws {
    try await LaunchedCampaign.with { launched in
      let file = launched.campaign.folder.appendingPathComponent("receipts/receipts.jsonl")
      let whole = try Data(contentsOf: file)
      try (whole + Data("{\"seq\":".utf8)).write(to: file)
      let proof = try await export(launched)
      #expect(try Data(contentsOf: proof.appendingPathComponent("receipts.jsonl")) == whole)
      #expect(try await verdict("dash", proof).isSound)
    }
  }

  /// Sound and signed, but of another campaign with the same plan, or of another plan under the same name.
  @Test(arguments: [(name: "winter", measures: "Wir prüfen"), (name: "sommer", measures: "Wir wissen")])
  func receiptsOfAnotherCampaignOrPlanAreNotExported(_ name: String, _ measures: String) async throws {
    try await LaunchedCampaign.with { launched in
      let yaml = try launched.campaign.yaml().replacing("Wir prüfen", with: measures)
      let queue = launched.queue.appendingPathComponent("queue-2")
      let other = try TestCampaign(name, in: queue, customers: launched.campaign.customers, relay: [])
      try other.write(yaml: yaml)
      try FileManager.default.copyItem(
        at: launched.campaign.folder.appendingPathComponent("templates"),
        to: other.folder.appendingPathComponent("templates"))
      let launch = try await EilbriefProcess.run("launch", name, "--yes", queue: queue)
      #expect(launch.status == 0, "\(launch.errors)")
      let receipts = launched.campaign.folder.appendingPathComponent("receipts")
      try FileManager.default.removeItem(at: receipts)
      try FileManager.default.copyItem(at: other.folder.appendingPathComponent("receipts"), to: receipts)
      let proof = launched.queue.appendingPathComponent("proof")
      let outcome = try await launched.receipts("export", proof.path)
      #expect(outcome.status == 65 && outcome.errors.contains("these are the receipts of another campaign or plan"))
      #expect(!FileManager.default.fileExists(atPath: proof.path))
      let words =
        name == launched.name
        ? "these are the receipts of another plan than the queue has of sommer.\n"
        : "these are the receipts of winter, not of sommer.\n"
      let customer = try #require(launched.customers(.letter).first)
      for verb in ["show", "prove"] {
        let refused = try await launched.receipts(verb, "--customer", customer.id)
        #expect(refused.status == 65 && refused.output == "" && refused.errors.hasSuffix(words), "\(refused.errors)")
      }
      let verified = try await launched.receipts("verify")
      let fault =
        name == launched.name
        ? "line 1: the queue's database has another plan of sommer\n"
        : "these are the receipts of winter, not of sommer.\n"
      #expect(verified.status == 65 && verified.output == "" && verified.errors.contains(fault), "\(verified.errors)")
    }
  }

  @Test func whatIsVerifiedIsPrintedAsJSON() async throws {
    struct Document: Decodable {
      struct Fault: Decodable {
        let line: Int?
        let reason: String
      }
      let schema: Int
      let campaign: String
      let plan: String?
      let sound: Bool
      let fault: Fault?
      let lines: Int
      let signedLines: Int?
      let head: String?
      let checkpointAt: String?
      let messages: [String: Int]
      let purgedAt: String?
    }
    func document(_ outcome: ChildProcess.Outcome) throws -> Document {
      // Every key of the schema is there, also where its value is null.
      let keys = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
      #expect(keys?.count == 18)
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(Document.self, from: Data(outcome.output.utf8))
    }
    try await LaunchedCampaign.with { launched in
      let receipts = launched.campaign.folder.appendingPathComponent("receipts")
      let status = try await CommandStatus.read(launched.campaign)
      let outcome = try await launched.receipts("verify", "--json")
      let verified = try document(outcome)
      #expect(outcome.status == 0 && outcome.errors == "")
      #expect(verified.schema == 1 && verified.campaign == launched.name && verified.plan == status.plan)
      #expect(verified.sound && verified.fault == nil && verified.purgedAt == nil)
      #expect(verified.lines == verified.signedLines && verified.messages == status.messages)
      let checkpoint = try String(contentsOf: receipts.appendingPathComponent("checkpoint.json"), encoding: .utf8)
      #expect(checkpoint.contains("\"head\":\"\(try #require(verified.head))\""))
      #expect(checkpoint.contains("\"at\":\"\(try #require(verified.checkpointAt))\""))

      let file = receipts.appendingPathComponent("receipts.jsonl")
      let whole = try String(contentsOf: file, encoding: .utf8)
      // The first two lines: plan and start; all letters are queued then.
      let start = whole.split(separator: "\n").prefix(2).joined(separator: "\n") + "\n"
      try Data(start.utf8).write(to: file)
      let cut = try await launched.receipts("verify", "--json")
      let fault = try #require(try document(cut).fault)
      #expect(cut.status == 65 && cut.errors.contains("line 3: lines are missing"))
      #expect(fault.line == 3 && fault.reason.hasPrefix("lines are missing"))
      #expect(try !document(cut).sound && document(cut).lines == 2 && document(cut).signedLines == nil)
      for name in ["checkpoint.json", "checkpoint.sig"] {
        try FileManager.default.removeItem(at: receipts.appendingPathComponent(name))
      }
      let unsigned = try document(try await launched.receipts("verify", "--json"))
      #expect(unsigned.sound && unsigned.signedLines == nil && unsigned.checkpointAt == nil)
      let letters = status.customers.letter
      #expect(unsigned.messages["queued"] == letters && unsigned.messages["total"] == letters)
    }
  }

  /// After a crash between the two renames of a checkpoint, the copy has the pair that fits, under its plain names.
  @Test func aCheckpointHalfRenamedIsExportedWhole() async throws {
    try await LaunchedCampaign.with { launched in
      let receipts = launched.campaign.folder.appendingPathComponent("receipts")
      let signature = receipts.appendingPathComponent("checkpoint.sig")
      try FileManager.default.moveItem(at: signature, to: receipts.appendingPathComponent("checkpoint.sig.new"))
      try Data(repeating: 1, count: 64).write(to: signature)
      let proof = try await export(launched)
      for shell in Self.shells { #expect(try await verdict(shell, proof).isSound) }
    }
  }
}
