import Foundation
import Synchronization

/// Standard output and standard error, and the only way by which the program prints.
///
/// Text goes through ``VisibleText``; only ``TerminalRegion`` sends escape sequences. Each call writes its bytes
/// together, from whichever thread. Nothing is thrown: work is never broken off because nobody can read of it. What
/// cannot be written is dropped from then on, and ``loss`` says why. A reader that has gone away (a closed pipe, a
/// terminal that was hung up) is no loss.
public final class PrintStream: Sendable {
  public static let output = PrintStream(STDOUT_FILENO, named: "standard output")
  public static let errors = PrintStream(STDERR_FILENO, named: "standard error")

  private enum State {
    case open
    /// The reader has gone away.
    case left
    case lost(FileError)
  }

  public let name: String
  public let isTerminal: Bool
  private let descriptor: Int32
  private let state = Mutex(State.open)

  /// Borrows a descriptor that is open for writing; `name` is what errors say.
  public init(_ descriptor: Int32, named name: String) {
    self.descriptor = descriptor
    self.name = name
    isTerminal = isatty(descriptor) == 1
  }

  /// The reason why output was lost; nil when nothing was.
  public var loss: FileError? {
    state.withLock { state in
      if case .lost(let error) = state { error } else { nil }
    }
  }

  /// Returns false when nothing more reaches a reader.
  @discardableResult
  public func write(_ text: String) -> Bool { send(VisibleText.lines(text)) }

  /// Writes a piece of a document, which is meant for another program: its bytes as they are, but on a terminal like
  /// any other text, without the byte-order mark and the carriage returns that end its lines.
  ///
  /// - Parameter structure: Control characters that are the document's own, such as the tab between two columns.
  @discardableResult
  public func write(document bytes: [UInt8], structure: Set<Unicode.Scalar> = []) -> Bool {
    guard isTerminal else { return send(bytes) }
    var text = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
    if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
    return send(VisibleText.lines(text, keeping: structure))
  }

  /// False while the reader is slower than the writer: what can be left out then should be.
  public var hasRoom: Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&request, 1, 0) != 0
  }

  /// How large the terminal is now; nil where nobody knows.
  public var size: TerminalRegion.Size? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
    return TerminalRegion.Size(columns: Int(size.ws_col), rows: Int(size.ws_row))
  }

  /// Writes lines of a ``TerminalRegion`` as they are: it has made the words of others visible.
  func write(control text: String) { send(text) }

  @discardableResult
  private func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  private func send(_ bytes: [UInt8]) -> Bool {
    state.withLock { state in
      guard case .open = state else { return false }
      var offset = 0
      while offset < bytes.count {
        let written = bytes.withUnsafeBytes {
          Foundation.write(descriptor, $0.baseAddress.map { $0 + offset }, $0.count - offset)
        }
        if written >= 0 {
          offset += written
          continue
        }
        switch errno {
        case EINTR: continue
        case EAGAIN:
          // Whoever started us has made the descriptor non-blocking.
          var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          _ = poll(&request, 1, -1)
          continue
        case EPIPE: state = .left
        case EIO where isTerminal: state = .left
        default: state = .lost(FileError(.write, name, .system(errno)))
        }
        return false
      }
      return true
    }
  }

  /// A handler for signals that end the process: clears the line on which a step is shown, and lets the signal act. Only
  /// calls that are safe in a handler (signal-safety(7)).
  public static let clearLineAndEnd: @convention(c) (Int32) -> Void = { number in
    let sequence: (UInt8, UInt8, UInt8, UInt8) = (0x0D, 0x1B, 0x5B, 0x4B)
    withUnsafeBytes(of: sequence) { _ = Foundation.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    signal(number, SIG_DFL)
    raise(number)
  }

  /// Gives descriptors 0, 1 and 2 a meaning where the parent has closed them; to be called before any file is opened.
  /// Otherwise the next file would get such a number, and what is printed would be written into it. Using them still
  /// fails, as it should.
  public static func reserveDescriptors() {
    for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
    where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest number that is free.
      _ = open("/dev/null", mode)
    }
  }
}
