import Synchronization

/// The relay's books: the journal of what it took, and its counts.
///
/// A message is in the journal (and on disk) before its reply can leave, so a client that holds a 250 finds its message
/// here. Safe to use from any thread. Only ``take(_:bytes:answered:)`` can fail, when the message cannot be written.
final class RelayBooks: Sendable {
  /// The facts about a message before it is taken.
  struct Envelope {
    let sender: String
    let recipients: [String]
    let user: String?
    let eightBit: Bool
    let smtpUTF8: Bool
  }

  private struct State {
    var order: Int
    var journal: [TakenMessage] = []
    var counts = RelayCounts()
    var refusing: Bool
    /// Those to come, by the number of letters after which they begin.
    var absences: [(span: Duration, after: Int)]
    /// One that has come and has not begun.
    var dueAbsence: Duration?
  }

  private let folder: MessageFolder?
  private let keepsBytes: Bool
  private let connectionLimit: Int?
  private let onTaken: (@Sendable (TakenMessage) -> Void)?
  private let state: Mutex<State>

  init(_ options: RelayOptions, onTaken: (@Sendable (TakenMessage) -> Void)?) throws(RelayError) {
    if case .folder(let url) = options.keeping { folder = try MessageFolder(url) } else { folder = nil }
    keepsBytes = options.keeping == .memory
    connectionLimit = options.faults.connectionLimit
    self.onTaken = onTaken
    let absences = options.faults.relayFaults.compactMap { fault in
      if case .away(let span, let after) = fault { (span: span, after: after) } else { nil }
    }
    state = Mutex(
      State(
        order: folder?.highest ?? 0, refusing: options.faults.refusesEverything,
        absences: absences.sorted { $0.after < $1.after }))
  }

  var journal: [TakenMessage] { state.withLock(\.journal) }
  var counts: RelayCounts { state.withLock(\.counts) }
  var refusesEverything: Bool {
    get { state.withLock(\.refusing) }
    set { state.withLock { $0.refusing = newValue } }
  }

  /// False when there are too many connections already; then there is nothing to close.
  func openConnection() -> Bool {
    state.withLock { state in
      if let connectionLimit, state.counts.connectionsOpen >= connectionLimit {
        state.counts.connectionsRefused += 1
        state.counts.faults["connections", default: 0] += 1
        return false
      }
      state.counts.connections += 1
      state.counts.connectionsOpen += 1
      return true
    }
  }

  func closeConnection() { state.withLock { $0.counts.connectionsOpen -= 1 } }

  /// A fault acted, by its word.
  func count(_ word: String) { state.withLock { $0.counts.faults[word, default: 0] += 1 } }

  /// The time for which the relay has to be away from now on, because of a letter just taken; asked once, it is nil
  /// until the next.
  func takeAbsence() -> Duration? {
    state.withLock { state in
      guard let span = state.dueAbsence else { return nil }
      state.dueAbsence = nil
      state.counts.faults["away", default: 0] += 1
      return span
    }
  }

  func take(_ envelope: Envelope, bytes: [UInt8], answered: Bool) throws -> TakenMessage {
    let order = state.withLock { state in
      state.order += 1
      return state.order
    }
    let path = try folder?.write(bytes, number: order)
    var message = TakenMessage(
      order: order, queueID: "R" + MessageFolder.padded(order), sender: envelope.sender,
      recipients: envelope.recipients, messageID: MessageIDField.value(in: bytes), size: bytes.count,
      user: envelope.user, eightBit: envelope.eightBit, smtpUTF8: envelope.smtpUTF8, path: path, bytes: bytes,
      answered: answered)
    onTaken?(message)
    if !keepsBytes { message.bytes = nil }
    state.withLock { state in
      state.journal.append(message)
      state.counts.taken += 1
      if let next = state.absences.first, state.counts.taken >= next.after {
        state.absences.removeFirst()
        state.dueAbsence = next.span
      }
    }
    return message
  }

  /// A reply that was held back has gone out.
  func answered(_ message: TakenMessage) {
    state.withLock { state in
      // Entries are nearly in order, and the one meant is near the end.
      guard let index = state.journal.lastIndex(where: { $0.order == message.order }) else { return }
      state.journal[index].answered = true
    }
  }
}

/// The counts of a rehearsal relay since it was made. Plain numbers, for reports and for comparing books.
public struct RelayCounts: Sendable, Hashable {
  /// Connections that were greeted with 220.
  public var connections = 0
  /// Connections that were turned away with 421 because there were too many.
  public var connectionsRefused = 0
  /// Connections open at this moment.
  public var connectionsOpen = 0
  /// Messages taken: entries of the journal.
  public var taken = 0
  /// Faults that acted, by their words in a plan: ``Fault/word``, ``RelayFault/word``, `connections`, `refuse-all`.
  public var faults: [String: Int] = [:]
}
