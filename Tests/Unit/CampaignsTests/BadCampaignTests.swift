import Campaigns
import Foundation
import TestSupport
import Testing

/// Every folder of `BadCampaigns` holds a campaign file with one kind of fault and `expected.txt`, the exact text an
/// operator reads. With `EILBRIEF_RECORD=1` in the environment the expected texts are written anew, and the run fails.
@Suite struct BadCampaignTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "BadCampaigns")

  static var names: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: root.path(percentEncoded: false)).sorted()
    }
  }

  @Test(arguments: try names)
  func saysExactlyWhatIsWrong(_ name: String) throws {
    let folder = Self.root.appending(path: name)
    var printed = ""
    do {
      _ = try CampaignFile.read(folder: folder)
      Issue.record("\(name) was accepted")
    } catch {
      printed = error.description + "\n"
    }
    let file = folder.appending(path: "expected.txt")
    if ProcessInfo.processInfo.environment["EILBRIEF_RECORD"] == "1" {
      try Data(printed.utf8).write(to: file)
      Issue.record("recorded \(name)")
    }
    #expect(try printed == String(contentsOf: file, encoding: .utf8))
    #expect(!printed.contains("hunter2"), "a password is in the message")
  }

  @Test func thereAreFolders() throws {
    #expect(try Self.names.count > 35)
  }

  @Test func aFolderWithoutCampaignFileIsNoCampaign() throws {
    let queue = try TemporaryFolder()
    let folder = queue.url.appending(path: "leer")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    let path = folder.path
    #expect {
      try CampaignFile.read(folder: folder)
    } throws: { error in
      "\(error)" == "\(path)/: not a campaign: there is no campaign.yaml here; \"eilbrief init\" makes one"
    }
  }
}
