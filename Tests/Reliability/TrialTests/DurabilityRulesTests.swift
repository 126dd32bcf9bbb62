import Testing
import Trials

/// The rules by which calls on the storage are judged, on logs of a few lines.
@Suite struct DurabilityRulesTests {
  private func made(of calls: String...) -> StorageLog { log(calls) }

  private func log(_ calls: [String]) -> StorageLog {
    StorageLog(
      calls: calls.enumerated().map { index, text in
        let words = text.split(separator: " ").map(String.init)
        return StorageLog.Call(
          number: words[0] == "close" ? 0 : index + 1, process: 1, name: words[0], descriptor: 5,
          outcome: words.count > 2 && words[2] != "<-" ? words[2] : "ok", path: words[1],
          origin: words.firstIndex(of: "<-").map { words[$0 + 1] })
      })
  }

  @Test func whatIsSyncedKeepsThem() {
    let log = made(of: "open a/x", "write a/x", "fsync a/x", "rename a/y <- a/x", "fsync a", "write deliver.lock")
    #expect(DurabilityRules.brokenPromises(of: log) == [])
  }

  @Test func dataAndNamesMustBeSynced() {
    #expect(DurabilityRules.brokenPromises(of: made(of: "write a/x")) == ["a/x is not synced"])
    #expect(DurabilityRules.brokenPromises(of: made(of: "write a/x", "fsync a/x lied")) == ["a/x is not synced"])
    #expect(DurabilityRules.brokenPromises(of: made(of: "write a/x", "fsync a/x 5")) == ["a/x is not synced"])
    #expect(DurabilityRules.brokenPromises(of: made(of: "mkdir a")) == [". is not synced after a"])
    #expect(
      DurabilityRules.brokenPromises(of: made(of: "open a/x", "write a/x", "rename a/y <- a/x", "fsync a"))
        == ["a/y takes its name before its data is synced"])
  }

  @Test func aDatabaseIsSyncedBeforeItsLogGoes() {
    let moved = ["open q-wal", "write q-wal", "fsync q-wal", "fsync .", "pwrite q"]
    #expect(DurabilityRules.brokenPromises(of: log(moved)) == [])
    #expect(DurabilityRules.brokenPromises(of: log(moved + ["fsync q", "unlink q-wal"])) == [])
    #expect(
      DurabilityRules.brokenPromises(of: log(moved + ["unlink q-wal"]))
        == ["q-wal is removed before its database is synced", "q is not synced"])
    #expect(DurabilityRules.brokenPromises(of: made(of: "pwrite q")) == ["q is not synced"])
  }

  @Test func aCheckpointAndItsSignatureChangeNamesOneAfterTheOther() {
    let made = ["open r/checkpoint.json.new", "open r/checkpoint.sig.new"]
    let both = [
      "rename r/checkpoint.json <- r/checkpoint.json.new", "fsync r",
      "rename r/checkpoint.sig <- r/checkpoint.sig.new", "fsync r",
    ]
    func broken(_ calls: [String]) -> Int { DurabilityRules.brokenPromises(of: log(calls)).count }
    #expect(broken(made + ["fsync r"] + both) == 0)
    #expect(broken(made + both) == 1)
    #expect(broken(made + ["fsync r", both[0], both[2], both[3]]) == 1)
  }

  @Test func nothingIsDoneWithADescriptorWhoseSyncHasFailed() {
    #expect(made(of: "write x", "fsync x 5", "fsync x").callsAfterFailedSync.map(\.name) == ["fsync"])
    #expect(made(of: "write x", "fsync x 5", "write x").callsAfterFailedSync.map(\.name) == ["write"])
    #expect(made(of: "write x", "fsync x 5", "close x", "fsync x").callsAfterFailedSync == [])
    // SQLite takes back a database that it could not make; with a log beside it, it is no new one.
    let takenBack = [
      "pwrite queue.sqlite", "fdatasync queue.sqlite 5", "ftruncate queue.sqlite", "fdatasync queue.sqlite",
    ]
    #expect(made(of: takenBack[0], takenBack[1], takenBack[2], takenBack[3]).callsAfterFailedSync == [])
    #expect(made(of: "open queue.sqlite-wal", takenBack[1], takenBack[3]).callsAfterFailedSync.count == 1)
  }
}
