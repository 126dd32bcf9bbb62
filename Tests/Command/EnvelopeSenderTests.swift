import Foundation
import TestSupport
import Testing

/// Envelope senders with a token for each letter, through a real Postfix that returns some of them.
@Suite(.serialized) struct EnvelopeSenderTests {
  private static func customer(_ id: String, _ contact: String) -> GeneratedCustomer {
    GeneratedCustomer(
      id: id, company: "", salutation: "Herr", title: "", firstName: "Jörg", lastName: "Groß", language: "de",
      contact: contact, phone: "09999 555-\(id)",
      mailboxes: [.init(address: "post@kanzlei-\(id).example", access: "imap")])
  }

  private static let customers = [
    customer("1", "anna@kanzlei-1.example"), customer("2", "jörg@straße.example"), customer("3", "weg@lost.example"),
  ]

  /// The letters that arrived, and the mails that came back.
  private static func sent(
    bounces: String, in queue: URL
  ) async throws -> (letters: [ReadLetter], returned: [String]) {
    var options = PostfixRelay.Options(certificateNames: nil, login: nil)
    options.returned = ["weg@lost.example": "5.1.1 mailbox unknown"]
    return try await PostfixRelay.with(options) { relay in
      let campaign = try TestCampaign(
        in: queue, customers: customers, encoding: .utf8,
        relay: ["name: main", "url: \"smtp://localhost:\(relay.port)\""])
      try campaign.write(yaml: try campaign.yaml() + bounces)
      let launch = try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: queue)
      #expect(launch.status == 0, "\(launch.output)\(launch.errors)")
      try await relay.untilQueueIsEmpty()
      let returned = try relay.deliveredFiles.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
        .filter { $0.contains("Content-Type: multipart/report") }
      return (try await ReadLetter.all(in: relay.maildir).filter { $0.type != "multipart/report" }, returned)
    }
  }

  @Test func eachLetterComesBackUnderItsOwnToken() async throws {
    try await TemporaryFolder.with { queue in
      let (letters, returned) = try await Self.sent(
        bounces: "bounces: {address: bounce@kanzlei-it.example}\n", in: queue)
      #expect(letters.count == 2 && returned.count == 1)
      let paths = letters.map { $0.returnPath ?? "" }
      let tokens = paths.compactMap { $0.wholeMatch(of: /<?bounce\+([0-9a-z]{16})@kanzlei-it\.example>?/)?.1 }
      #expect(Set(tokens).count == 2, "\(paths)")
      let report = try #require(returned.first)
      let token = try #require(report.firstMatch(of: /Original-Envelope-Id: ([0-9a-z]{16})\n/)?.1, "\(report)")
      #expect(!tokens.contains(token))
      #expect(report.contains("Delivered-To: bounce+\(token)@kanzlei-it.example\n"), "\(report)")
      #expect(report.contains("Original-Recipient: rfc822;weg@lost.example\n"), "\(report)")
      // The letter's header, and nothing of its text.
      #expect(report.contains("Content-Type: text/rfc822-headers") && !report.contains("Content-Type: message/rfc822"))
      // The token alone says which letter it is about; one that is another by a letter says nothing.
      let bare = report.replacing(/<[^<>@\n]+@kanzlei-it\.example>/, with: "")
      #expect(!bare.contains("Message-ID: <eb."))
      let forged = bare.replacing(token, with: (token.first == "0" ? "1" : "0") + token.dropFirst())
      for (name, text, words) in [("forged", forged, "0 letters"), ("bare", bare, "1 letter")] {
        let file = queue.appending(path: "\(name).eml")
        try Data(text.utf8).write(to: file)
        let read = try await ChildProcess.run(
          try EilbriefProcess.executable().path, ["bounces", "sommer", file.path, "--queue", queue.path])
        #expect(read.status == 0 && read.output.contains(words), "\(name): \(read.output)\(read.errors)")
      }
    }
  }

  @Test func withoutBouncesNothingIsAskedFor() async throws {
    try await TemporaryFolder.with { queue in
      let (letters, returned) = try await Self.sent(bounces: "", in: queue)
      let senders = Set(letters.map { $0.returnPath ?? "" })
      #expect(senders.count == 1 && !senders.contains { $0.contains("+") }, "\(senders)")
      #expect(returned.count == 1 && !returned.contains { $0.contains("Original-Envelope-Id") })
    }
  }
}
