import Foundation
import PostgresQueue
import PostgresSupport
import Queue
import TestSupport
import Testing

/// What is asked of a server and its schema before anything is written.
@Suite struct PostgresServerTests {
  private static func open(
    _ address: PostgresAddress, password: String? = nil, access: StoreAccess = .owner
  ) throws -> PostgresStore {
    try PostgresStore.open(address, password: password, access: access, host: "here", process: 1)
  }

  @Test func aDatabaseWithoutAQueueSaysHowToMakeOne() async throws {
    let address = try await ScratchServer.shared().address(schema: "nothing_here")
    for access in [StoreAccess.owner, .reader, .control, .guest] {
      #expect {
        try Self.open(address, access: access)
      } throws: { error in
        "\(error)".contains("has no queue yet; `eilbrief queue init` makes one")
      }
    }
  }

  @Test func aNewerFormatIsLeftAlone() async throws {
    let server = try await ScratchServer.shared()
    let address = try server.newQueue()
    try await server.psql("UPDATE \(address.schema).format SET format = 99")
    #expect(throws: StoreError.self) { try Self.open(address) }
    #expect(throws: StoreError.self) {
      try PostgresQueue.initialize(address, password: nil, host: "here", process: 1)
    }
    #expect(try await server.psql("SELECT format FROM \(address.schema).format") == "99\n")
  }

  @Test func manyThatBeginAtOnceMakeOneQueue() async throws {
    let address = try await ScratchServer.shared().address(schema: "made_once")
    let found = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask { try PostgresQueue.initialize(address, password: nil, host: "here", process: 1).found }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(found.count { $0 == 0 } == 1)
    _ = try Self.open(address)
  }

  /// The password is taken from nowhere else, and is in no words.
  @Test func aServerThatMayLoseCommitsIsReadOnly() async throws {
    let server = try await ScratchServer.shared()
    let schema = try server.newQueue().schema
    try await server.psql(
      """
      CREATE ROLE careless LOGIN PASSWORD 'correct horse'; ALTER ROLE careless SET synchronous_commit = off;
      GRANT ALL ON SCHEMA \(schema) TO careless; GRANT ALL ON ALL TABLES IN SCHEMA \(schema) TO careless
      """)
    let address = try server.address(schema: schema, role: "careless")
    #expect {
      try Self.open(address, password: "correct horse")
    } throws: { error in
      "\(error)".contains("“synchronous_commit” is “off”")
    }
    _ = try Self.open(address, password: "correct horse", access: .reader)
    for wrong in ["staple battery", nil] as [String?] {
      #expect {
        try Self.open(address, password: wrong, access: .reader)
      } throws: { error in
        !"\(error)".contains("battery") && "\(error)".contains("postgresql:///eilbrief")
      }
    }
    try await server.psql("ALTER ROLE careless SET synchronous_commit = remote_apply")
    _ = try Self.open(address, password: "correct horse")
  }

  @Test func aDatabaseInAnotherEncodingIsRefused() async throws {
    let server = try await ScratchServer.shared()
    try await server.psql("CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    let address = try PostgresAddress("postgresql://postgres@/latin?host=\(server.folder.path)")
    #expect {
      try PostgresQueue.initialize(address, password: nil, host: "here", process: 1)
    } throws: { error in
      "\(error)".contains("not encoded in UTF8")
    }
  }

  @Test func aServerThatIsNotThereIsNamed() throws {
    let address = try PostgresAddress("postgresql://postgres@/eilbrief?host=/nonexistent")
    #expect {
      try Self.open(address, access: .reader)
    } throws: { error in
      if case StoreError.unusable(path: "postgresql:///eilbrief", reason: _) = error { true } else { false }
    }
  }
}
