import Foundation
import TestSupport
import Testing

/// The generated file is what it says: read back with Python's `csv` module, in each encoding.
@Suite struct CustomerFileTextTests {
  @Test(arguments: [
    (CustomerFileText.Encoding.utf8, "utf-8"), (.utf8WithMark, "utf-8-sig"), (.cp1252, "cp1252"),
  ])
  func pythonReadsTheSameCustomers(encoding: CustomerFileText.Encoding, codec: String) async throws {
    let customers = GeneratedCustomer.customers(300, seed: 3, everyoneGetsALetter: false)
    let json = try await ChildProcess.tool(
      "python3",
      [
        "-c",
        """
        import csv, io, json, sys
        text = sys.stdin.buffer.read().decode(sys.argv[1])
        print(json.dumps(list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))))
        """, codec,
      ], input: .bytes([UInt8](try CustomerFileText(customers: customers, encoding: encoding).bytes())))
    let rows = try JSONDecoder().decode([[String]].self, from: Data(json.utf8))
    #expect(rows.first == CustomerFileText.header)
    #expect(
      Array(rows.dropFirst())
        == customers.flatMap { customer in
          customer.mailboxes.map { mailbox in
            [
              customer.id, customer.company, customer.salutation, customer.title, customer.firstName,
              customer.lastName, customer.language, customer.contact, customer.phone, mailbox.address, mailbox.access,
            ]
          }
        })
    #expect(Set(customers.map(\.id)).count == 300)
  }
}
