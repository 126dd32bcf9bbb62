import Foundation
import Synchronization

/// One line of a ``TerminalRegion``: pieces of text, each in one colour.
public struct TerminalLine: Sendable, Hashable, ExpressibleByStringInterpolation {
  public enum Color: String, Sendable, Hashable {
    case plain = ""
    case faint = "2"
    case bold = "1"
    case red = "31"
    case green = "32"
    case yellow = "33"
  }

  public struct Piece: Sendable, Hashable {
    public var text: String
    public var color: Color
  }

  public private(set) var pieces: [Piece]

  public init(_ text: String, _ color: Color = .plain) {
    pieces = text.isEmpty ? [] : [Piece(text: text, color: color)]
  }
  public init(stringLiteral text: String) { self.init(text) }

  public static func + (left: TerminalLine, right: TerminalLine) -> TerminalLine {
    var sum = left
    sum.pieces += right.pieces
    return sum
  }

  public var text: String { pieces.map(\.text).joined() }
  public var width: Int { DisplayWidth.of(text) }

  /// Without what does not fit.
  public func clipped(to columns: Int) -> TerminalLine {
    guard width > columns else { return self }
    var line = TerminalLine("")
    var room = columns
    for piece in pieces where room > 0 {
      let text = DisplayWidth.clipped(piece.text, to: room, mark: "")
      line.pieces.append(Piece(text: text, color: piece.color))
      room = text == piece.text ? room - DisplayWidth.of(text) : 0
    }
    return line
  }

  /// As it is written: words of others made visible, colours as SGR sequences (ECMA-48).
  fileprivate func bytes(colors: Bool) -> String {
    pieces.map { piece in
      let text = VisibleText.line(piece.text)
      return colors && piece.color != .plain ? "\u{1B}[\(piece.color.rawValue)m\(text)\u{1B}[m" : text
    }.joined()
  }
}

/// The last lines on a terminal, which are drawn again in place while other output appears above them.
///
/// Owns what it has drawn: ``erase()`` leaves the terminal as if it had never been there. Sends escape sequences only to
/// a terminal that takes them (``TerminalLook``), and draws nothing elsewhere. A frame leaves in one write. No line is as wide
/// as the terminal, so none wraps; a terminal that was made narrower has wrapped the lines of the last frame, and is
/// counted so.
public final class TerminalRegion: Sendable {
  public struct Size: Sendable, Hashable {
    public var columns: Int
    public var rows: Int

    public init(columns: Int, rows: Int) { (self.columns, self.rows) = (columns, rows) }
  }

  public let look: TerminalLook
  private let stream: PrintStream
  private let drawn = Mutex<[TerminalLine]>([])

  public init(on stream: PrintStream, _ look: TerminalLook) {
    self.stream = stream
    self.look = look
  }

  public var size: Size { stream.size ?? Size(columns: 80, rows: 24) }

  /// Draws these lines in place of those before; left out while the terminal takes nothing more: whatever waits for a
  /// display, the work does not.
  public func draw(_ lines: [TerminalLine]) {
    guard look.canRedraw, stream.hasRoom else { return }
    drawn.withLock { drawn in
      let size = size
      let fitting = Self.fitting(lines, size)
      guard fitting != drawn else { return }
      stream.write(control: Self.start(of: drawn, size) + body(fitting))
      drawn = fitting
    }
  }

  /// Removes the lines.
  public func erase() {
    drawn.withLock { drawn in
      clear(drawn)
      drawn = []
    }
  }

  /// Lets other output onto the terminal: above the lines, which are drawn again below it.
  public func above<Value>(_ write: () throws -> Value) rethrows -> Value {
    try drawn.withLock { drawn in
      guard !drawn.isEmpty else { return try write() }
      clear(drawn)
      let value = try write()
      stream.write(control: body(Self.fitting(drawn, size)))
      return value
    }
  }

  /// The lines, with the rest of the terminal cleared. The cursor is left at the beginning of the last line: what the terminal
  /// itself shows there, such as `^C`, makes no line longer.
  private func body(_ lines: [TerminalLine]) -> String {
    lines.map { $0.bytes(colors: look.hasColors) + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J\r"
  }

  private func clear(_ lines: [TerminalLine]) {
    guard !lines.isEmpty else { return }
    stream.write(control: Self.start(of: lines, size) + "\u{1B}[J")
  }

  /// No wider than the terminal less one column, and one line fewer than it has.
  private static func fitting(_ lines: [TerminalLine], _ size: Size) -> [TerminalLine] {
    lines.prefix(max(1, size.rows - 1)).map { $0.clipped(to: size.columns - 1) }
  }

  /// From the beginning of the last line to that of the first.
  private static func start(of lines: [TerminalLine], _ size: Size) -> String {
    let rows = lines.dropLast().reduce(0) { $0 + max(1, ($1.width + size.columns - 1) / max(1, size.columns)) }
    let up = min(rows, size.rows - 1)
    return "\r" + (up > 0 ? "\u{1B}[\(up)A" : "")
  }
}
