import NIOCore
import NIOPosix
import Synchronization

/// The relay's listening socket and the connections it holds: it can go away for a time and come back on the same port.
///
/// Away means what it is for a server that died: the port refuses connections, and those that were open are closed. The
/// end of an absence is looked for every few milliseconds, because the time by which it ends may be one that jumps.
/// Everything but ``open()`` and ``catchUp()`` happens on the event loop.
final class RelayListener: Sendable {
  private struct State {
    var port: Int
    var listening: (any Channel)?
    var connections: [ObjectIdentifier: any Channel] = [:]
    var awayUntil: Duration?
    /// The port is being opened again.
    var returning: EventLoopFuture<Void>?
  }

  private static let lookInterval = TimeAmount.milliseconds(5)

  private let options: RelayOptions
  private let desk: FaultInjector
  private let books: RelayBooks
  private let loop: any EventLoop
  private let state: Mutex<State>

  init(_ options: RelayOptions, desk: FaultInjector, books: RelayBooks, on loop: any EventLoop) {
    self.options = options
    self.desk = desk
    self.books = books
    self.loop = loop
    state = Mutex(State(port: options.port))
  }

  /// Listens, and returns the port. Throws the system's error.
  func open() async throws -> Int {
    let channel = try await bind(to: options.port).get()
    // A bound TCP socket has an address with a port.
    let port = channel.localAddress?.port ?? options.port
    state.withLock { ($0.port, $0.listening) = (port, channel) }
    return port
  }

  /// A new connection. False when the relay is away: the connection has to close.
  func holds(_ channel: any Channel) -> Bool {
    state.withLock { state in
      if state.awayUntil != nil && state.returning == nil { return false }
      state.connections[ObjectIdentifier(channel)] = channel
      return true
    }
  }

  /// The connection ends by itself.
  func release(_ channel: any Channel) {
    _ = state.withLock { $0.connections.removeValue(forKey: ObjectIdentifier(channel)) }
  }

  func goAway(for span: Duration) {
    let end = desk.now() + span
    let closing = state.withLock { state in
      let closing = [state.listening].compactMap(\.self) + state.connections.values
      state.listening = nil
      state.connections = [:]
      state.awayUntil = end
      return closing
    }
    for channel in closing { channel.close(promise: nil) }
    loop.scheduleRepeatedTask(initialDelay: Self.lookInterval, delay: Self.lookInterval) { task in
      _ = self.comeBackIfDue()
      if self.state.withLock({ $0.awayUntil == nil }) { task.cancel() }
    }
  }

  /// Ends an absence whose time is over, and returns when the port is open.
  func catchUp() async {
    try? await loop.flatSubmit { self.comeBackIfDue() ?? self.loop.makeSucceededVoidFuture() }.get()
  }

  /// Nil when there is nothing to wait for. A port that cannot be opened is tried again at the next look.
  private func comeBackIfDue() -> EventLoopFuture<Void>? {
    let now = desk.now()
    let (port, returning) = state.withLock { state in
      (state.awayUntil.map { $0 <= now } == true ? state.port : nil, state.returning)
    }
    if let returning { return returning }
    guard let port else { return nil }
    let opening = bind(to: port)
    let opened = opening.map { channel in
      self.state.withLock { ($0.listening, $0.awayUntil, $0.returning) = (channel, nil, nil) }
    }
    state.withLock { if $0.awayUntil != nil { $0.returning = opened } }
    opened.whenFailure { _ in self.state.withLock { $0.returning = nil } }
    return opened
  }

  private func bind(to port: Int) -> EventLoopFuture<any Channel> {
    ServerBootstrap(group: loop)
      .serverChannelOption(.backlog, value: 256)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { [options, desk, books] channel in
        channel.eventLoop.makeCompletedFuture {
          let dialogue = Dialogue(options: options, desk: desk, books: books)
          try channel.pipeline.syncOperations.addHandler(RelayConnection(dialogue, books, self))
        }
      }
      .bind(host: "127.0.0.1", port: port)
  }
}
