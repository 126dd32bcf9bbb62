import Glibc
import NIOCore
import NIOPosix

/// An SMTP relay on loopback that delivers nothing: it takes mail, keeps it and keeps books, and makes the faults its
/// plan asks for.
///
/// It listens on 127.0.0.1 only. It logs nothing; what it saw is in ``journal`` and ``counts``, which stay readable
/// after ``stop()``. A message is in the journal (and in its file) before its reply goes out. All connections share one
/// thread, so messages are taken one after the other, and delays hold up no other connection.
///
/// It must be stopped; a relay that is dropped while it runs continues to listen.
public actor RehearsalRelay {
  private let options: RelayOptions
  private let desk: FaultInjector
  private let books: RelayBooks
  private var group: MultiThreadedEventLoopGroup?
  private var listener: RelayListener?

  /// Opens the folder, if there is one, but no port yet.
  ///
  /// - Parameter onTaken: called for each message as it is taken, in order, on the relay's own thread and before the
  ///   reply goes out. It must be quick. Its message has its bytes, whatever is kept.
  /// - Throws: ``RelayError/folder(path:reason:)``.
  public init(
    _ options: RelayOptions = RelayOptions(), onTaken: (@Sendable (TakenMessage) -> Void)? = nil
  ) throws(RelayError) {
    self.options = options
    desk = FaultInjector(options)
    books = try RelayBooks(options, onTaken: onTaken)
  }

  /// Starts to listen and returns the port. A relay that was stopped may be started again; its books, and the attempts
  /// it has counted, continue.
  ///
  /// - Throws: ``RelayError/alreadyRunning`` or ``RelayError/port(_:reason:)``.
  public func start() async throws -> Int {
    if group != nil { throw RelayError.alreadyRunning }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    self.group = group
    let listener = RelayListener(options, desk: desk, books: books, on: group.next())
    self.listener = listener
    do {
      return try await listener.open()
    } catch {
      await stop()
      throw RelayError.port(options.port, reason: Self.reason(error))
    }
  }

  /// Closes the port and every connection, whatever it is at, and ends the thread. A late reply that has not gone out
  /// never will. Does nothing when the relay is not running.
  public func stop() async {
    guard let group else { return }
    self.group = nil
    listener = nil
    // Shutting the group down closes the listener and all connections first. It fails only for a group that has been
    // shut down before, which this one has not.
    try? await group.shutdownGracefully()
  }

  /// The time of ``RelayOptions/now`` was put forward: what has become due by it is done when this returns. Without it
  /// a relay that was away comes back a few milliseconds later.
  public func catchUp() async { await listener?.catchUp() }

  /// Everything the relay took, in order, answered or not.
  public nonisolated var journal: [TakenMessage] { books.journal }

  public nonisolated var counts: RelayCounts { books.counts }

  /// From now on every MAIL is refused (554 5.7.1), or no longer. Transactions that have begun are not touched.
  public nonisolated func refuseEverything(_ refuse: Bool) { books.refusesEverything = refuse }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? IOError else { return String(describing: error) }
    return String(cString: strerror(error.errnoCode))
  }
}

/// The reason a rehearsal relay cannot start. What happens later is an SMTP reply or a line in the books, never an
/// error.
public enum RelayError: Error, Sendable, Hashable, CustomStringConvertible {
  case alreadyRunning
  /// The folder for the messages cannot be made or read; with the system's reason.
  case folder(path: String, reason: String)
  /// The port cannot be bound; with the system's reason.
  case port(Int, reason: String)

  public var description: String {
    switch self {
    case .alreadyRunning: "the rehearsal relay is already running; stop it first"
    case .folder(let path, let reason): "\(path): cannot keep messages there: \(reason)"
    case .port(let port, let reason): "127.0.0.1:\(port): the rehearsal relay cannot listen there: \(reason)"
    }
  }
}
