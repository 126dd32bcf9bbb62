import Delivery
import Foundation
import Queue
import Receipts
import Testing

@testable import Reports

/// Letters are grouped by why they were not accepted, whatever is different in every reply.
@Suite struct ReasonGroupsTests {
  private func message(
    _ customer: String, _ reply: String?, code: Int? = 550, _ state: MessageState = .refused, phase: String = "rcpt",
    address: String? = nil, exclusion: ExclusionReason? = nil
  ) -> UnacceptedMessage {
    UnacceptedMessage(
      customer: customer, state: state, recipient: address ?? "\(customer.lowercased())@kanzlei-\(customer).example",
      relay: "main", phase: phase, code: code, enhanced: nil, reply: reply, exclusion: exclusion)
  }

  private func groups(_ messages: UnacceptedMessage...) -> [ReasonGroup] {
    var groups = ReasonGroups()
    for message in messages { groups.add(message) }
    return groups.sorted
  }

  /// Replies that are one kind, and what is shown of the first.
  static let kinds: [(replies: [String], shown: String)] = [
    (["5.1.1 Recipient unknown", "5.1.1 recipient unknown."], "550 5.1.1 Recipient unknown"),
    (
      ["5.1.1 <a1@kanzlei-a1.example>: no such user", "5.1.1 <b2@kanzlei-b2.example>: no such user"],
      "550 5.1.1 <address>: no such user"
    ),
    (
      ["4.7.1 Greylisted for 300 seconds", "4.7.1 Greylisted for 17 seconds"],
      "550 4.7.1 Greylisted for <number> seconds"
    ),
    (
      ["5.7.1 rejected [192.0.2.1] id 4bXyz12A9", "5.7.1 rejected [192.0.2.77] id 77FFab01"],
      "550 5.7.1 rejected [<number>] id <id>"
    ),
    (
      ["5.7.1 see https://help.example/?id=1a2b3c", "5.7.1 see https://help.example/?id=99zz"], "550 5.7.1 see <link>"
    ),
    (["unknown user: a1", "unknown user: b2"], "550 unknown user: <address>"),
    (["5.1.1 first\n5.1.1 second 12", "5.1.1 first\n5.1.1 second 13"], "550 5.1.1 first 5.1.1 second <number>"),
  ]

  @Test(arguments: kinds.indices)
  func whatDiffersInEveryReplyIsNoOtherKind(_ index: Int) {
    let (replies, shown) = Self.kinds[index]
    let found = groups(message("A1", replies[0]), message("B2", replies[1]))
    #expect(found.map(\.count) == [2], "\(found)")
    #expect(found[0].words == shown && found[0].customer == "A1")
  }

  @Test func aLocalPartInTheWordsIsNoOtherKind() {
    let found = groups(
      message("K1", "unknown user: anna.weber", address: "anna.weber@a.example"),
      message("K2", "unknown user: jörg", address: "jörg@b.example"),
      message("K3", "unknown mailbox: mail", address: "mail@c.example"))
    #expect(found.map(\.count) == [2, 1])
    #expect(found[0].words == "550 unknown user: <address>")
    // A word of many replies is none of the customer's alone.
    #expect(
      groups(
        message("K1", "mail rejected", address: "mail@a.example"),
        message("K2", "mail rejected", address: "x@b.example")
      ).map(\.count) == [2])
  }

  @Test func otherWordsCodesAndStatesAreOtherKinds() {
    let found = groups(
      message("A1", "5.1.1 Recipient unknown"), message("A2", "5.1.1 Recipient unknown"),
      message("A3", "5.2.1 Mailbox disabled"), message("A4", "5.1.1 Recipient unknown", code: 551),
      message("A5", "4.7.1 Greylisted, try again later", code: 451, .deferred),
      message("A6", "4.7.1 Greylisted, try again later", code: 451, .expired),
      message("A7", "the connection was lost", code: nil, .uncertain, phase: "final"),
      message("A8", nil, code: nil, .excluded, exclusion: .noSMTPUTF8))
    #expect(found.map(\.count) == [2, 1, 1, 1, 1, 1, 1])
    #expect(found[0].class == .addressDead && found[0].scope == .recipient && found[0].customer == "A1")
    #expect(found.first { $0.state == .expired }?.class == .greylisted)
    #expect(found.first { $0.state == .uncertain }?.class == nil)
    #expect(
      found.first { $0.state == .excluded }?.words == "no relay in use takes international addresses (SMTPUTF8)")
  }

  @Test func aRelayThatNeverSaysTheSameTwiceTakesNoMoreMemory() {
    var groups = ReasonGroups()
    let letters = Array("abcdefghij")
    for number in 0..<3000 {
      let word = String(number).compactMap { $0.wholeNumberValue }.map { letters[$0] }
      groups.add(message("K\(number)", "5.1.1 no such \(String(word))"))
    }
    let found = groups.sorted
    #expect(found.count <= ReasonGroups.mostKinds + 1)
    #expect(found.map(\.count).reduce(0, +) == 3000)
    #expect(found[0].words == "" && found[0].class == .addressDead)
  }

  @Test func aLongReplyIsCut() {
    let found = groups(message("A1", "5.1.1 " + String(repeating: "no ", count: 500)))
    #expect(found[0].words.count == 200 && found[0].words.hasSuffix("…"))
  }
}
