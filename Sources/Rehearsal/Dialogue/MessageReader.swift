import Glibc

/// Reads the text after DATA up to the final dot: undoes dot-stuffing (RFC 5321 §4.5.2) and checks for what a careful
/// relay refuses.
///
/// The message ends at CRLF `.` CRLF and nowhere else. A bare LF or CR, which smuggling is made of (a second message
/// that only one of two servers sees), and a line of more than 1,000 octets with its CRLF (RFC 5321 §4.5.3.1.6) are
/// faults of the whole message: it is read to its end, then refused. From the first fault on, its bytes are no longer
/// kept.
struct MessageReader {
  enum Fault: Sendable, Hashable { case bareLineEnd, lineTooLong, tooBig }

  static let lineLimit = 1000

  /// The message read so far: CRLF line ends, dots unstuffed.
  private(set) var bytes: [UInt8] = []
  /// The first fault found.
  private(set) var fault: Fault?

  private let maximumSize: Int
  /// The next octet is the first of a line that follows a CRLF (or DATA): only there a dot has a meaning.
  private var atLineStart = true
  private var lineLength = 0

  /// `expected` is the value of SIZE=, to reserve memory.
  init(maximumSize: Int, expected: Int?) {
    self.maximumSize = maximumSize
    // Not more than it may be: the client's word alone takes no memory.
    bytes.reserveCapacity(min(expected ?? 4096, maximumSize, 1 << 20))
  }

  /// Takes from `input` what belongs to the message. True when the final dot was read; what follows it stays in
  /// `input`.
  mutating func read(_ input: inout LineBuffer) -> Bool {
    var ended = false
    while !ended, input.nextPiece(limit: Self.lineLimit, { ended = take($0) }) {}
    return ended
  }

  private mutating func take(_ piece: UnsafeRawBufferPointer) -> Bool {
    let hasLF = piece.last == 0x0a
    let hasCRLF = hasLF && piece.count >= 2 && piece[piece.count - 2] == 0x0d
    var text = piece
    if atLineStart, piece.first == UInt8(ascii: ".") {
      if hasCRLF, piece.count == 3 { return true }
      text = UnsafeRawBufferPointer(rebasing: piece.dropFirst())
    }
    lineLength += text.count
    if lineLength > Self.lineLimit { found(.lineTooLong) }
    let inner = hasCRLF ? text.count - 2 : text.count
    if hasLF != hasCRLF || (inner > 0 && text.baseAddress.flatMap { memchr($0, 0x0d, inner) } != nil) {
      found(.bareLineEnd)
    }
    if bytes.count + text.count > maximumSize { found(.tooBig) }
    if fault == nil { bytes.append(contentsOf: text) }
    atLineStart = hasCRLF
    if hasLF { lineLength = 0 }
    return false
  }

  private mutating func found(_ new: Fault) {
    guard fault == nil else { return }
    fault = new
    bytes = []
  }
}
