import Campaigns
import Delivery
import Files
import Foundation
import Mail
import Receipts

/// The test letters of a campaign: `test-letters.jsonl` in its folder (0600), two lines for each letter, the oldest first.
///
/// The first line is on disk before a byte is sent, the second before anybody is told how it ended: a first line alone
/// means that nobody knows. No address is in it, and the customer only as receipts have them: as a keyed hash, which there
/// is none of before the launch. Fails with ``FileError``.
struct TestLetterLog {
  static let name = "test-letters.jsonl"
  /// Some ten thousand letters.
  private static let largestSize = 1 << 23

  private let folder: URL
  private let letter: TestLetter
  private let relay: Relay
  private let hashKey: [UInt8]?

  /// - Parameters:
  ///   - folder: The campaign's.
  ///   - hashKey: The plan's; nil before the launch.
  init(_ folder: URL, _ letter: TestLetter, _ relay: Relay, hashKey: [UInt8]?) {
    self.folder = folder
    self.letter = letter
    self.relay = relay
    self.hashKey = hashKey
  }

  private var file: URL { folder.appendingPathComponent(Self.name) }

  /// - Parameter isCounted: False: the launch is to count it in the relay's limits.
  func begin(_ bytes: [UInt8], isCounted: Bool, at now: Date) throws {
    try add { json in
      start(&json, "sending", at: now)
      json.field("sha256", hex: SHA256.digest(of: bytes).bytes)
      if !isCounted { json.field("counted", Self.atLaunch) }
    }
  }

  private static let atLaunch = "at-launch"

  /// The letters that no queue has counted yet, by the names of their relays. Lines that nobody can read count nothing.
  static func uncounted(in folder: URL) throws(FileError) -> [(relay: String, at: Date)] {
    try contents(of: folder.appendingPathComponent(name)).split(separator: UInt8(ascii: "\n")).compactMap { line in
      guard let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any],
        object["counted"] as? String == atLaunch, let relay = object["relay"] as? String,
        let at = (object["at"] as? String).flatMap({ RFC3339.parse($0)?.date })
      else { return nil }
      return (relay, at)
    }
  }

  func end(_ result: TestLetterResult, at now: Date) throws {
    let person = letter.customer
    let redacted = RedactedCustomer(
      recipient: letter.recipient, hidesDomain: true, id: person.id, firstName: person.firstName,
      lastName: person.lastName, company: person.company)
    try add { json in
      start(&json, result.outcome.rawValue, at: now)
      json.field("phase", result.phase.rawValue)
      if let reply = result.reply {
        json.field("code", Int64(reply.code))
        json.field("reply", AddressRedaction.text(reply.text, about: redacted, keeping: letter.messageID))
      }
      if let loss = result.loss { json.field("reason", AddressRedaction.text(loss, about: redacted)) }
    }
  }

  private func start(_ json: inout StrictJSONWriter, _ event: String, at now: Date) {
    json.field("at", at: Milliseconds(now))
    json.field("event", event)
    json.field("by", NSUserName())
    if let hashKey { json.field("customer", hex: KeyedHash(key: hashKey).digest(of: letter.customer.id).bytes) }
    json.field("letter", letter.name)
    json.field("relay", relay.name)
    json.field("message_id", "\(letter.messageID)")
  }

  private func add(_ fields: (inout StrictJSONWriter) -> Void) throws {
    var json = StrictJSONWriter()
    json.begin()
    fields(&json)
    json.end()
    let line = json.bytes + [UInt8(ascii: "\n")]
    // The folder is locked instead of the file, because the file is replaced.
    let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(.write, file.path, .system(errno)) }
    defer { close(descriptor) }
    try FileLock.holding(descriptor, path: file.path, patience: FileLock.patience) {
      let bytes = try contents() + line
      guard bytes.count <= Self.largestSize else {
        throw FileError(.write, file.path, .other("it has grown larger than 8 MB; move it away"))
      }
      try DurableFile.replace(file, with: bytes)
    }
  }

  private func contents() throws(FileError) -> [UInt8] { try Self.contents(of: file) }

  private static func contents(of file: URL) throws(FileError) -> [UInt8] {
    do throws(FileError) {
      return try RandomAccessFile(path: file.path, followingLink: false).contents(atMost: largestSize)
    } catch {
      if error.isMissing { return [] }
      throw error
    }
  }
}
