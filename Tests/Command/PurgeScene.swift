import Foundation
import TestSupport

/// What the tests of `purge` share: customers whose every personal datum holds one word, and a search for it.
enum PurgeScene {
  /// In the id, names, telephone number and addresses of each customer, and nowhere else.
  static let mark = "gehtweg"

  static func customers(_ count: Int) -> [GeneratedCustomer] {
    GeneratedCustomer.customers(count, seed: 31).enumerated().map { number, customer in
      GeneratedCustomer(
        id: "\(mark)-\(number)", company: "Kanzlei \(mark) & Söhne", salutation: "Frau", title: "Dr.",
        firstName: customer.firstName, lastName: "Müller-\(mark)", language: customer.language,
        contact: "\(mark)\(number)@kanzlei-\(number).example", phone: "09999 \(mark) \(number)",
        mailboxes: [.init(address: "post-\(mark)@kanzlei-\(number).example", access: number % 2 == 0 ? "imap" : "pop3")]
      )
    }
  }

  /// The files below `folder` that hold the bytes, whatever they are; names of files too.
  static func files(in folder: URL, holding bytes: Data = Data(mark.utf8)) throws -> [String] {
    guard let enumerator = FileManager.default.enumerator(atPath: folder.path) else { return [] }
    return try enumerator.compactMap { $0 as? String }.filter { name in
      let file = folder.appendingPathComponent(name)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder) else { return false }
      if name.contains(mark) { return true }
      return try !isFolder.boolValue && Data(contentsOf: file).range(of: bytes) != nil
    }.sorted()
  }

  /// Asks the database as another program would; gives the first column of the first row.
  static func database(_ queue: URL, _ sql: String) async throws -> String {
    let script = """
      import sqlite3, sys
      db = sqlite3.connect("queue.sqlite", isolation_level=None)
      row = db.execute(sys.argv[1]).fetchone()
      print("" if row is None else row[0], end="")
      """
    let outcome = try await ChildProcess.run("python3", ["-c", script, sql], folder: queue)
    guard outcome.status == 0 else { throw HarnessError("\(sql): \(outcome.errors)") }
    return outcome.output
  }

  /// The key of the campaign's keyed hashes.
  static func key(of campaign: String, in queue: URL) async throws -> Data {
    let hex = try await database(queue, "SELECT hex(hash_key) FROM campaigns WHERE name = '\(campaign)'")
    var key = Data()
    var rest = hex[...]
    while let byte = UInt8(rest.prefix(2), radix: 16) {
      key.append(byte)
      rest = rest.dropFirst(2)
    }
    guard key.count == 32 else { throw HarnessError("the key of \(campaign) is “\(hex)”") }
    return key
  }

  static func receipts(of campaign: String, in queue: URL) throws -> String {
    try String(contentsOf: queue.appendingPathComponent("\(campaign)/receipts/receipts.jsonl"), encoding: .utf8)
  }
}
