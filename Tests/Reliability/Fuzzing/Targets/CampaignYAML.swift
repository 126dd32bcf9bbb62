import Foundation

@testable import Campaigns

/// A campaign file.
struct CampaignYAML: FuzzTarget {
  private let folder = URL(filePath: "/campaign/", directoryHint: .isDirectory)

  func run(_ bytes: [UInt8]) {
    do {
      _ = try CampaignFile.parse(bytes, folder: folder)
    } catch {
      _ = error.description
    }
  }
}
