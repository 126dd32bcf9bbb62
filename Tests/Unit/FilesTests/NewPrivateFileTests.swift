import Files
import Foundation
import TestSupport
import Testing

@Suite struct NewPrivateFileTests {
  private func mode(_ file: URL) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
  }

  @Test func isItsOwnersAloneWhateverTheUmask() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "key.pem")
    try NewPrivateFile.write(Array("secret".utf8), to: file)
    #expect(try String(contentsOf: file, encoding: .utf8) == "secret")
    #expect(try mode(file) == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["key.pem"])
  }

  @Test func replacesNothingAndLeavesNothingBehind() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(Array("first".utf8), to: "key.pem")
    #expect(throws: FileError.self) { try NewPrivateFile.write(Array("second".utf8), to: file) }
    #expect(try String(contentsOf: file, encoding: .utf8) == "first")
    let link = folder.url.appending(path: "link.pem")
    try FileManager.default.createSymbolicLink(
      at: link, withDestinationURL: folder.url.appending(path: "elsewhere.pem"))
    #expect(throws: FileError.self) { try NewPrivateFile.write(Array("second".utf8), to: link) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == ["key.pem", "link.pem"])
    let nowhere = folder.url.appending(path: "nowhere/key.pem")
    #expect(throws: FileError.self) { try NewPrivateFile.write([], to: nowhere) }
  }

  @Test func nothingInTheWayIsWrittenOver() throws {
    let folder = try TemporaryFolder()
    let mine = try folder.write("mine".utf8, to: "campaign.yaml")
    try FileManager.default.linkItem(at: mine, to: folder.url.appending(path: ".key.pem.unfinished"))
    let file = folder.url.appending(path: "key.pem")
    try NewPrivateFile.write(Array("secret".utf8), to: file)
    #expect(try String(contentsOf: mine, encoding: .utf8) == "mine")
    #expect(try String(contentsOf: file, encoding: .utf8) == "secret")
  }
}
