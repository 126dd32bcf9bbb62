import Foundation
import Rehearsal
import RelaySupport
import Synchronization
import Testing

@Suite struct KeepingTests {
  private func mode(_ url: URL) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int
  }

  @Test func keepsMessagesInAFolder() async throws {
    try await withScratchFolder { scratch in
      let folder = scratch.appending(path: "rehearsal/mail")
      let options = RelayOptions(faults: try FaultPlan(parsing: "lost-reply k2@b.example"), keeping: .folder(folder))
      try await withRelay(options) { relay, port in
        let first = try RawClient.greeted(port: port)
        #expect(try first.deliver(to: "k1@b.example", "one\r\n").hasPrefix("250 "))
        #expect(throws: RawClient.Failure.self) { try first.deliver(to: "k2@b.example", "two\r\n") }
        let second = try RawClient.greeted(port: port)
        #expect(try second.deliver(to: "k3@b.example", "three\r\n").hasPrefix("250 "))
        #expect(relay.journal.map(\.answered) == [true, false, true])
        #expect(relay.journal.map(\.bytes) == [nil, nil, nil])
        #expect(relay.journal.map(\.file?.lastPathComponent) == ["000001.eml", "000002.eml", "000003.eml"])
      }
      #expect(try mode(folder) == 0o700)
      for (name, text) in [("000001.eml", "one\r\n"), ("000002.eml", "two\r\n"), ("000003.eml", "three\r\n")] {
        let file = folder.appending(path: name)
        #expect(try Data(contentsOf: file) == Data(text.utf8))
        #expect(try mode(file) == 0o600)
      }
      // Another relay in the same folder goes on behind.
      try await withRelay(RelayOptions(keeping: .folder(folder))) { _, port in
        let client = try RawClient.greeted(port: port)
        #expect(try client.deliver(to: "k4@b.example") == "250 2.0.0 Ok: queued as R000004")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 4)
    }
  }

  @Test func defersWhatItCannotStore() async throws {
    try await withScratchFolder { scratch in
      let folder = scratch.appending(path: "mail")
      try await withRelay(RelayOptions(keeping: .folder(folder))) { relay, port in
        try Data("not ours".utf8).write(to: folder.appending(path: "000001.eml"))
        let client = try RawClient.greeted(port: port)
        #expect(try client.deliver(to: "k1@b.example") == "451 4.3.0 Message cannot be stored")
        #expect(relay.journal.isEmpty)
        #expect(try client.deliver(to: "k1@b.example") == "250 2.0.0 Ok: queued as R000002")
      }
      #expect(try Data(contentsOf: folder.appending(path: "000001.eml")) == Data("not ours".utf8))
    }
  }

  @Test func saysWhyAFolderCannotBeUsed() async throws {
    try await withScratchFolder { scratch in
      let file = scratch.appending(path: "file")
      try Data().write(to: file)
      #expect {
        try RehearsalRelay(RelayOptions(keeping: .folder(file)))
      } throws: { error in
        "\(error)".hasPrefix("\(file.path): cannot keep messages there: ")
      }
    }
  }

  @Test func tellsOfEachMessageAsItIsTaken() async throws {
    let seen = Mutex<[TakenMessage]>([])
    let note: @Sendable (TakenMessage) -> Void = { message in seen.withLock { $0.append(message) } }
    try await withRelay(RelayOptions(keeping: .envelopes), onTaken: note) { relay, port in
      let client = try RawClient.greeted(port: port)
      for number in 1...5 { _ = try client.deliver(to: "k\(number)@b.example", "text \(number)\r\n") }
      let messages = seen.withLock { $0 }
      #expect(messages.map(\.order) == [1, 2, 3, 4, 5])
      #expect(messages.map(\.recipients) == (1...5).map { ["k\($0)@b.example"] })
      #expect(messages.map(\.bytes) == (1...5).map { Array("text \($0)\r\n".utf8) })
      #expect(relay.journal.map(\.bytes) == [nil, nil, nil, nil, nil])
      #expect(relay.journal.map(\.size) == [8, 8, 8, 8, 8])
    }
  }

  @Test func neverPrintsAMessage() async throws {
    try await withRelay { relay, port in
      let text = "Message-ID: <1@b.example>\r\n\r\nConfidential\r\n"
      _ = try RawClient.greeted(port: port).deliver(to: "k1@b.example", text)
      let message = try #require(relay.journal.first)
      for printed in ["\(message)", String(reflecting: message), "\([message])", "\(relay.journal)"] {
        #expect(printed.contains("R000001: 43 octets, <1@b.example>, answered"))
        #expect(!printed.contains("Confidential") && !printed.contains("67, 111"))
      }
    }
  }
}
