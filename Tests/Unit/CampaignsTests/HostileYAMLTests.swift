import Foundation
import TestSupport
import Testing

@testable import Campaigns

/// Campaign files that would cost more than their size: each is refused, and where.
@Suite struct HostileYAMLTests {
  private func fault(_ text: String) -> String {
    do throws(CampaignFileError) {
      _ = try CampaignFile.parse(Array(text.utf8), folder: URL(filePath: "/sommer"))
      return "none"
    } catch {
      return error.description
    }
  }

  /// Thirty lines, each naming the one before ten times: in a tree without sharing, 10^30 values. As keys they would be
  /// hashed one by one.
  @Test(arguments: [true, false]) func aliasesAreNotFollowed(asKeys: Bool) {
    var text = "a0: &a0 [x, x]\n"
    for level in 1...30 {
      let list = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += asKeys ? "? &a\(level) [\(list)]\n: x\n" : "a\(level): &a\(level) [\(list)]\n"
    }
    #expect(fault(text) == "campaign.yaml:1:5: \(YAMLDocument.noAliases)")
    // An alias without its anchor is found where it stands.
    #expect(fault("a: [\n  *b]\n") == "campaign.yaml:2:3: \(YAMLDocument.noAliases)")
  }

  @Test(arguments: ["[", "{a: ", "- ", "? "]) func deepNestingEndsEarly(_ opening: String) {
    let refusal = "this is nested more than 32 levels deep; a campaign file needs four"
    let text = String(repeating: opening, count: 200_000)
    #expect(fault(text).hasPrefix("campaign.yaml:1:") && fault(text).hasSuffix(refusal))
    // Deep enough for libyaml, not for us; well formed otherwise.
    #expect(fault("a: " + String(repeating: "[", count: 40) + String(repeating: "]", count: 40)).hasSuffix(refusal))
    #expect(!fault("a: " + String(repeating: "[", count: 30) + String(repeating: "]", count: 30)).contains("nested"))
  }

  @Test func anEscapeOrAWordIsNoAnchor() throws {
    let good = String(decoding: try BadCampaign.good(), as: UTF8.self)
    for text in ["'&x *y'", "Meier & Söhne * Partner", "\"*\\x26\"", "|\n    &x\n    *y"] {
      let changed = good.replacing("Der Zugang wurde gesperrt", with: text)
      #expect(fault(changed) == "none", "\(text)")
    }
  }

  /// The file is composed once, however many keys are repeated.
  @Test func manyRepeatedKeysAreReportedOnce() {
    let few = fault(String(repeating: "a: 1\n", count: 50))
    #expect(few.split(separator: "\n").count > 1)
    #expect(few.contains("campaign.yaml:50:1: duplicate key \"a\", first written in line 1"))
    let many = fault(String(repeating: "a: 1\n", count: 100_000))
    #expect(many == "campaign.yaml:1:1: duplicate key \"a\"; keep one of them")
  }

  @Test func aThousandProblemsAreEnough() {
    let text = (0..<20_000).map { "k\($0): 1\n" }.joined()
    #expect(fault(text).split(separator: "\n").count == 1000)
  }
}
