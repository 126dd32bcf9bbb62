import Campaigns
import Foundation
import TestSupport
import Testing

@testable import Letters

@Suite struct BundledTemplatesTests {
  /// `Templates/` of the source tree this test was compiled from.
  private var folder: URL {
    PackageRoot.file("Templates")
  }

  @Test func areTheFilesOfTheSourceTreeByteForByte() throws {
    var onDisk: [String: [UInt8]] = [:]
    for case let path as String in try #require(FileManager.default.enumerator(atPath: folder.path)) {
      let file = folder.appendingPathComponent(path)
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder)
      if !isFolder.boolValue { onDisk[path] = Array(try Data(contentsOf: file)) }
    }
    #expect(BundledTemplates.files.map(\.path) == onDisk.keys.sorted())
    for file in BundledTemplates.files { #expect(file.bytes == onDisk[file.path], "\(file.path)") }
  }

  @Test func campaignFileTakesTheThreeDays() throws {
    let text = BundledTemplates.campaignFile(
      happened: try #require(CalendarDate("2030-01-02")), discovered: try #require(CalendarDate("2030-01-03")),
      deadline: try #require(LocalDateTime("2030-01-04T12:00:00+01:00")))
    let lines = text.split(separator: "\n")
    #expect(lines.filter { $0 == "  happened: 2030-01-02" }.count == 1)
    #expect(lines.filter { $0 == "  discovered: 2030-01-03" }.count == 1)
    #expect(lines.filter { $0 == "deadline: 2030-01-04T12:00:00+01:00" }.count == 1)
    #expect(!text.contains("2026-11-20\n") && !text.contains("2026-11-23T16"))
  }

  @Test func haveEveryPartInBothLanguages() throws {
    let set = try TemplateSet.bundled()
    #expect(set.names == ["breach-notice", "password-change", "reminder"])
    for name in set.names { #expect(set.languages(of: name) == ["de", "en"], "\(name)") }
    #expect(set.scripts.keys.sorted() == ["de", "en"])
    #expect(set.files.count == 6 * set.names.count + 4)
  }

  @Test func plainTextSourceHasNoLongLines() {
    for file in BundledTemplates.files where file.path.hasSuffix(".txt.mustache") {
      let text = String(decoding: file.bytes, as: UTF8.self)
      for line in text.split(separator: "\n") where !line.contains("{{") {
        #expect(line.count <= 72, "\(file.path): \(line)")
      }
    }
  }
}
