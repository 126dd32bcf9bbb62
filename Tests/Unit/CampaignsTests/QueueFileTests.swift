import Foundation
import TestSupport
import Testing

@testable import Campaigns

@Suite struct QueueFileTests {
  private static let folder = URL(filePath: "/spool/Queue", directoryHint: .isDirectory)

  private static func parse(_ text: String) throws -> QueueFile {
    try QueueFile.parse(Array(text.utf8), folder: folder)
  }

  @Test func filesAreBelowTheQueueFolder() throws {
    let file = try Self.parse(
      "database: postgresql://db.provider.example/eilbrief\npassword_file: database-password\nca_file: /etc/own.pem\n")
    #expect(file.database == "postgresql://db.provider.example/eilbrief")
    #expect(file.passwordFile?.path == "/spool/Queue/database-password" && file.certificates?.path == "/etc/own.pem")
    #expect(try Self.parse("database: postgresql:///eilbrief").passwordFile == nil)
  }

  @Test(arguments: [
    ("", "the file is empty"), ("databse: postgresql:///a", "did you mean \"database\"?"),
    ("password_file: a", "missing key \"database\""), ("database: [a]", "must be a single value"),
    ("database: postgresql:///a\npassword: geheim", "passwords do not belong in this file"),
  ])
  func wrongOnesSayWhatAndWhere(_ text: String, words: String) {
    #expect {
      try Self.parse(text)
    } throws: { error in
      "\(error)".hasPrefix("queue.yaml:") && "\(error)".contains(words) && !"\(error)".contains("geheim")
    }
  }

  @Test func oneThatOthersMayReadIsRefused() throws {
    let folder = try TemporaryFolder()
    #expect(try QueueFile.read(folder: folder.url) == nil)
    try folder.write("database: postgresql:///eilbrief\n".utf8, to: QueueFile.name, mode: 0o640)
    #expect {
      try QueueFile.read(folder: folder.url)
    } throws: { error in
      "\(error)".contains("chmod 600")
    }
    try folder.write("database: postgresql:///eilbrief\n".utf8, to: QueueFile.name)
    #expect(try QueueFile.read(folder: folder.url)?.database == "postgresql:///eilbrief")
  }
}
