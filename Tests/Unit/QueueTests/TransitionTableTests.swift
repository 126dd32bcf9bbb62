import Foundation
import Queue
import Receipts
import TestSupport
import Testing

/// The table in Swift and the triggers in SQLite are two guards of one rule: Python's sqlite3 tries every pair.
@Suite struct TransitionTableTests {
  private static let queuedAgain =
    "resend=1, attempts=1, fence=1, first_attempt_at=1, last_attempt_at=1, relay='r', sha256=zeroblob(32)"

  @Test func theDatabaseAllowsExactlyWhatTheTableAllows() async throws {
    let folder = try TemporaryFolder()
    do {
      let store = try SQLiteStore.open(spool: folder.url, access: .owner)
      _ = try await store.freezeSample(letters: 1)
    }
    let script = """
      import sqlite3
      db = sqlite3.connect("queue.sqlite", isolation_level=None)
      marks = "first_attempt_at=9, last_attempt_at=9, sha256=zeroblob(32), relay='r', attempts=1, fence=9"
      set = {
        "queued": "due_at=NULL, resend=(attempts > 0), worker=NULL, lease_until=NULL, " +
          "resolution=CASE WHEN attempts > 0 THEN 'reopen' END",
        "sending": "due_at=NULL, worker='w', lease_until=9, " + marks,
        "deferred": "due_at=9999, worker=NULL, lease_until=NULL, " + marks,
        "accepted": "due_at=NULL, worker=NULL, lease_until=NULL, code=250, " + marks,
        "refused": "due_at=NULL, worker=NULL, lease_until=NULL, " + marks,
        "expired": "due_at=NULL, worker=NULL, lease_until=NULL, " + marks,
        "uncertain": "due_at=NULL, worker=NULL, lease_until=NULL, " + marks,
        "excluded": "due_at=NULL, exclusion='no_smtputf8', worker=NULL, lease_until=NULL",
        "cancelled": "due_at=NULL, worker=NULL, lease_until=NULL",
      }
      for state in set:
        if state != "queued": set[state] += ", resend=0"
        if state != "excluded": set[state] += ", exclusion=NULL"
      way = {"queued": [], "sending": ["sending"], "deferred": ["sending", "deferred"],
        "accepted": ["sending", "accepted"], "refused": ["sending", "refused"],
        "expired": ["sending", "deferred", "expired"], "uncertain": ["sending", "uncertain"],
        "excluded": ["excluded"], "cancelled": ["cancelled"]}
      def go(state): db.execute(f"UPDATE messages SET state='{state}', {set[state]}")
      for old in set:
        for new in set:
          db.execute("BEGIN")
          for state in way[old]: go(state)
          try:
            go(new)
            print(old, new, "yes")
            db.execute("ROLLBACK")
          except sqlite3.IntegrityError as error:
            assert "cannot go" in str(error), (old, new, error)
            print(old, new, "no")
      """
    let outcome = try await ChildProcess.run("python3", ["-c", script], folder: folder.url)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    var seen = 0
    for line in outcome.output.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      let old = try #require(MessageState(rawValue: words[0]))
      let new = try #require(MessageState(rawValue: words[1]))
      #expect(old.canBecome(new) == (words[2] == "yes"), "\(line)")
      seen += 1
    }
    #expect(seen == 81)
  }

  @Test(arguments: [
    ("sending without a lease", "state='sending', due_at=NULL, attempts=1, fence=1"),
    ("a worker without sending", "worker='w', lease_until=9"),
    ("queued until a time", "due_at=9999"),
    ("to be sent again without an attempt", "resend=1"),
    ("to be sent again by nobody's word", "\(queuedAgain)"),
    ("another give-up time without an attempt", "give_up_from=1"),
    ("a resolution that is none", "\(queuedAgain), resolution='retry'"),
    ("sent again, but not marked so", "\(queuedAgain), resolution='resend'"),
    ("marked as sent again by nobody's word", "resent=1"),
    ("a priority that is none", "priority=1000"),
    ("a reason to exclude what is not excluded", "exclusion='no_smtputf8'"),
    ("excluded without a reason", "state='excluded'"),
    ("excluded for a reason that is none", "state='excluded', exclusion='late'"),
    ("a letter that is not made, and not why", "state='excluded', exclusion='not_made'"),
    (
      "deferred without a time",
      "state='deferred', attempts=1, fence=1, first_attempt_at=1, last_attempt_at=1, relay='r', sha256=zeroblob(32)"
    ),
    ("attempts without their marks", "attempts=1, fence=1"),
    ("a fence behind the attempts", "attempts=1, fence=0, first_attempt_at=1, last_attempt_at=1, relay='r'"),
    ("a short digest", "sha256=zeroblob(31)"),
    ("a number for a text", "recipient=x'00'"),
  ])
  func whatAStateNeedsIsChecked(_ name: String, _ change: String) async throws {
    let folder = try TemporaryFolder()
    do {
      let store = try SQLiteStore.open(spool: folder.url, access: .owner)
      _ = try await store.freezeSample(letters: 1)
    }
    let script = """
      import sqlite3
      try: sqlite3.connect("queue.sqlite").execute("UPDATE messages SET \(change)")
      except sqlite3.IntegrityError: print("refused")
      """
    #expect(try await ChildProcess.run("python3", ["-c", script], folder: folder.url).output == "refused\n")
  }

  @Test(arguments: ["reasons='x'", "reasons='{}'", "calls=NULL", "calls='\"text\"'"])
  func reasonsAreLists(_ change: String) async throws {
    let folder = try TemporaryFolder()
    do {
      let store = try SQLiteStore.open(spool: folder.url, access: .owner)
      _ = try await store.freezeSample(letters: 1)
    }
    let script = """
      import sqlite3, sys
      try: sqlite3.connect("queue.sqlite").execute("UPDATE customers SET " + sys.argv[1])
      except sqlite3.IntegrityError: print("refused")
      """
    #expect(try await ChildProcess.run("python3", ["-c", script, change], folder: folder.url).output == "refused\n")
  }
}
