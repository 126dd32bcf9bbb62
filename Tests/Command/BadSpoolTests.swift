import Foundation
import TestSupport
import Testing

/// A spool that cannot be written to, is in use, or is not ours to write: told with what to do, and nothing half done.
@Suite struct BadSpoolTests {
  private static let advice = "make room there or give this user the right to write, then run the command again"

  @Test func queueFolderNotWritable() async throws {
    try await RefusedLaunch.with { bad in
      let queue = bad.campaign.queue.path
      chmod(queue, 0o500)
      try await bad.expectRefusal(
        73, "\(queue)/deliver.lock: cannot be written: Permission denied; \(Self.advice)")
      chmod(queue, 0o700)
      #expect(try FileManager.default.contentsOfDirectory(atPath: queue) == [bad.campaign.name])
      try await bad.expectLaunch()
    }
  }

  /// The receipts go there: found before the plan is frozen, not after.
  @Test func campaignFolderNotWritable() async throws {
    try await RefusedLaunch.with { bad in
      let folder = bad.campaign.folder.path
      chmod(folder, 0o500)
      try await bad.expectRefusal(73, "\(folder): cannot be written: Permission denied; \(Self.advice)")
      chmod(folder, 0o700)
      try await bad.expectLaunch()
    }
  }

  @Test func resumeOfWhatWasNeverLaunched() async throws {
    try await RefusedLaunch.with { bad in
      let (name, queue) = (bad.campaign.name, bad.campaign.queue)
      let outcome = try await EilbriefProcess.run("resume", name, queue: queue)
      #expect(outcome.status == 64)
      #expect(outcome.errors == "eilbrief: \(name) was never launched: `eilbrief launch \(name)` begins it.\n")
      #expect(!FileManager.default.fileExists(atPath: queue.appendingPathComponent("queue.sqlite").path))
      try await bad.expectLaunch()
    }
  }

  @Test func initInAFolderThatIsNotWritable() async throws {
    try await TemporaryFolder.with { queue in
      chmod(queue.path, 0o500)
      let outcome = try await OrdinaryUser.run("init", "sommer", queue: queue)
      #expect(outcome.status == 73)
      #expect(
        outcome.errors == """
          eilbrief: \(queue.path)/sommer: cannot be written: Permission denied; make room there or give this user the \
          right to write, or name another folder with --queue.

          """)
      #expect(try FileManager.default.contentsOfDirectory(atPath: queue.path) == [])
      chmod(queue.path, 0o700)
      #expect(try await OrdinaryUser.run("init", "sommer", queue: queue).status == 0)
    }
  }

  /// No advice to take an older copy: it would send again what has gone out since.
  @Test func aDamagedDatabase() async throws {
    try await RefusedLaunch.with { bad in
      try await bad.expectLaunch()
      let (name, queue) = (bad.campaign.name, bad.campaign.queue)
      let database = queue.appendingPathComponent("queue.sqlite")
      // What the launch has left in SQLite's log is moved into the database, which is then all there is.
      let move = "import sqlite3,sys; sqlite3.connect(sys.argv[1]).execute('PRAGMA wal_checkpoint(TRUNCATE)')"
      _ = try await ChildProcess.tool("python3", ["-c", move, database.path])
      let file = try FileHandle(forWritingTo: database)
      let size = try file.seekToEnd()
      try file.seek(toOffset: 4096)
      try file.write(contentsOf: Data(repeating: 0x5A, count: Int(size) - 4096))
      try file.close()
      for command in ["status", "resume", "report"] {
        let outcome = try await EilbriefProcess.run(command, name, queue: queue)
        #expect(outcome.status == 73, "\(command): \(outcome.output)")
        #expect(
          outcome.errors == """
            eilbrief: \(database.path): the database is damaged, or the disk is failing. See to the disk, then run the \
            command again. If it stays damaged, keep the whole folder as it is: an older copy does not know what was sent \
            since, and would send it again; the receipts do know

            """)
      }
    }
  }

  @Test func twoLaunchesAtOnce() async throws {
    // The second letter is an hour away.
    try await RefusedLaunch.with(more: ["limits: [1/h]"]) { bad in
      let (name, queue) = (bad.campaign.name, bad.campaign.queue)
      try await EilbriefProcess.running("launch", name, "--yes", queue: queue) { first in
        try await eventually("the first letter is accepted") {
          try await CommandStatus.read(bad.campaign).messages["accepted"] == 1
        }
        let lock = try JSONDecoder().decode(
          LockFile.self, from: Data(contentsOf: queue.appendingPathComponent("deliver.lock")))
        let second = try await EilbriefProcess.running("launch", name, "--yes", queue: queue) { second in
          try await eventually("the second launch has ended") { !second.isRunning }
          return await second.outcome()
        }
        #expect(second.status == 75)
        #expect(
          second.errors == """
            eilbrief: the spool is in use by process \(first.child.identifier) on \(lock.host), which has been \
            at work on “sommer” since \(lock.since); wait for it, or stop it: `eilbrief pause sommer` while it \
            delivers, Ctrl-C in its terminal while it asks

            """)
        #expect(second.output == "")
        #expect(first.isRunning)
        #expect(try bad.relay.recipients().count == 1)
        // As the message says.
        let pause = try await EilbriefProcess.run("pause", name, queue: queue)
        #expect(pause.status == 0, "\(pause.errors)")
        #expect(await first.outcome().status == 75)
      }
      let yaml = try bad.campaign.yaml()
      try bad.campaign.write(yaml: yaml.replacing("limits: [1/h]", with: "connections: 1"))
      #expect(try await EilbriefProcess.run("launch", name, "--yes", queue: queue).status == 0)
      #expect(try bad.relay.recipients().count == 2)
    }
  }

  private struct LockFile: Decodable {
    let host: String
    let since: String
  }

  @Test func spoolOfANewerVersion() async throws {
    try await RefusedLaunch.with(more: ["limits: [1/h]"]) { bad in
      let (name, queue) = (bad.campaign.name, bad.campaign.queue)
      try await EilbriefProcess.running("launch", name, "--yes", queue: queue) { launch in
        try await eventually("the first letter is accepted") {
          try await CommandStatus.read(bad.campaign).messages["accepted"] == 1
        }
        launch.send(SIGTERM)
        #expect(await launch.outcome().status == 75)
      }
      // Whatever is not held back by the version is sent at once.
      let yaml = try bad.campaign.yaml()
      try bad.campaign.write(yaml: yaml.replacing("limits: [1/h]", with: "connections: 1"))
      let known = try await version(of: queue)
      try await version(of: queue, becomes: known + 1)
      let database = queue.appendingPathComponent("queue.sqlite")
      let before = try Data(contentsOf: database)
      let words = """
        eilbrief: \(database.path): written by a newer version of eilbrief (format \(known + 1), this one knows \
        \(known)); install that version

        """
      for arguments in [
        ["launch", name, "--yes"], ["resume", name], ["status", name], ["pause", name], ["report", name],
      ] {
        let outcome = try await OrdinaryUser.run(arguments, queue: queue)
        #expect(outcome.status == 73, "\(arguments)")
        #expect(outcome.errors == words, "\(arguments)")
        #expect(outcome.output == "", "\(arguments)")
      }
      #expect(try Data(contentsOf: database) == before)
      #expect(try bad.relay.recipients().count == 1)

      try await version(of: queue, becomes: known)
      #expect(try await EilbriefProcess.run("resume", name, queue: queue).status == 0)
      #expect(try bad.relay.recipients().count == 2)
    }
  }

  private func version(of queue: URL) async throws -> Int {
    let text = try await sqlite(queue, "print(database.execute('PRAGMA user_version').fetchone()[0])")
    return try #require(Int(text.trimmingCharacters(in: .whitespacesAndNewlines)))
  }

  private func version(of queue: URL, becomes version: Int) async throws {
    try await sqlite(queue, "database.execute('PRAGMA user_version = \(version)')")
  }

  /// Statements of Python, with the spool's `database` open.
  @discardableResult
  private func sqlite(_ queue: URL, _ statements: String) async throws -> String {
    let opening = "import sqlite3, sys; database = sqlite3.connect(sys.argv[1], isolation_level=None); "
    return try await ChildProcess.tool(
      "python3", ["-c", opening + statements + "; database.close()", queue.path + "/queue.sqlite"])
  }
}
