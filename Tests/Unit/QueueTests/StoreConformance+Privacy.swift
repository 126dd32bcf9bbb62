import Campaigns
import Foundation
import Mail
import Queue
import Receipts
import Testing

/// What receipts tell about customers, and how a letter is found by its code.
extension StoreConformance {
  static let privacy: [Case<any MessageStore>] = [
    Case(name: "a domain of fewer than five customers with a letter is hidden in all of a campaign's receipts") {
      store in
      // K1 gets two letters, and counts once; those who are called do not count.
      var customers = try domains([(0..<5, "large.example"), (5..<9, "small.example"), (9..<10, "one.example")])
      var second = customers[5].messages[0]
      second.letter = "breach-notice"
      customers[5].messages.append(second)
      let campaign = try await freeze(customers, in: store)
      let claims = try await store.claimAll(in: campaign)
      _ = try await store.commit(claims.map { .record($0, Sample.refused()) })
      let shown = Set(try await store.receiptValues(of: campaign).compactMap(\.domain))
      let hash = KeyedHash(key: Sample.hashKey)
      #expect(
        shown == [
          "large.example", ReceiptDomain.hidden("small.example", by: hash),
          ReceiptDomain.hidden("one.example", by: hash),
        ])
      #expect(shown.filter { $0.contains(":") }.allSatisfy { $0.hasPrefix("hmac-sha256:") && $0.utf8.count == 76 })
    },
    Case(name: "domains are counted in each campaign alone") { store in
      _ = try await freeze(try domains([(0..<5, "large.example")]), in: store, "one")
      let two = try await freeze(try domains([(0..<4, "large.example")]), in: store, "two")
      _ = try await store.claimAll(in: two)
      let lines = try await store.lines(of: two)
      #expect(lines.count == 5 && lines.allSatisfy { !$0.contains("large.example") })
    },
    Case(name: "a reply in a receipt tells neither names nor id nor a hidden domain; the store keeps it whole") {
      store in
      var customers = try domains([(0..<5, "large.example"), (5..<6, "praxis-öz.example")])
      for index in customers.indices {
        customers[index].payload = Data(
          #"{"id":"\#(customers[index].id)","company":"Praxis Özil","firstName":"Émile","lastName":"Özil"}"#.utf8)
      }
      let campaign = try await freeze(customers, in: store)
      let claims = try await store.claimAll(in: campaign)
      var record = Sample.refused()
      record.reply =
        "5.1.1 k5@praxis-öz.example: no EMILE OEZIL at xn--praxis-z-3ya.example or praxis-öz.example, see C5, large.example"
      _ = try await store.commit([.record(claims[5], record)])
      let receipt = try #require(try await store.receiptValues(of: campaign).last)
      let words = try #require(receipt.reply)
      #expect(words.hasPrefix("5.1.1 <address>: no <customer> at "), "\(words)")
      #expect(words.hasSuffix(" or <domain>, see <customer>, large.example"), "\(words)")
      let kept = try await store.customerRecords(of: campaign)[5].messages[0].reply
      #expect(kept == record.reply)
    },
    Case(name: "a letter is found by its code's index, with its customer's other letters") { store in
      var customers = try domains([(0..<3, "large.example")])
      var second = customers[1].messages[0]
      second.letter = "breach-notice"
      customers[1].messages.append(second)
      for (number, index) in [(0, [7]), (1, [-9, 7]), (2, [Int64.max])] as [(Int, [Int64])] {
        for (place, code) in index.enumerated() { customers[number].messages[place].codeIndex = code }
      }
      let campaign = try await freeze(customers, in: store)
      let other = try await freeze([customers[2]], in: store, "other")
      func found(_ index: Int64, _ campaign: Int64) async throws -> [String]? {
        try await store.customers(in: campaign, withCodeIndex: index)?.map { "\($0.id) \($0.messages.count)" }
      }
      #expect(try await found(7, campaign) == ["C0 1", "C1 2"])
      #expect(try await found(-9, campaign) == ["C1 2"])
      #expect(try await found(8, campaign) == [])
      #expect(try await found(7, other) == [])
      #expect(try await found(.max, other) == ["C2 1"])
    },
    Case(name: "where one letter has no code's index, none is found by it") { store in
      var customers = try domains([(0..<2, "large.example")])
      customers[0].messages[0].codeIndex = 7
      let campaign = try await freeze(customers, in: store)
      #expect(try await store.customers(in: campaign, withCodeIndex: 7) == nil)
      await #expect(throws: StoreError.self) { try await store.customers(in: 99, withCodeIndex: 7) }
    },
  ]

  private static func domains(_ ranges: [(Range<Int>, String)]) throws -> [PlannedCustomer] {
    try ranges.flatMap { range, domain in
      try range.map { number in
        PlannedCustomer(
          id: "C\(number)", kind: .letter, payload: Data("{}".utf8),
          messages: [
            PlannedMessage(
              recipient: try EmailAddress("k\(number)@\(domain)"),
              messageID: try MessageID(left: "passwords.\(number)", domain: try Domain("kanzlei-it.example")),
              letter: "password-change", priority: 0, template: "password-change@0123456789ab")
          ])
      }
    }
  }

  private static func freeze(
    _ customers: [PlannedCustomer], in store: any MessageStore, _ name: String = "passwords"
  ) async throws -> Int64 {
    try await store.freeze(
      Sample.plan(name, rows: customers.count + 1), customers: customers + [Sample.phone(1)], at: Sample.time(0))
    return try #require(try await store.campaign(named: name)).id
  }
}
