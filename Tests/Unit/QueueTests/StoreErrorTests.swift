import Files
import Foundation
import Testing

@testable import Queue

@Suite struct StoreErrorTests {
  @Test(arguments: [
    FileError(.read, "/x", .system(EIO)), FileError(.read, "/x", .other("others may read this key")),
    FileError(.write, "/x", .system(ENOSPC)), FileError(.write, "/x", .notAFolder), FileError(.lock, "/x", .locked),
  ])
  func aFailureOfAFileKeepsItsText(_ error: FileError) {
    let mapped = StoreError(error)
    #expect(mapped.description == error.description)
    #expect(mapped.isStorageFailure == (error.attempt == .write))
  }
}
