import Foundation
import Synchronization

/// Standard output and standard error, and the only way by which the program prints.
///
/// Text goes through ``VisibleText``; escape sequences of our own are values (``Sequence``). Each call writes its bytes
/// together, from whichever thread. Nothing is thrown: work is never broken off because nobody can read of it. What
/// cannot be written is dropped from then on, and ``loss`` says why. A reader that has gone away (a closed pipe, a
/// terminal that was hung up) is no loss.
public final class PrintStream: Sendable {
  public static let output = PrintStream(STDOUT_FILENO, named: "standard output")
  public static let errors = PrintStream(STDERR_FILENO, named: "standard error")

  /// The terminal's own commands that the program uses.
  public enum Sequence: String, Sendable {
    /// Back to the start of the line, which is cleared.
    case clearLine = "\r\u{1B}[K"
  }

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
  public func write(_ text: String, after sequence: Sequence? = nil) -> Bool {
    send((sequence?.rawValue ?? "") + VisibleText.lines(text))
  }

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

  /// How many columns the terminal has; nil where nobody knows.
  public var columns: Int? {
    var size = winsize()
    return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil
  }

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
