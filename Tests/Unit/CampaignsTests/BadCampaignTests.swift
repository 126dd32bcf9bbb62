import Campaigns
import Foundation
import TestSupport
import Testing

/// A campaign file with a fault is refused, and the operator reads what is wrong, where, and what to write instead.
@Suite struct BadCampaignTests {
  private func read(_ bytes: [UInt8]) throws -> String? {
    let folder = try TemporaryFolder()
    try folder.write(bytes, to: "campaign.yaml")
    do {
      _ = try CampaignFile.read(folder: folder.url)
      return nil
    } catch {
      return error.description
    }
  }

  @Test(arguments: BadCampaign.all)
  func saysExactlyWhatIsWrong(_ bad: BadCampaign) throws {
    let printed = try read(bad.bytes())
    #expect(printed == bad.expected)
    #expect(printed?.contains("hunter2") != true, "a password is in the message")
  }

  @Test func theFileTheyAreMadeOfIsGood() throws {
    #expect(try read(BadCampaign.good()) == nil)
    #expect(Set(BadCampaign.all.map(\.name)).count == 108)
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
