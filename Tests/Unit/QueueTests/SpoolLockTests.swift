import Foundation
import Queue
import TestSupport
import Testing

@Suite struct SpoolLockTests {
  @Test func aSecondTakerIsToldWhoHasItAndSinceWhen() throws {
    let folder = try TemporaryFolder()
    let spool = Spool(folder: folder.url)
    #expect(SpoolLock.holder(of: spool) == nil)
    var lock: SpoolLock? = try SpoolLock.take(spool, campaign: "pass\"words", at: Sample.time(0))
    let holder = try #require(SpoolLock.holder(of: spool))
    #expect(holder.pid == getpid())
    #expect(holder.host == ProcessInfo.processInfo.hostName || !holder.host.isEmpty)
    #expect(holder.since == Sample.time(0))
    #expect(holder.campaign == "pass\"words")
    do {
      _ = try SpoolLock.take(spool, campaign: "other", at: Sample.time(5))
      Issue.record("it was taken twice")
    } catch {
      #expect(error == .held(holder))
      #expect(error.description.contains("process \(getpid())"))
      #expect(error.description.contains("since 2026-11-23T08:00:00.000Z"))
    }
    withExtendedLifetime(lock) {}
    lock = nil
    #expect(SpoolLock.holder(of: spool) == nil)
    _ = try SpoolLock.take(spool, campaign: "other", at: Sample.time(6))
  }

  @Test func aRemovedFileIsNoLongerOursWhoeverTakesTheNext() throws {
    let folder = try TemporaryFolder()
    let spool = Spool(folder: folder.url)
    let lock = try SpoolLock.take(spool, campaign: "c", at: Sample.time(0))
    try lock.check()
    try FileManager.default.removeItem(at: spool.lock)
    #expect(
      throws: StoreError.overtaken(path: spool.lock.path, reason: "it was removed or replaced meanwhile")
    ) { try lock.check() }
    #expect(StoreError.overtaken(path: "deliver.lock", reason: "gone").description.hasSuffix("may be uncertain."))
    let next = try SpoolLock.take(spool, campaign: "c", at: Sample.time(5))
    do {
      try lock.check()
      Issue.record("both have it")
    } catch {
      #expect(error.description.contains("process \(getpid()) on "))
      #expect(error.description.contains("`eilbrief resume` continues"))
    }
    try next.check()
    #expect(lock.isOurs == false && next.isOurs)
  }

  /// It was stopped, and `deliver.lock` removed: what it holds beside that keeps nobody out, and its end is not the next one's.
  @Test func whoWasOvertakenHoldsNoCampaign() throws {
    let folder = try TemporaryFolder()
    let spool = Spool(folder: folder.url)
    var overtaken: SpoolLock? = try SpoolLock.take(spool, .campaign("c"), campaign: "c", at: Sample.time(0))
    let next = try SpoolLock.takeOver(spool, .campaign("c"), campaign: "c", at: Sample.time(5))
    #expect(overtaken?.isOurs == false && next.isOurs)
    overtaken = nil
    #expect(SpoolLock.holder(of: spool, .campaign("c"))?.since == Sample.time(5))
    #expect(throws: SpoolLockError.self) {
      try SpoolLock.take(spool, .campaign("c"), campaign: "c", at: Sample.time(6))
    }
    try next.check()
  }

  @Test func whereItCannotBeToldTheDiskIsToBlame() throws {
    let folder = try TemporaryFolder()
    let place = folder.url.appendingPathComponent("spool")
    let lock = try SpoolLock.take(Spool(folder: place), campaign: "c", at: Sample.time(0))
    try FileManager.default.moveItem(at: place, to: folder.url.appendingPathComponent("moved"))
    // A link to itself: neither there nor not there.
    #expect(symlink("spool", place.path) == 0)
    do {
      try lock.check()
      Issue.record("nothing was found")
    } catch {
      #expect(error.isStorageFailure, "\(error)")
    }
  }

  @Test func whoLetsGoIsToldApartFromWhoDied() throws {
    let folder = try TemporaryFolder()
    let spool = Spool(folder: folder.url)
    let part = SpoolLock.Part.campaign("c")
    let file = folder.url.appendingPathComponent("deliver.c.lock")
    #expect(SpoolLock.lastEnd(of: spool, part) == nil)
    var lock: SpoolLock? = try SpoolLock.take(spool, part, campaign: "c", at: Sample.time(0))
    let holder = try #require(SpoolLock.holder(of: spool, part))
    #expect(SpoolLock.lastEnd(of: spool, part) == nil, "nobody has ended")
    let held = try Data(contentsOf: file)
    withExtendedLifetime(lock) {}
    lock = nil
    #expect(SpoolLock.lastEnd(of: spool, part) == .released(holder))
    #expect(try Data(contentsOf: file).count == held.count, "letting go needs no room on the disk")
    // What a process leaves that was killed.
    try held.write(to: file)
    #expect(SpoolLock.lastEnd(of: spool, part) == .died(holder))
    // The next one, which ends by itself; who asks meanwhile sees the one that has it.
    var next: SpoolLock? = try SpoolLock.take(spool, part, campaign: "c", at: Sample.time(9))
    #expect(SpoolLock.lastEnd(of: spool, part) == nil && SpoolLock.holder(of: spool, part)?.since == Sample.time(9))
    withExtendedLifetime(next) {}
    next = nil
    guard case .released(let last) = SpoolLock.lastEnd(of: spool, part) else {
      Issue.record("it has ended by itself")
      return
    }
    #expect(last.since == Sample.time(9))
    // Killed in the instant of taking it; and the file of an earlier version.
    for text in ["", #"{"pid":7,"host":"h","since":"2026-11-23T08:00:00.000Z","campaign":"c"}"#, "{", "nothing"] {
      try Data(text.utf8).write(to: file)
      #expect(SpoolLock.lastEnd(of: spool, part) == nil, "\(text)")
    }
  }

  /// The one that was removed is no longer what others look at: its end says nothing about the next holder's.
  @Test func whoWasOvertakenDoesNotSpeakForTheNext() throws {
    let folder = try TemporaryFolder()
    let spool = Spool(folder: folder.url)
    var first: SpoolLock? = try SpoolLock.take(spool, campaign: "c", at: Sample.time(0))
    try FileManager.default.removeItem(at: spool.lock)
    let next = try SpoolLock.take(spool, campaign: "c", at: Sample.time(5))
    withExtendedLifetime(first) {}
    first = nil
    #expect(SpoolLock.holder(of: spool)?.since == Sample.time(5) && next.isOurs)
    #expect(try String(contentsOf: spool.lock, encoding: .utf8).contains(#""ended":0"#))
    withExtendedLifetime(next) {}
  }

  @Test func aKilledProcessLetsGo() async throws {
    let folder = try TemporaryFolder()
    let spool = Spool(folder: folder.url)
    let script = """
      import fcntl, os, sys, time
      fd = os.open("deliver.lock", os.O_RDWR | os.O_CREAT, 0o600)
      fcntl.flock(fd, fcntl.LOCK_EX)
      os.write(fd, b'{"pid":4711,"host":"h","since":"2026-11-23T08:00:00.000Z","campaign":"c"}')
      os.write(1, b"locked\\n")
      sys.stdin.read()
      """
    let process = try ChildProcess("python3", ["-c", script], folder: folder.url, input: .heldOpen)
    try await eventually("the lock is taken") { process.outputSoFar == "locked\n" }
    let holder = SpoolLock.Holder(pid: 4711, host: "h", since: Sample.time(0), campaign: "c")
    #expect(SpoolLock.holder(of: spool) == holder)
    #expect(throws: SpoolLockError.held(holder)) {
      try SpoolLock.take(spool, campaign: "c", at: Sample.time(0))
    }
    process.send(SIGKILL)
    _ = await process.outcome()
    #expect(SpoolLock.holder(of: spool) == nil)
    _ = try SpoolLock.take(spool, campaign: "c", at: Sample.time(0))
  }
}
