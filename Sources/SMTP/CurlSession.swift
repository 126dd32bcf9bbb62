import Campaigns
import Delivery
import Dispatch
import Mail
import Synchronization

/// One connection to a relay, on a thread of its own.
///
/// The actor's executor is that thread, so its methods may block there while the callers only wait. Every wait for the
/// relay heeds ``SessionControl``: before the final dot the connection is closed at once when sending is to stop, and the
/// reply to a dot is waited for as long as that says. The cancellation of a task ends only what it is opening. Releasing the session closes the connection, without QUIT, and ends the thread.
actor CurlSession: Session {
  private let executor: ThreadExecutor
  private let connection: CurlConnection
  /// Passed while the connection is opened.
  private let gate: DispatchSemaphore
  /// The dialogue on the open connection; nil when no connection is open.
  private var dialogue: Dialogue?
  /// The extensions that the open connection offers; nil when no connection is open. Apart from the actor, so that
  /// asking needs no thread.
  private nonisolated let offered = Mutex<RelayCapabilities?>(nil)

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let pipelining: PipeliningFaults

  init(
    settings: ConnectionSettings, control: SessionControl = SessionControl(), uptime: @escaping Uptime,
    pipelining: PipeliningFaults = PipeliningFaults(),
    gate: DispatchSemaphore = DispatchSemaphore(value: OpeningGates.atOnce)
  ) {
    self.gate = gate
    self.pipelining = pipelining
    executor = ThreadExecutor(name: "smtp \(settings.relay.name)")
    connection = CurlConnection(settings: settings, control: control, uptime: uptime)
  }

  /// Costs next to nothing when the connection is open, so it may be called before every message. A connection that the
  /// relay has closed meanwhile shows itself in ``send(_:message:encoding:)`` as ``SendResult/notStarted(reason:)``.
  nonisolated func open() async -> Result<RelayCapabilities, RelayUnavailable> {
    if let capabilities = offered.withLock({ $0 }) { return .success(capabilities) }
    return await openConnection()
  }

  private func openConnection() -> Result<RelayCapabilities, RelayUnavailable> {
    if let dialogue { return .success(dialogue.extensions.capabilities) }
    while gate.wait(timeout: .now() + .milliseconds(250)) == .timedOut {
      if Task.isCancelled || connection.control.isStopped { return .failure(connection.cancelled()) }
    }
    defer { gate.signal() }
    switch connection.open() {
    case .success(let extensions):
      dialogue = Dialogue(
        connection: connection, extensions: extensions,
        isPipelining: connection.settings.relay.pipelining && !pipelining.contains(connection.settings.relay.name))
      offered.withLock { $0 = extensions.capabilities }
      return .success(extensions.capabilities)
    case .failure(let trouble):
      return .failure(trouble)
    }
  }

  /// A message that does not fit the relay's extensions goes out all the same, without the parameter that was not
  /// offered: the relay's own answer is a better record than a guess of ours. The same holds for a message larger than
  /// the relay's SIZE: the size is declared in MAIL where SIZE is offered, and the relay answers.
  ///
  /// A message or address that must not go on the wire (a control character, a line end that is not CRLF) is
  /// ``SendResult/lost(_:reason:dotSent:)`` at MAIL with nothing sent: no reply is invented for it.
  func send(_ envelope: Envelope, message: [UInt8], encoding: TransferEncoding) -> SendResult {
    guard let dialogue else { return .notStarted(reason: "the connection is not open") }
    let result = dialogue.send(envelope, message: message, encoding: encoding)
    if dialogue.swallowsCommands { noteSwallowed() }
    if !dialogue.isUsable { drop() }
    return result
  }

  private func noteSwallowed() {
    let settings = connection.settings
    guard pipelining.insert(settings.relay.name) else { return }
    connection.control.tell(.swallowsCommands(relay: settings.relay.name, place: settings.place))
  }

  /// Opens the connection, inspects it and closes it.
  func inspect() -> RelayInspection {
    let result = connection.open(inspecting: true)
    if case .success(let extensions) = result {
      Dialogue(connection: connection, extensions: extensions, isPipelining: false).quit()
    }
    drop()
    return connection.inspection ?? RelayInspection()
  }

  func close() {
    dialogue?.quit()
    drop()
  }

  private func drop() {
    offered.withLock { $0 = nil }
    dialogue = nil
    connection.close()
  }
}
