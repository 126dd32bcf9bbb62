import Files
import Foundation
import TestSupport
import Testing

@Suite struct NewFolderTests {
  private func names(in folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  private func mode(_ file: URL) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
  }

  @Test func aFolderHasItsNameOnceItIsFinished() throws {
    let parent = try TemporaryFolder()
    let proof = parent.url.appending(path: "proof")
    let folder = try NewFolder(proof)
    try folder.add("templates/de/letter.txt", Array("letter".utf8))
    try folder.add("verify.sh", Array("#!/bin/sh\n".utf8), mode: 0o700)
    try folder.add("lines") { write in
      try write(Array("a\n".utf8))
      try write(Array("b\n".utf8))
    }
    #expect(try names(in: parent.url) == [".proof.unfinished"])
    try folder.finish()
    #expect(try names(in: parent.url) == ["proof"])
    #expect(try String(contentsOf: proof.appending(path: "lines"), encoding: .utf8) == "a\nb\n")
    #expect(try mode(proof) == 0o700)
    #expect(try mode(proof.appending(path: "templates/de")) == 0o700)
    #expect(try mode(proof.appending(path: "templates/de/letter.txt")) == 0o600)
    #expect(try mode(proof.appending(path: "verify.sh")) == 0o700)
  }

  @Test func aDiscardedFolderLeavesNothing() throws {
    let parent = try TemporaryFolder()
    let folder = try NewFolder(parent.url.appending(path: "proof"))
    try folder.add("file", [1])
    folder.discard()
    #expect(try names(in: parent.url) == [])
  }

  @Test func aTakenNameIsNotTouched() throws {
    let parent = try TemporaryFolder()
    let taken = try parent.write("mine".utf8, to: "proof")
    let error = #expect(throws: FileError.self) { try NewFolder(taken) }
    #expect(error?.cause == .exists)
    #expect(try names(in: parent.url) == ["proof"])
  }

  @Test func whatACrashHasLeftIsRemoved() throws {
    let parent = try TemporaryFolder()
    let left = parent.url.appending(path: ".proof.unfinished/proof")
    try FileManager.default.createDirectory(at: left, withIntermediateDirectories: true)
    try Data([1]).write(to: left.appending(path: "old"))
    let folder = try NewFolder(parent.url.appending(path: "proof"))
    try folder.add("new", [2])
    try folder.finish()
    #expect(try names(in: folder.destination) == ["new"])
    #expect(try names(in: parent.url) == ["proof"])
  }

  @Test func whatSomebodyElseHasMadeUnderItsNameIsNotTouched() throws {
    let parent = try TemporaryFolder()
    let foreign = parent.url.appending(path: ".proof.unfinished")
    try FileManager.default.createDirectory(at: foreign, withIntermediateDirectories: false)
    try Data("mine".utf8).write(to: foreign.appending(path: "notes"))
    let error = #expect(throws: FileError.self) { try NewFolder(parent.url.appending(path: "proof")) }
    #expect(error?.path == foreign.path && error?.description.contains("not of eilbrief's making") == true)
    #expect(try names(in: foreign) == ["notes"])
    let link = parent.url.appending(path: ".export.unfinished")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: foreign)
    #expect(throws: FileError.self) { try NewFolder(parent.url.appending(path: "export")) }
    #expect(try names(in: foreign) == ["notes"])
  }

  @Test func aPrivateFolderIsOnlyTightened() throws {
    let parent = try TemporaryFolder()
    let open = parent.url.appending(path: "open")
    try FileManager.default.createDirectory(at: open, withIntermediateDirectories: false)
    chmod(open.path, 0o755)
    try PrivateFolder.make(open)
    #expect(try mode(open) == 0o700)
    chmod(open.path, 0o555)
    try PrivateFolder.make(open)
    #expect(try mode(open) == 0o500)
    let deep = parent.url.appending(path: "a/b/c")
    try PrivateFolder.make(deep)
    #expect(try mode(deep.deletingLastPathComponent()) == 0o700)
    let file = try parent.write([1], to: "file")
    #expect(throws: FileError(.write, file.path, .notAFolder)) { try PrivateFolder.make(file) }
  }
}
