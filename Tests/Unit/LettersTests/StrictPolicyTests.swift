import Campaigns
import Foundation
import Mail
import TestSupport
import Testing

@testable import Letters

/// Python's `email` package, which raises an error at the first defect, reads whole messages of every bundled template.
@Suite struct StrictPolicyTests {
  private static let script = """
    import email, email.policy, pathlib, sys
    policy = email.policy.SMTP + email.policy.strict
    count = 0
    for path in sorted(pathlib.Path(".").glob("*.eml")):
        try:
            message = email.message_from_bytes(path.read_bytes(), policy=policy)
            for part in message.walk():
                for name, value in part.items():
                    if part.defects or getattr(value, "defects", ()): raise ValueError(f"{name}: {value.defects}")
                if not part.is_multipart(): part.get_content()
            assert [part.get_content_type() for part in message.walk()] == [
                "multipart/alternative", "text/plain", "text/html"]
            count += 1
        except Exception as error:
            print(path.name, type(error).__name__, error)
    print(count, "without a defect")
    """

  private static func judge(_ messages: [[UInt8]]) async throws -> String {
    let folder = try TemporaryFolder()
    for (number, bytes) in messages.enumerated() { try folder.write(bytes, to: "\(1000 + number).eml") }
    let outcome = try await ChildProcess.run("python3", ["-c", script], folder: folder.url)
    return outcome.output + outcome.errors
  }

  @Test(arguments: BundledLetterTests.names) func everyMessageIsWithoutDefect(_ name: String) async throws {
    let campaign = BundledLetterTests.campaign(with: name)
    let renderer = try Fixtures.renderer(campaign)
    let composer = LetterComposer(campaign: campaign, key: Array("key".utf8), signer: nil)
    let messages = try Fixtures.customers(60).flatMap { customer in
      let letter = try renderer.letter(name, for: customer)
      return try TransferEncoding.allCases.map {
        try composer.bytes(for: letter, to: customer, date: Fixtures.date.date, encoding: $0)
      }
    }
    #expect(try await Self.judge(messages) == "120 without a defect\n")
  }

  /// A boundary that is never closed is a defect.
  @Test func theJudgeFindsADefect() async throws {
    let campaign = BundledLetterTests.campaign(with: "reminder")
    let customer = Fixtures.customer()
    let letter = try Fixtures.renderer(campaign).letter("reminder", for: customer)
    let composer = LetterComposer(campaign: campaign, key: Array("key".utf8), signer: nil)
    let bytes = try composer.bytes(for: letter, to: customer, date: Fixtures.date.date, encoding: .quotedPrintable)
    let found = try await Self.judge([Array(bytes.dropLast(6))])
    #expect(found.contains("1000.eml CloseBoundaryNotFoundDefect"), "\(found)")
  }
}
