import Campaigns
import Foundation
import Receipts
import TestSupport
import Testing

@testable import Operations

/// What is told, when, and how often.
@Suite struct NoticeBookTests {
  private static let now = Date(timeIntervalSince1970: 1_795_420_800)
  private static let channels: [NoticeChannel] = [.command(["/bin/a"]), .command(["/bin/a", "b"])]

  private static func book(_ body: (NoticeBook) throws -> Void) throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    try body(NoticeBook(try CampaignLocation(name: "sommer", queue: folder.url)))
  }

  private static func notice(_ event: Notice.Event, _ reason: Notice.Reason? = nil) -> Notice {
    Notice(event: event, reason: reason, at: now, letters: ["accepted": 1])
  }

  @Test func eachChannelIsToldOnce() throws {
    try Self.book { book in
      try book.add([Self.notice(.done)], isConfirmed: true)
      for channel in Self.channels {
        let claimed = try #require(try book.claimNext(Self.channels, at: Self.now))
        #expect(claimed.channel == channel)
        #expect(try book.note(claimed.entry.number, channel, isTold: true, at: Self.now) == nil)
      }
      #expect(try book.claimNext(Self.channels, at: Self.now.addingTimeInterval(1_000_000)) == nil)
      #expect(try book.nextAttempt(Self.channels, at: Self.now) == nil)
    }
  }

  /// What one process is about to tell no other one tells, until that one must have ended.
  @Test func aClaimHolds() throws {
    try Self.book { book in
      try book.add([Self.notice(.done)], isConfirmed: true)
      let one = [Self.channels[0]]
      #expect(try book.claimNext(one, at: Self.now) != nil)
      #expect(try book.claimNext(one, at: Self.now) == nil)
      #expect(try book.claimNext(one, at: Self.now.addingTimeInterval(NoticeBook.claim - 1)) == nil)
      #expect(try book.claimNext(one, at: Self.now.addingTimeInterval(NoticeBook.claim)) != nil)
    }
  }

  @Test func whatFailsIsTriedAFewTimes() throws {
    try Self.book { book in
      try book.add([Self.notice(.done)], isConfirmed: true)
      let one = [Self.channels[0]]
      var now = Self.now
      var pauses: [TimeInterval] = []
      while let claimed = try book.claimNext(one, at: now) {
        guard let next = try book.note(claimed.entry.number, one[0], isTold: false, at: now) else { break }
        pauses.append(next.timeIntervalSince(now))
        #expect(try book.claimNext(one, at: next.addingTimeInterval(-0.1)) == nil)
        now = next
      }
      #expect(pauses == NoticeBook.pauses && pauses.count == NoticeBook.attempts - 1)
      #expect(try book.claimNext(one, at: now.addingTimeInterval(1_000_000)) == nil)
    }
  }

  /// A notice counts once the campaign's state says the same.
  @Test(arguments: [CampaignState.completed, .paused, .running])
  func whatDidNotComeAboutIsTakenBack(_ state: CampaignState) throws {
    try Self.book { book in
      try book.add([Self.notice(.done), Self.notice(.decision, .uncertainLetters)], isConfirmed: false)
      #expect(try book.claimNext(Self.channels, at: Self.now) == nil)
      try book.settle(state)
      #expect(try book.entries.count == (state == .completed ? 2 : 0))
      #expect(try (book.claimNext(Self.channels, at: Self.now) != nil) == (state == .completed))
    }
  }

  @Test func theSameMarkIsOneNotice() throws {
    try Self.book { book in
      for _ in 1...2 { try book.add([Self.notice(.late)], isConfirmed: true, mark: "late 1") }
      try book.add([Self.notice(.late)], isConfirmed: true, mark: "late 2")
      #expect(try book.entries.map(\.number) == [1, 2])
      try book.forget(mark: "late 2")
      try book.add([Self.notice(.late)], isConfirmed: true, mark: "late 2")
      #expect(try book.entries.map(\.number) == [1, 2, 3])
    }
  }

  // MARK: The command

  private static func run(_ shell: String, limit: Duration = .seconds(20)) async throws -> String? {
    try await NoticeCommand(
      words: ["/bin/sh", "-c", shell], folder: "/", environment: ["PATH=/usr/bin:/bin"], input: [0x61, 0x0A],
      limit: limit
    ).run()
  }

  @Test func aCommandHasItsInputAndNothingElse() async throws {
    let file = try TemporaryFolder()
    let path = file.url.path
    #expect(
      try await Self.run("cat > \(path)/in; env | sort > \(path)/env; ls /proc/self/fd | wc -l > \(path)/fds; exit 0")
        == nil)
    #expect(try String(contentsOfFile: path + "/in", encoding: .utf8) == "a\n")
    let names = try String(contentsOfFile: path + "/env", encoding: .utf8).split(separator: "\n").map {
      $0.prefix { $0 != "=" }
    }
    // The shell adds the others.
    #expect(Set(names).isSubset(of: ["PATH", "PWD", "OLDPWD", "SHLVL", "_"]), "\(names)")
    #expect(try await Self.run("exit 7") == "ended with exit status 7")
    #expect(try await Self.run("kill -9 $$") == "was ended by signal 9")
  }

  @Test func itsWholeGroupEndsWithItsTime() async throws {
    let file = try TemporaryFolder()
    let path = file.url.path
    let trouble = try await Self.run("sleep 600 & echo $! > \(path)/child; wait", limit: .seconds(1))
    #expect(trouble == "has not ended within 1 s")
    let child = try #require(Int32(String(contentsOfFile: path + "/child", encoding: .utf8).dropLast()))
    try await eventually("its child has ended") {
      // Gone, or a zombie that nobody waits for.
      guard let stat = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8) else { return true }
      return stat.contains(") Z ")
    }
  }

  @Test func aCancelledTaskEndsIt() async throws {
    let task = Task { try await Self.run("sleep 600") }
    try await Task.sleep(for: .milliseconds(200))
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
