import Foundation
import TestSupport
import Testing

/// `release: two`, as two people and a lawyer go: nothing leaves before both have approved just this, and the receipts say
/// who they were.
@Suite struct ReleaseTests {
  /// Approved by Anna and Bernd, and launched.
  private func launched(_ body: (ReleaseScene) async throws -> Void) async throws {
    try await ReleaseScene.with { scene in
      try await scene.approve("Anna Beispiel")
      try await scene.approve("Bernd Groß")
      let launch = try await scene.run("launch", "--yes")
      #expect(launch.status == 0, "\(launch.errors)")
      #expect(launch.output.hasPrefix("Released by Anna Beispiel ("), "\(launch.output)")
      #expect(try scene.bad.relay.recipients().count == 2)
      try await body(scene)
    }
  }

  @Test func nothingIsLaunchedWithoutApprovals() async throws {
    try await ReleaseScene.with { scene in
      try await scene.expectNotReleased(
        "and none counts yet. Nothing was frozen.\nNext, by two people, each: `eilbrief approve \(scene.name) --as NAME`\n"
      )
    }
  }

  @Test func anApprovalShowsWhatIsApproved() async throws {
    try await ReleaseScene.with { scene in
      let name = scene.name
      let anna = try await scene.approve("Anna Beispiel")
      for shown in [
        "\n  plan       sha256:", "\n  from       Kanzlei-IT Beispiel <support@kanzlei-it.example>\n",
        "\n  through    main (localhost:\(scene.bad.relay.port))\n", "\n  deadline   2099-11-23 ",
        "\n  customers  2: letter 2, phone 0, none 0\n",
        "\n  2  password-change de  “Sicherheitsvorfall vom 20. November 2026: ", "\nApprovals\n  none yet\n",
        "\nApproved \(name) as Anna Beispiel; it is on disk.\nNext, by another person: `eilbrief approve \(name) --as NAME`\n",
      ] { #expect(anna.output.contains(shown), "\(shown)\n\(anna.output)") }
    }
  }

  @Test func onePersonIsNotEnoughAndCountsOnce() async throws {
    try await ReleaseScene.with { scene in
      try await scene.approve("Anna Beispiel")
      try await scene.expectNotReleased(
        ", and one counts. Nothing was frozen.\n  the approval of Anna Beispiel at ",
        " counts\nNext, by another person: ")
      let again = try await scene.approve(" ANNA \u{A0}beispiel")
      #expect(again.output.contains("\nAnna Beispiel has approved this already, at "), "\(again.output)")
      #expect(again.output.contains(", and counts once.\nNext, by another person: "), "\(again.output)")
      #expect(try scene.lines().count == 1)
      try await scene.expectNotReleased()
    }
  }

  @Test func twoPeopleReleaseALaunch() async throws {
    try await ReleaseScene.with { scene in
      try await scene.approve("Anna Beispiel")
      let bernd = try await scene.approve("Bernd Groß")
      #expect(bernd.output.contains("\n  the approval of Anna Beispiel at "))
      #expect(bernd.output.contains("\nReleased by Anna Beispiel ("), "\(bernd.output)")
      #expect(bernd.output.hasSuffix(").\nNext: eilbrief launch \(scene.name)\n"), "\(bernd.output)")
      let check = try await scene.run("check")
      #expect(check.output.contains("\n\nRelease: two have approved it\n  the approval of Anna Beispiel at "))
      #expect(check.output.contains("\n\nReady, but see the warnings above."))
    }
  }

  @Test func afterTheLaunchNothingIsApproved() async throws {
    try await launched { scene in
      let resume = try await scene.run("resume")
      #expect(resume.status == 0)
      let late = try await scene.run("approve", "--as", "Cem", "--yes")
      #expect(
        late.status == 64 && late.errors.contains(" is completed: what is approved is approved before the launch."))
      #expect(try scene.lines().count == 2)
    }
  }

  private struct Line: Decodable {
    var seq: Int
    var event: String
    var approvedBy: String?
    var approvedAt: String?
    var plan: String?
  }

  private func receipts(of scene: ReleaseScene) -> URL {
    scene.campaign.folder.appendingPathComponent("receipts/receipts.jsonl")
  }

  private func lines(of text: String) throws -> [Line] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try text.split(separator: "\n").map { try decoder.decode(Line.self, from: Data($0.utf8)) }
  }

  @Test func receiptsAndStatusSayWhoReleased() async throws {
    try await launched { scene in
      let lines = try lines(of: String(contentsOf: receipts(of: scene), encoding: .utf8))
      #expect(lines.prefix(4).map(\.event) == ["plan-frozen", "approved", "approved", "started"])
      #expect(lines[1...2].map(\.approvedBy) == ["Anna Beispiel", "Bernd Groß"])
      #expect(lines[1...2].allSatisfy { $0.plan == lines[0].plan })

      for command in [["receipts", "verify", scene.name], ["status", scene.name]] {
        let outcome = try await scene.run(command)
        let words = outcome.output.firstMatch(
          of: /\n  released by Anna Beispiel \(.{16} \S+\) and Bernd Groß \(.{16} \S+\)\n/)
        #expect(outcome.status == 0 && words != nil, "\(outcome.output)\(outcome.errors)")
        let json = try await scene.run(command + ["--json"])
        let fields = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        let released = try #require(fields?["released_by"] as? [[String: String]])
        #expect(released.map { $0["name"] } == ["Anna Beispiel", "Bernd Groß"])
        #expect(released.map { $0["at"] } == lines[1...2].map(\.approvedAt))
      }
    }
  }

  @Test func exportedReceiptsTieTheApprovalsToTheChain() async throws {
    try await launched { scene in
      let lines = try lines(of: String(contentsOf: receipts(of: scene), encoding: .utf8))
      let proof = scene.queue.appendingPathComponent("proof")
      let export = try await scene.run("receipts", "export")
      #expect(export.status == 64)
      let exported = try await scene.run(["receipts", "export", scene.name, proof.path])
      #expect(exported.status == 0, "\(exported.errors)")
      #expect(
        try Data(contentsOf: proof.appendingPathComponent("approvals.jsonl")) == Data(contentsOf: scene.approvals))
      let plan = try String(contentsOf: proof.appendingPathComponent("plan.txt"), encoding: .utf8)
      #expect(plan.contains("\napproved by   Anna Beispiel, \(lines[1].approvedAt ?? "")\napproved by   Bernd Groß, "))
      let sound = try await ChildProcess.run("sh", ["verify.sh"], folder: proof)
      #expect(sound.output.hasPrefix("OK: "), "\(sound.output)")
      let loop = try await ChildProcess.run("sh", ["-c", try documentedLoop()], folder: proof)
      #expect(loop.output.split(separator: "\n").count == 2, "\(loop.output)\(loop.errors)")
      #expect(loop.output.hasPrefix(#"released by: {"at":""#))
    }
  }

  @Test func anotherNameOrAnApprovalLessBreaksTheReceipts() async throws {
    try await launched { scene in
      let file = receipts(of: scene)
      let text = try String(contentsOf: file, encoding: .utf8)
      for (changed, place) in [
        (text.replacing("Anna Beispiel", with: "Anja Beispiel"), "line 2: "),
        (text.replacing(/\{"seq":3.*\n/, with: ""), "line 3: "),
      ] {
        try Data(changed.utf8).write(to: file)
        let verify = try await scene.run(["receipts", "verify", scene.name])
        #expect(verify.status == 65 && verify.errors.contains(place), "\(verify.errors)")
      }
    }
  }

  @Test func aPurgeLeavesWhoReleased() async throws {
    try await launched { scene in
      let purge = try await scene.run("purge", "--now", "--confirm", scene.name)
      #expect(purge.status == 0 && !purge.output.contains("approvals.jsonl"), "\(purge.output)\(purge.errors)")
      #expect(try scene.lines().count == 2)
      let verify = try await scene.run(["receipts", "verify", scene.name])
      #expect(verify.status == 0 && verify.output.contains("\n  released by Anna Beispiel ("))
    }
  }

  private func documentedLoop() throws -> String {
    let document = PackageRoot.file("docs/receipts.md")
    let text = try String(contentsOf: document, encoding: .utf8)
    let section = try #require(text.range(of: "## Approvals\n"))
    let block = try #require(text[section.upperBound...].firstMatch(of: /```sh\n((?:.*\n)*?)```/))
    return String(block.1)
  }

  @Test func anyChangedByteVoidsAnApproval() async throws {
    try await ReleaseScene.with { scene in
      let folder = scene.campaign.folder
      let made = try await scene.run([
        "dkim-key", "--domain", "kanzlei-it.example", "--selector", "a", "--output", folder.path + "/rsa.pem",
      ])
      let other = try await scene.run([
        "dkim-key", "--domain", "kanzlei-it.example", "--selector", "a", "--output", folder.path + "/other.pem",
      ])
      #expect(made.status == 0 && other.status == 0)
      try scene.campaign.write(
        yaml: scene.campaign.yaml() + "dkim: {domain: kanzlei-it.example, selector: a, rsa_key_file: rsa.pem}\n")
      let sample = try await scene.run(["init", "sample"])
      #expect(sample.status == 0)
      try FileManager.default.copyItem(
        at: scene.queue.appendingPathComponent("sample/templates"), to: folder.appendingPathComponent("templates"))
      try await scene.approve("Anna")
      try await scene.approve("Bernd")
      #expect(try await scene.check().release?.released == true)

      func expectVoid(
        _ path: String, _ words: String, _ change: (inout Data) throws -> Void,
        at location: SourceLocation = #_sourceLocation
      ) async throws {
        let file = folder.appendingPathComponent(path)
        let good = try Data(contentsOf: file)
        var bytes = good
        try change(&bytes)
        try bytes.write(to: file)
        try await scene.expectNotReleased(
          "and none counts yet", "the approval of Anna at ", " is void: \(words)\n", at: location)
        let lines = try await scene.check().release?.approvals ?? []
        #expect(lines.map(\.name) == ["Anna", "Bernd"], sourceLocation: location)
        #expect(lines.allSatisfy { $0.standing == "void" && $0.reason == words }, sourceLocation: location)
        // What was approved are these bytes; once they are back, they are approved.
        try good.write(to: file)
        chmod(file.path, 0o600)
        #expect(try await scene.check().release?.released == true, sourceLocation: location)
      }
      func replace(_ old: String, _ new: String) -> (inout Data) throws -> Void {
        { bytes in
          let range = try #require(bytes.range(of: Data(old.utf8)))
          bytes.replaceSubrange(range, with: Data(new.utf8))
        }
      }
      try await expectVoid("campaign.yaml", "campaign.yaml was changed since") { $0 += Data("\n".utf8) }
      try await expectVoid("campaign.yaml", "campaign.yaml was changed since", replace("30m", "31m"))
      try await expectVoid("kunden.csv", "kunden.csv was changed since", replace("555-101", "555-102"))
      try await expectVoid("kunden.csv", "kunden.csv was changed since") { $0 += Data("\r\n".utf8) }
      for part in ["de.txt", "de.subject", "de.html", "en.txt"] {
        let path = "templates/password-change/\(part).mustache"
        try await expectVoid(path, "\(path) was changed since") { $0.insert(contentsOf: Data("{{! }}".utf8), at: 0) }
      }
      try await expectVoid("rsa.pem", "dkim.rsa_key_file was changed since") {
        $0 = try Data(contentsOf: folder.appendingPathComponent("other.pem"))
      }
    }
  }

  @Test func aCopiedCampaignIsNotApproved() async throws {
    try await ReleaseScene.with { scene in
      try await scene.approve("Anna")
      try await scene.approve("Bernd")
      try FileManager.default.copyItem(at: scene.campaign.folder, to: scene.queue.appendingPathComponent("herbst"))
      let launch = try await scene.run(["launch", "herbst", "--yes"])
      #expect(launch.status == 75)
      #expect(
        launch.errors.contains(" is void: it is the approval of another campaign, “\(scene.name)”\n"),
        "\(launch.errors)")
      #expect(launch.errors.hasSuffix("Next, by two people, each: `eilbrief approve herbst --as NAME`\n"))
    }
  }

  @Test func whatCannotBeLaunchedCannotBeApproved() async throws {
    try await ReleaseScene.with { scene in
      let yaml = try scene.campaign.yaml()
      func refused(_ status: Int32, _ words: String, person: String = "Anna", more: [String] = ["--yes"]) async throws {
        let outcome = try await scene.run(["approve", scene.name, "--as", person] + more)
        #expect(outcome.status == status && outcome.errors.contains(words), "\(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: scene.approvals.path))
      }
      try await refused(64, "--as: this is not a name that can be put into the receipts: it is empty", person: " ")
      try await refused(64, "U+202E stands in it, which cannot be seen", person: "Anna\u{202E}")
      try await refused(64, "standard input is not a terminal, so nobody can answer: add --yes", more: [])
      try await refused(64, "--json needs --yes", more: ["--json"])
      try scene.campaign.write(yaml: yaml.replacing("release: two\n", with: ""))
      try await refused(64, "asks for no approval; nothing was done. Write “release: two” there")
      try scene.campaign.write(yaml: yaml.replacing("release: two\n", with: "release: three\n"))
      try await refused(78, "\"release\" cannot be \"three\"")
      try scene.campaign.write(
        yaml: yaml + "dkim: {domain: kanzlei-it.example, selector: a, rsa_key_file: gone.pem}\n")
      try await refused(78, "gone.pem")
      // A contact that is nobody's own: the lint refuses the letters.
      let (old, new) = ("what: Unbefugter", "what: Frage an wen@fremd.example, unbefugter")
      try scene.campaign.write(yaml: yaml.replacing(old, with: new))
      try await refused(65, "errors in the letters")
    }
  }

  /// Who leaves rows out approves just that.
  @Test func rejectedRowsAreApprovedByTheirFlagOnly() async throws {
    try await ReleaseScene.with { scene in
      let good = try Data(contentsOf: scene.campaign.customerFile)
      let text = String(decoding: good, as: UTF8.self)
      try Data(text.replacing("post@gross.example", with: "gross.example").utf8).write(to: scene.campaign.customerFile)
      let refused = try await scene.run("approve", "--as", "Anna", "--yes")
      #expect(
        refused.status == 65
          && refused.errors.contains("or approve with --without-rejected: that puts this customer on the call list."))
      let anna = try await scene.approve("Anna", "--without-rejected")
      #expect(anna.output.contains("\nRejected rows: 1 of 3. Their customers get no letter.\n  kunden.csv:"))
      #expect(
        anna.output.hasSuffix("Next, by another person: `eilbrief approve sommer --without-rejected --as NAME`\n"))
      let bernd = try await scene.approve("Bernd", "--without-rejected")
      #expect(bernd.output.hasSuffix("Next: eilbrief launch sommer --without-rejected\n"), "\(bernd.output)")
      #expect(try scene.lines().allSatisfy { $0.contains(#""rejected":1,"#) })
      try good.write(to: scene.campaign.customerFile)
      try await scene.expectNotReleased(" is void: kunden.csv was changed since")
    }
  }

  @Test func approvalsAtTheSameMomentAllStay() async throws {
    try await ReleaseScene.with { scene in
      let people = (1...6).map { "Person \($0) A" }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for person in people { group.addTask { try await scene.approve(person) } }
        try await group.waitForAll()
      }
      let release = try await scene.check().release
      #expect(release?.released == true && release?.needed == 2)
      #expect(Set(release?.approvals.map(\.name) ?? []) == Set(people))
      #expect(release?.approvals.allSatisfy { $0.standing == "counts" } == true)
    }
  }

  @Test func anApprovalThatIsKilledIsWholeOrAbsent() async throws {
    try await ReleaseScene.with { scene in
      try await scene.approve("Anna")
      let before = try Data(contentsOf: scene.approvals)
      let killed = try await scene.run(
        ["approve", scene.name, "--as", "Bernd", "--yes"], environment: ["EILBRIEF_FAULT": "replacementWritten"])
      #expect(killed.ending == .killed(signal: SIGKILL) && !killed.output.contains("Approved"))
      #expect(try Data(contentsOf: scene.approvals) == before)
      try await scene.expectNotReleased(", and one counts")
      try await scene.approve("Bernd")
      let names = try FileManager.default.contentsOfDirectory(atPath: scene.campaign.folder.path)
      #expect(names.filter { $0.hasPrefix("approvals") } == ["approvals.jsonl"])
      let mode = try FileManager.default.attributesOfItem(atPath: scene.approvals.path)[.posixPermissions]
      #expect(mode as? Int == 0o600)
      #expect(try await scene.check().release?.released == true)
    }
  }

  @Test func aFullDiskLeavesTheApprovalsAsTheyWere() async throws {
    try await SinkRelay.with { relay in
      try await ScarceDisk.with { disk in
        let scene = try ReleaseScene(RefusedLaunch(in: disk.folder, relay))
        try await scene.approve("Anna")
        let before = try Data(contentsOf: scene.approvals)
        try await disk.fill(leaving: 0)
        let full = try await disk.run("approve", scene.name, "--as", "Bernd", "--yes")
        #expect(full.status == 73 && !full.output.contains("Approved"), "\(full.errors)")
        #expect(full.errors.contains("approvals.jsonl"), "\(full.errors)")
        #expect(try Data(contentsOf: scene.approvals) == before)
        let names = try FileManager.default.contentsOfDirectory(atPath: scene.campaign.folder.path)
        #expect(names.filter { $0.hasPrefix("approvals") } == ["approvals.jsonl"])
        try disk.free()
        try await scene.approve("Bernd")
        #expect(try await scene.check().release?.released == true)
      }
    }
  }

  @Test func aFileChangedByHandIsNamedByLine() async throws {
    try await ReleaseScene.with { scene in
      try await scene.approve("Anna")
      let text = try String(contentsOf: scene.approvals, encoding: .utf8)
      try Data((text + text.replacing("Anna", with: "Bernd").replacing("{", with: "{ ")).utf8).write(
        to: scene.approvals)
      for command in [["launch", "--yes"], ["check"], ["approve", "--as", "Bernd", "--yes"]] {
        let outcome = try await scene.run([command[0], scene.name] + command.dropFirst())
        #expect(outcome.status == 65, "\(outcome.errors)")
        #expect(outcome.errors.contains("approvals.jsonl:2: this line is no approval: "), "\(outcome.errors)")
      }
    }
  }

  @Test func theQuestionIsAskedOnce() async throws {
    try await ReleaseScene.with { scene in
      let command =
        "'\(try EilbriefProcess.executable().path)' approve \(scene.name) --as Anna --queue '\(scene.queue.path)'"
      let no = try await ChildProcess.run("script", ["-qec", command, "/dev/null"], input: .bytes(Array("no\n".utf8)))
      #expect(no.status == 75, "\(no.output)")
      #expect(no.output.contains(/Approve plan [0-9a-f]{12} of sommer as Anna\? Type “yes” to go on:/), "\(no.output)")
      #expect(!FileManager.default.fileExists(atPath: scene.approvals.path))
      let yes = try await ChildProcess.run(
        "script", ["-qec", command, "/dev/null"], input: .bytes(Array("yes\n".utf8)))
      #expect(yes.status == 0 && yes.output.contains("Next, by another person: `eilbrief approve sommer --queue "))
      #expect(try scene.lines().count == 1)
    }
  }
}
