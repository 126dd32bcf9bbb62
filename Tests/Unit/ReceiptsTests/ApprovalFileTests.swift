import Files
import Foundation
import Mail
import TestSupport
import Testing

@testable import Receipts

@Suite struct ApprovalFileTests {
  private static func digest(_ text: String) -> SHA256Digest { SHA256.digest(of: Array(text.utf8)) }

  private static let subject = ApprovalSubject(
    campaign: "summer", plan: digest("plan"), rejectedRows: 0,
    files: ["campaign.yaml": digest("yaml"), "kunden \"ü\".csv": digest("csv"), "dkim.rsa_key_file": digest("key")])

  private static func approval(_ name: String, of subject: ApprovalSubject = subject) throws -> Approval {
    Approval(of: subject, by: try ApproverName(name), at: Date(timeIntervalSince1970: 1_795_420_801.5))
  }

  private static func file(in folder: URL) -> URL { folder.appendingPathComponent("approvals.jsonl") }

  @Test func whatIsAddedIsReadBackInItsOneForm() throws {
    let folder = try TemporaryFolder()
    let file = ApprovalFile(folder: folder.url)
    #expect(try file.read() == [])
    let (anna, bernd) = (try Self.approval("Anna Beispiel"), try Self.approval("Bernd “der” Groß\\"))
    #expect(try file.add(anna) == [anna])
    #expect(try file.add(bernd) == [anna, bernd])
    #expect(try file.read() == [anna, bernd])
    let text = try String(contentsOf: Self.file(in: folder.url), encoding: .utf8)
    #expect(
      text.split(separator: "\n").first.map(String.init)
        == #"{"at":"2026-11-23T08:00:01.500Z","campaign":"summer","approved_by":"Anna Beispiel","#
        + #""plan":"sha256:\#(Self.digest("plan").hex)","rejected":0,"files":{"#
        + #""campaign.yaml":"\#(Self.digest("yaml").hex)","dkim.rsa_key_file":"\#(Self.digest("key").hex)","#
        + #""kunden \"ü\".csv":"\#(Self.digest("csv").hex)"}}"#)
    let attributes = try FileManager.default.attributesOfItem(atPath: Self.file(in: folder.url).path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["approvals.jsonl"])
  }

  /// Every changed bit either makes the line no approval, or an approval of something else.
  @Test func everyFlippedBitIsRefusedOrAnotherApproval() throws {
    let approval = try Self.approval("Anna Beispiel")
    let line = approval.line
    var others = 0
    for byte in line.indices {
      for bit in 0..<8 {
        var changed = line
        changed[byte] ^= 1 << bit
        guard let read = try? Approval(line: changed) else { continue }
        others += 1
        #expect(read != approval && read.frozen.line != approval.frozen.line, "byte \(byte), bit \(bit)")
      }
    }
    #expect(others > 0)
  }

  @Test(arguments: [
    (#"{"at""#, #"{ "at""#, "line 1"), ("summer", "sum\\u006der", "form in which"), ("500Z", "5Z", "form in which"),
    ("Anna Beispiel", "Anna  Beispiel", "as it is written"), ("Anna Beispiel", "@", "“@”"),
    (#""rejected":0"#, #""rejected":00"#, "not JSON"), (#""rejected":0"#, #""rejected":"0""#, "not a number"),
    (#""rejected":0,"#, "", "“rejected” is missing"), ("}}\n", "}}", "it has no end"), ("}}\n", "}}\n\n", ":2:"),
    ("}}\n", "}", "it has no end"), (#""campaign.yaml":"#, #""kunden \"ü\".csv":"#, "stands twice"),
    ("sha256:", "sha512:", "sha256"), (#""files":{"#, #""files":{"a":1,"#, "not JSON"),
  ])
  func aLineChangedByHandIsNamed(_ old: String, _ new: String, _ words: String) throws {
    let folder = try TemporaryFolder()
    let file = ApprovalFile(folder: folder.url)
    try file.add(try Self.approval("Anna Beispiel"))
    let url = Self.file(in: folder.url)
    let text = try String(contentsOf: url, encoding: .utf8)
    try #require(text.contains(old))
    try Data(text.replacing(old, with: new, maxReplacements: 1).utf8).write(to: url)
    let error = #expect(throws: ApprovalFileError.self) { try file.read() }
    let description = error?.description ?? ""
    #expect(description.hasPrefix(url.path + ":"))
    #expect(words == "line 1" ? description.contains(":1:") : description.contains(words), "\(description)")
    // Nothing is added to what nobody understands.
    #expect(throws: ApprovalFileError.self) { try file.add(try Self.approval("Bernd")) }
  }

  @Test func whatIsNoFileIsNotRead() throws {
    let folder = try TemporaryFolder()
    let url = Self.file(in: folder.url)
    #expect(mkfifo(url.path, 0o600) == 0)
    #expect(throws: FileError.self) { try ApprovalFile(folder: folder.url).read() }
    unlink(url.path)
    let other = folder.url.appendingPathComponent("other")
    try Data().write(to: other)
    #expect(symlink(other.path, url.path) == 0)
    #expect(throws: FileError.self) { try ApprovalFile(folder: folder.url).read() }
    unlink(url.path)
    try Data(count: ApprovalFile.largestSize + 1).write(to: url)
    #expect(throws: FileError.self) { try ApprovalFile(folder: folder.url).read() }
  }

  @Test func allThatAreAddedAtOnceStay() async throws {
    let folder = try TemporaryFolder()
    let names = (0..<40).map { "Person \($0)" }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for name in names {
        group.addTask { try ApprovalFile(folder: folder.url).add(try Self.approval(name)) }
      }
      try await group.waitForAll()
    }
    #expect(try Set(ApprovalFile(folder: folder.url).read().map(\.name.text)) == Set(names))
  }

  // MARK: What counts

  private static func changed(_ change: (inout ApprovalSubject) -> Void) -> ApprovalSubject {
    var subject = subject
    change(&subject)
    return subject
  }

  @Test func everythingThatIsDifferentIsNamed() {
    let cases: [(ApprovalSubject, String)] = [
      (Self.changed { $0.campaign = "autumn" }, "another campaign, “summer”"),
      (Self.changed { $0.files["campaign.yaml"] = Self.digest("x") }, "campaign.yaml was changed since"),
      (Self.changed { $0.files["new"] = Self.digest("x") }, "new was added since"),
      (Self.changed { $0.files["dkim.rsa_key_file"] = nil }, "dkim.rsa_key_file was removed since"),
      (
        Self.changed { $0.files = ["a": $0.plan, "b": $0.plan, "c": $0.plan] },
        "a was added since, b was added since, c was added since, and 3 more"
      ),
      (Self.changed { $0.plan = Self.digest("x") }, "another plan"),
      (Self.changed { $0.rejectedRows = 1 }, "another plan"),
    ]
    for (now, words) in cases {
      let change = now.change(since: Self.subject)
      #expect(change?.text.contains(words) == true, "\(change?.text ?? "nothing")")
    }
    #expect(Self.subject.change(since: Self.subject) == nil)
  }

  @Test func twoNamesReleaseAndOneNameCountsOnce() throws {
    let other = Self.changed { $0.files["campaign.yaml"] = Self.digest("x") }
    let approvals = [
      try Self.approval("Anna", of: other), try Self.approval("Bernd"), try Self.approval("BERND "),
      try Self.approval("Anna", of: other),
    ]
    let one = ReleaseState(approvals, of: Self.subject)
    #expect(!one.isReleased && one.counting.map(\.name.text) == ["Bernd"])
    let void = ReleaseState.Standing.void(.files([.init(path: "campaign.yaml", .changed)]))
    #expect(one.approvals.map(\.standing) == [void, .counts, .again, void])
    #expect(one.approval(by: try ApproverName("bernd"))?.name.text == "Bernd")
    #expect(one.approval(by: try ApproverName("anna")) == nil)
    let two = ReleaseState(approvals + [try Self.approval("anna")], of: Self.subject)
    #expect(two.isReleased && two.counting.map(\.name.text) == ["Bernd", "anna"])
  }
}
