import Files
import Foundation
import TestSupport
import Testing

@Suite struct FileErrorTests {
  @Test(arguments: [
    (
      FileError(.read, "/x", .system(EIO)),
      "/x: cannot be read: Input/output error; see to the disk and to this user's rights there, then run the command again"
    ),
    (FileError(.read, "/x", .other("others may read it")), "/x: cannot be read: others may read it"),
    (
      FileError(.write, "/x", .system(ENOSPC)),
      """
      /x: cannot be written: No space left on device; make room there or give this user the right to write, then run the \
      command again
      """
    ),
    (
      FileError(.write, "/x", .notAFolder),
      """
      /x: cannot be written: it is not a folder; make room there or give this user the right to write, then run the \
      command again
      """
    ),
    (
      FileError(.lock, "/x", .locked),
      "/x: another process keeps it locked; try again; one that was stopped has to go on, or to be ended, before that"
    ),
  ])
  func saysWhatWhereAndWhatToDo(_ error: FileError, _ text: String) {
    #expect(error.description == text)
  }

  @Test func questionsFollowTheCause() {
    let causes: [FileError.Cause] = [
      .system(ENOENT), .system(ENOTDIR), .system(EACCES), .system(EPERM), .system(ENOSPC), .system(EDQUOT),
      .system(EIO), .locked,
    ]
    let errors = causes.map { FileError(.write, "/x", $0) }
    #expect(errors.map(\.isMissing) == [true, true, false, false, false, false, false, false])
    #expect(errors.map(\.isNotPermitted) == [false, false, true, true, false, false, false, false])
  }

  @Test func aLockThatIsHeldIsNotTakenAgain() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write([], to: "locked")
    let (first, second) = (open(file.path, O_RDWR), open(file.path, O_RDWR))
    defer {
      close(first)
      close(second)
    }
    try FileLock.holding(first, path: file.path, patience: 0) {
      _ = #expect(throws: FileError(.lock, file.path, .locked)) {
        try FileLock.holding(second, path: file.path, patience: 0.05) { Issue.record("both have it") }
      }
    }
    var wasTaken = false
    try FileLock.holding(second, path: file.path, patience: 0) { wasTaken = true }
    #expect(wasTaken)
  }
}
