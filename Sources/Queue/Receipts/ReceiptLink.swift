import Mail

/// What the chain needs of one line: its place, its own SHA-256, and the one it names as its predecessor's.
///
/// Taken from the bytes as they stand, before anything is parsed, so that a changed line is known as changed whatever it
/// was changed into. `docs/receipts.md` checks the same three with a shell.
package struct ReceiptLink: Sendable {
  /// Without the line feed.
  let bytes: [UInt8]
  /// False for a last line that has no line feed.
  let isWhole: Bool
  let digest: SHA256Digest
  /// ``digest`` in hexadecimal digits.
  let hex: String
  /// The digits where `prev` ends the line; any other text when it does not.
  let prev: String
  /// The text before the first comma: `{"seq":17`.
  private let start: String

  package init(_ bytes: [UInt8], isWhole: Bool = true) {
    self.bytes = bytes
    self.isWhole = isWhole
    digest = SHA256.digest(of: bytes)
    hex = digest.hex
    prev = String(decoding: bytes.suffix(66).dropLast(2), as: UTF8.self)
    start = String(decoding: bytes.prefix(26).prefix { $0 != UInt8(ascii: ",") }, as: UTF8.self)
  }

  func hasSeq(_ number: Int64) -> Bool { start == "{\"seq\":\(number)" }
}
