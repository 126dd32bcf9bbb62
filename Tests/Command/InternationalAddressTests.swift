import Foundation
import TestSupport
import Testing

/// International addresses through a real Postfix, with SMTPUTF8 and without it, and through two of which one has it.
@Suite(.serialized) struct InternationalAddressTests {
  private static func customer(
    _ id: String, _ contact: String, name: (String, String) = ("Jörg", "Groß"),
    mailbox: String = "post@kanzlei-1.example"
  ) -> GeneratedCustomer {
    GeneratedCustomer(
      id: id, company: "", salutation: "Herr", title: "", firstName: name.0, lastName: name.1, language: "de",
      contact: contact, phone: "09999 555-\(id)", mailboxes: [.init(address: mailbox, access: "imap")])
  }

  private static let customers = [
    customer("1", "jörg@straße.example", mailbox: "büro@straße.example"), customer("2", "info@bücher.example"),
    customer("3", "דוד@דוגמה.example", name: ("דוד", "כהן")), customer("4", "anna@kanzlei-4.example"),
  ]
  private static let international = ["1", "3"]

  private static func relay(_ name: String, _ relay: PostfixRelay) -> String {
    "{name: \(name), url: \"smtp://localhost:\(relay.port)\", connections: 2}"
  }

  private static func options(smtpUTF8: Bool) -> PostfixRelay.Options {
    var options = PostfixRelay.Options(certificateNames: nil, login: nil)
    options.smtpUTF8 = smtpUTF8
    return options
  }

  private static func campaign(in queue: URL, _ relays: [String]) throws -> TestCampaign {
    let campaign = try TestCampaign(in: queue, customers: customers, encoding: .utf8, relay: ["name: x"])
    try campaign.write(
      yaml: try campaign.yaml().replacing("  - {name: x}", with: relays.map { "  - \($0)" }.joined(separator: "\n")))
    return campaign
  }

  @Test func aRelayWithSMTPUTF8TakesThem() async throws {
    try await PostfixRelay.with(Self.options(smtpUTF8: true)) { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try Self.campaign(in: queue, [Self.relay("main", relay)])
        let check = try await EilbriefProcess.run("check", campaign.name, queue: queue)
        #expect(check.status == 0, "\(check.output)")
        #expect(
          check.output.contains(
            "  2 customers have an address with letters beyond ASCII before its @: “1” (line 2), “3” (line 4); the letter goes "
              + "through a relay that offers SMTPUTF8, and where none does, the customer is on the call list"))
        let launch = try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: queue)
        #expect(launch.status == 0, "\(launch.output)\(launch.errors)")
        try await relay.untilQueueIsEmpty()
        let letters = try await ReadLetter.all(in: relay.maildir)
        #expect(
          letters.flatMap(\.to).sorted()
            == [
              "anna@kanzlei-4.example", "info@xn--bcher-kva.example", "jörg@xn--strae-oqa.example",
              "דוד@xn--6dbbec0c.example",
            ])
        // A UTF-8 local part is a remark to Python, not a mistake (RFC 6532).
        let defects = letters.flatMap(\.defects).filter { !$0.lowercased().contains("non-ascii") }
        #expect(defects == [])
        // A reader sees the mailbox as its owner writes it.
        #expect(letters.contains { $0.text?.contains("büro@straße.example") == true })
        try await Self.expectReport(campaign, accepted: 4, called: [])
      }
    }
  }

  @Test func aRelayWithoutSMTPUTF8PutsThemOnTheTelephoneList() async throws {
    try await PostfixRelay.with(Self.options(smtpUTF8: false)) { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try Self.campaign(in: queue, [Self.relay("main", relay)])
        let launch = try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: queue)
        #expect(launch.status == 1, "\(launch.output)\(launch.errors)")
        try await relay.untilQueueIsEmpty()
        #expect(relay.takenCount == 2)
        try await Self.expectReport(campaign, accepted: 2, called: Self.international)
        let receipts = try PurgeScene.receipts(of: campaign.name, in: queue)
        #expect(receipts.split(separator: "\n").count { $0.contains("\"event\":\"excluded\"") } == 2)
      }
    }
  }

  @Test func ofTwoRelaysTheOneThatOffersItTakesThem() async throws {
    try await PostfixRelay.with(Self.options(smtpUTF8: false)) { narrow in
      try await PostfixRelay.with(Self.options(smtpUTF8: true)) { wide in
        try await TemporaryFolder.with { queue in
          let campaign = try Self.campaign(in: queue, [Self.relay("narrow", narrow), Self.relay("wide", wide)])
          let launch = try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: queue)
          #expect(launch.status == 0, "\(launch.output)\(launch.errors)")
          try await wide.untilQueueIsEmpty()
          let letters = try await ReadLetter.all(in: wide.maildir)
          #expect(letters.flatMap(\.to).filter { !$0.allSatisfy(\.isASCII) }.count == 2)
          try await Self.expectReport(campaign, accepted: 4, called: [])
        }
      }
    }
  }

  @Test func anInternationalSenderNeedsARelayThatOffersIt() async throws {
    for (offers, status) in [(false, Int32(69)), (true, 0)] {
      try await PostfixRelay.with(Self.options(smtpUTF8: offers)) { relay in
        try await TemporaryFolder.with { queue in
          let campaign = try Self.campaign(in: queue, [Self.relay("main", relay)])
          try campaign.write(
            yaml: try campaign.yaml().replacing("reply_to: support@", with: "reply_to: büro@"))
          let check = try await EilbriefProcess.run("check", campaign.name, queue: queue)
          #expect(
            check.output.contains(
              "  sender.reply_to has an address with letters beyond ASCII before its @: every letter"))
          let launch = try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: queue)
          #expect(launch.status == status, "\(launch.output)\(launch.errors)")
          guard offers else {
            #expect(launch.errors.contains("does not offer SMTPUTF8, and every letter needs it"))
            #expect(launch.errors.contains("Nothing was frozen and nothing was sent."))
            return
          }
          try await relay.untilQueueIsEmpty()
          let letters = try await ReadLetter.all(in: relay.maildir)
          #expect(letters.count == 4 && letters.allSatisfy { $0.replyTo == ["büro@kanzlei-it.example"] })
        }
      }
    }
  }

  private static func expectReport(_ campaign: TestCampaign, accepted: Int, called: [String]) async throws {
    let queue = campaign.queue
    let status = try await CommandStatus.read(campaign)
    #expect(status.messages["accepted"] == accepted && status.messages["excluded"] == called.count && status.addsUp)
    let calls = try await EilbriefProcess.run("report", campaign.name, "calls", queue: queue)
    for customer in customers {
      let line = calls.output.split(whereSeparator: \.isNewline).first { $0.contains(customer.phone) }
      let reason = "letter not sent: no relay in use takes international addresses (SMTPUTF8)"
      #expect((line != nil) == called.contains(customer.id), "\(calls.output)")
      #expect(line?.contains(reason) ?? true)
    }
    #expect(try await EilbriefProcess.run("receipts", "verify", campaign.name, queue: queue).status == 0)
    for customer in customers where !called.contains(customer.id) {
      let proof = try await EilbriefProcess.run(
        "receipts", "prove", campaign.name, "--customer", customer.id, queue: queue)
      #expect(proof.status == 0, "\(proof.output)\(proof.errors)")
    }
  }
}
