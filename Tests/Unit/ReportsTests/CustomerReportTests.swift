import Campaigns
import Foundation
import Mail
import Queue
import Receipts
import Reports
import Testing

@Suite struct CustomerReportTests {
  private func report(_ record: CustomerRecord) throws -> CustomerReport {
    try #require(CustomerReport.rows(of: record, deadline: Sample.deadline, at: Sample.time(0)).first)
  }

  private let letterHash = SHA256.digest(of: Array("letter".utf8)).hex

  @Test func anAcceptedLetterHasAllItsFields() throws {
    let message = try Sample.message(.accepted, reply: "2.0.0 Ok: queued as 4XyZ", resent: true)
    let row = try report(try Sample.record(.letter, calls: [.segment("central inbox")], message: message))
    #expect(
      zip(CustomerReport.header, row.fields).map { "\($0)=\($1)" } == [
        "customer=10001", "company=Kanzlei Müller", "name=Dr. Änne Müller", "outcome=letter", "reason=",
        "call=central inbox", "phone=09999 555-001", "address=kanzlei@müller.example",
        "mailboxes=post@müller.example fax@müller.example", "letter=password-change", "state=accepted", "resent=yes",
        "attempts=2",
        "first_attempt_at=2026-11-23T08:00:01.000Z", "last_attempt_at=2026-11-23T08:30:01.500Z",
        "changed_at=2026-11-23T08:30:02.250Z", "relay=main", "phase=final", "code=250", "enhanced=2.0.0",
        "reply=2.0.0 Ok: queued as 4XyZ", "message_id=<m.4@kanzlei-it.example>", "sha256=\(letterHash)", "late=",
        "calls=0", "last_call=", "reached_at=",
      ])
    #expect(row.fields.count == CustomerReport.header.count)
  }

  @Test func severalLettersHaveARowEach() throws {
    var record = try Sample.record(.letter)
    record.messages = [try Sample.message(.accepted), try Sample.message(.refused)]
    record.messages[1].letter = "breach-notice"
    let rows = try CustomerReport.rows(of: record, deadline: Sample.deadline, at: Sample.time(0))
    #expect(
      rows.map { "\($0.customer) \($0.letter) \($0.state)" } == [
        "10001 password-change accepted", "10001 breach-notice refused",
      ])
  }

  @Test func withoutAMessageItsFieldsAreEmpty() throws {
    let row = try report(try Sample.record(.phone, reasons: [.noAddress], contact: nil))
    #expect(row.fields.prefix(7).last == "09999 555-001")
    #expect(row.address == "")
    #expect(
      Array(row.fields.suffix(18)) == ["", "", "no", "0"] + Array(repeating: "", count: 11) + ["0", "", ""])
  }

  @Test func withoutAMessageTheAddressIsTheContact() throws {
    #expect(try report(try Sample.record(.none)).address == "kanzlei@müller.example")
  }

  @Test func theTelephoneListHasWhatACallerNeeds() throws {
    let record = try Sample.record(.phone, reasons: [.segment("central inbox")])
    let row = try #require(try CallReport(record, deadline: Sample.deadline, at: Sample.time(0)))
    #expect(
      zip(CallReport.header, row.fields).map { "\($0)=\($1)" } == [
        "customer=10001", "company=Kanzlei Müller", "name=Dr. Änne Müller", "phone=09999 555-001",
        "call=central inbox", "address=kanzlei@müller.example", "mailboxes=post@müller.example fax@müller.example",
        "state=", "calls=0", "last_call=",
      ])
    #expect(row.fields.count == CallReport.header.count)
  }

  @Test func jsonHasTheKeysOfTheTableForEveryCustomer() throws {
    let rows = try [
      report(try Sample.record(.letter, message: try Sample.message(.accepted))), report(try Sample.record(.none)),
    ]
    for row in rows {
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(try ReportEncoding.json(row).utf8)) as? [String: Any])
      // The list of calls has the last one.
      let columns = CustomerReport.header.filter { $0 != "last_call" }
      #expect(object.keys.sorted() == (columns + ["reasons", "causes"]).sorted())
    }
  }

  @Test func jsonWritesNullForWhatIsNotThere() throws {
    let text = try ReportEncoding.json(try report(try Sample.record(.none, reasons: [.segment("own \"server\"/MX")])))
    #expect(
      text == """
        {
          "address" : "kanzlei@müller.example",
          "attempts" : 0,
          "call" : "",
          "calls" : [

          ],
          "causes" : [

          ],
          "changed_at" : null,
          "code" : null,
          "company" : "Kanzlei Müller",
          "customer" : "10001",
          "enhanced" : "",
          "first_attempt_at" : null,
          "last_attempt_at" : null,
          "late" : "",
          "letter" : "",
          "mailboxes" : [
            "post@müller.example",
            "fax@müller.example"
          ],
          "message_id" : "",
          "name" : "Dr. Änne Müller",
          "outcome" : "none",
          "phase" : "",
          "phone" : "09999 555-001",
          "reached_at" : null,
          "reason" : "own \\"server\\"/MX",
          "reasons" : [
            {
              "kind" : "segment",
              "reason" : "own \\"server\\"/MX"
            }
          ],
          "relay" : "",
          "reply" : "",
          "resent" : false,
          "sha256" : "",
          "state" : ""
        }
        """)
  }

  @Test func jsonHasReasonsAndCausesAsValues() throws {
    var record = try Sample.record(.letter, calls: [.segment("central; inbox")])
    record.messages = [try Sample.message(.refused, reply: "no"), try Sample.message(.uncertain)]
    record.messages[1].letter = "notice"
    let called = try Sample.record(.phone, reasons: [.noAddress, .segment("fax")])
    func values(_ row: some Encodable, _ key: String) throws -> String {
      let object = try JSONSerialization.jsonObject(with: Data(try ReportEncoding.json(row).utf8)) as? [String: Any]
      let list = try #require(object?[key])
      return String(decoding: try JSONSerialization.data(withJSONObject: list, options: .sortedKeys), as: UTF8.self)
    }
    let causes =
      #"[{"detail":"central; inbox","kind":"request","letter":null},"#
      + #"{"detail":"no","kind":"refused","letter":"password-change"},"#
      + #"{"detail":null,"kind":"uncertain","letter":"notice"}]"#
    #expect(try values(report(record), "causes") == causes)
    let list = try #require(try CallReport(record, deadline: Sample.deadline, at: Sample.time(0)))
    #expect(try values(list, "causes") == causes)
    #expect(
      try values(report(called), "reasons")
        == #"[{"kind":"no_address","reason":null},{"kind":"segment","reason":"fax"}]"#)
    #expect(try report(called).reason == "no e-mail address; fax")
  }

  @Test func jsonHasNumbersTimesAndTruthAsSuch() throws {
    let message = try Sample.message(.accepted, resent: true)
    let text = try ReportEncoding.json(try report(try Sample.record(.letter, message: message)))
    for line in [
      "\"attempts\" : 2,", "\"code\" : 250,", "\"resent\" : true,",
      "\"last_attempt_at\" : \"2026-11-23T08:30:01.500Z\",",
    ] {
      #expect(text.contains("\n  \(line)\n"))
    }
  }

  @Test func aCustomerThatCannotBeReadIsAnError() throws {
    var record = try Sample.record(.none)
    record.payload = Data("{}".utf8)
    #expect(throws: DecodingError.self) { try report(record) }
  }
}
