import Foundation
import Testing

@testable import Letters

@Suite struct TemplateSetTests {
  private func inTemporaryFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("letters-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func write(_ files: [(path: String, bytes: [UInt8])], below folder: URL) throws {
    for file in files {
      let url = folder.appendingPathComponent(file.path)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(file.bytes).write(to: url)
    }
  }

  @Test func withoutFolderTheBundledTemplatesAreUsed() throws {
    try inTemporaryFolder { folder in
      let set = try TemplateSet.load(folder: folder.appendingPathComponent("templates"))
      #expect(set.isBundled)
      #expect(set.names.contains("password-change"))
    }
  }

  @Test func copiedTemplatesHaveTheSameDigests() throws {
    try inTemporaryFolder { folder in
      try write(BundledTemplates.templateFiles, below: folder)
      let copied = try TemplateSet.load(folder: folder)
      let bundled = try TemplateSet.bundled()
      #expect(!copied.isBundled)
      #expect(copied.files == bundled.files)
      #expect(copied.digest(of: "password-change") == bundled.digest(of: "password-change"))
    }
  }

  @Test func oneChangedByteChangesTheDigest() throws {
    let changed = try Fixtures.templates(text: "Text.").digest(of: "password-change")
    #expect(try Fixtures.templates().digest(of: "password-change") != changed)
  }

  @Test func emptyFolderIsAnError() throws {
    try inTemporaryFolder { folder in
      let error = #expect(throws: TemplateError.self) { try TemplateSet.load(folder: folder) }
      #expect(
        error?.description
          == "\(folder.path)/: there is no template in this folder; remove the folder to use the bundled templates")
    }
  }

  @Test func onlyRegularFilesOfSomeSizeAreTemplates() throws {
    try inTemporaryFolder { folder in
      try write(BundledTemplates.templateFiles, below: folder)
      let file = folder.appendingPathComponent("password-change/de.txt.mustache")
      func fault() -> String? {
        let error = #expect(throws: TemplateError.self) { try TemplateSet.load(folder: folder) }
        return error?.description
      }
      try FileManager.default.removeItem(at: file)
      #expect(mkfifo(file.path, 0o600) == 0)
      #expect(fault() == "\(file.path): cannot be read: it is not a regular file")
      try FileManager.default.removeItem(at: file)
      try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: "/dev/zero")
      #expect(fault() == "\(file.path): cannot be read: it is not a regular file")
      try FileManager.default.removeItem(at: file)
      try Data("Text".utf8).write(to: file)
      #expect(truncate(file.path, 1 << 40) == 0)
      #expect(fault() == "\(file.path): cannot be read: it has more than 1 MB; another file was meant")
    }
  }

  @Test func byteOrderMarkAndCRLFMakeNoDifference() throws {
    let plain = try Fixtures.renderer(
      Fixtures.campaign(), Fixtures.templates(text: "a\n{{#company}}\nb\n{{/company}}\n"))
    let windows = try Fixtures.renderer(
      Fixtures.campaign(), Fixtures.templates(text: "\u{FEFF}a\r\n{{#company}}\r\nb\r\n{{/company}}\r\n"))
    let customer = Fixtures.customer()
    #expect(try windows.letter(for: customer).text == "a\nb\n")
    #expect(try plain.letter(for: customer).text == windows.letter(for: customer).text)
  }
}
