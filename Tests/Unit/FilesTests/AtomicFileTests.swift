import Files
import Foundation
import TestSupport
import Testing

@Suite struct AtomicFileTests {
  private func names(in folder: TemporaryFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
  }

  private func mode(_ file: URL) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
  }

  @Test(arguments: [true, false])
  func aFileHasItsNameOnceItIsFinished(syncing: Bool) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("old".utf8, to: "report.csv", mode: 0o644)
    let output = try AtomicFile(path: file.path)
    try output.write(Array("one ".utf8))
    #expect(try String(contentsOf: file, encoding: .utf8) == "old")
    try output.write(Array("two".utf8))
    #expect(try names(in: folder) == ["report.csv", "report.csv.unfinished"])
    try output.finish(syncing: syncing)
    #expect(try String(contentsOf: file, encoding: .utf8) == "one two")
    #expect(try mode(file) == 0o600)
    #expect(try names(in: folder) == ["report.csv"])
  }

  @Test func anAbandonedFileLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "report.csv")
    do {
      let output = try AtomicFile(path: file.path)
      try output.write(Array("half".utf8))
      #expect(try names(in: folder) == ["report.csv.unfinished"])
    }
    #expect(try names(in: folder) == [])
  }

  @Test func aFinishedFileTakesNoMore() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "report.csv")
    let output = try AtomicFile(path: file.path)
    try output.finish()
    #expect(throws: FileError.self) { try output.write([1]) }
    #expect(try Data(contentsOf: file).isEmpty)
  }

  @Test func anErrorNamesTheFileItself() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: "nowhere/report.csv").path
    let error = #expect(throws: FileError.self) { try AtomicFile(path: path) }
    #expect(error == FileError(.write, path, .system(ENOENT)))
  }

  @Test func whatCannotTakeItsNameIsRemoved() throws {
    let folder = try TemporaryFolder()
    let taken = folder.url.appending(path: "report.csv")
    try FileManager.default.createDirectory(at: taken, withIntermediateDirectories: false)
    do {
      let output = try AtomicFile(path: taken.path)
      #expect(throws: FileError(.write, taken.path, .system(EISDIR))) { try output.finish() }
    }
    #expect(try names(in: folder) == ["report.csv"])
  }

  @Test func whatACrashHasLeftIsRemoved() throws {
    let folder = try TemporaryFolder()
    try folder.write("left".utf8, to: "report.csv.unfinished")
    let output = try AtomicFile(path: folder.url.appending(path: "report.csv").path)
    try output.write(Array("new".utf8))
    try output.finish()
    #expect(try names(in: folder) == ["report.csv"])
  }

  /// A link of that name, symbolic or hard, is somebody's file.
  @Test func nothingInTheWayIsWrittenOver() throws {
    let folder = try TemporaryFolder()
    let mine = try folder.write("mine".utf8, to: "campaign.yaml")
    let taken = folder.url.appending(path: "report.csv.unfinished")
    for isHard in [true, false] {
      if isHard {
        try FileManager.default.linkItem(at: mine, to: taken)
      } else {
        try FileManager.default.createSymbolicLink(at: taken, withDestinationURL: mine)
      }
      let output = try AtomicFile(path: folder.url.appending(path: "report.csv").path)
      try output.write(Array("new".utf8))
      try output.finish()
      #expect(try String(contentsOf: mine, encoding: .utf8) == "mine")
      #expect(try names(in: folder) == ["campaign.yaml", "report.csv", "report.csv.unfinished"])
      try FileManager.default.removeItem(at: taken)
    }
  }

  @Test func twoWritersOfOneNameDoNotMeet() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "report.csv")
    let first = try AtomicFile(path: file.path)
    let second = try AtomicFile(path: file.path)
    try first.write(Array("first".utf8))
    try second.write(Array("second".utf8))
    try first.finish()
    #expect(try String(contentsOf: file, encoding: .utf8) == "first")
    try second.finish()
    #expect(try String(contentsOf: file, encoding: .utf8) == "second")
    #expect(try names(in: folder) == ["report.csv"])
  }

  @Test func aNameThatIsTakenMeanwhileIsKeptWhenNothingIsToBeReplaced() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "report.csv")
    let output = try AtomicFile(path: file.path)
    try folder.write("mine".utf8, to: "report.csv")
    #expect(throws: FileError(.write, file.path, .exists)) { try output.finish(replacing: false) }
    #expect(try String(contentsOf: file, encoding: .utf8) == "mine")
  }
}
