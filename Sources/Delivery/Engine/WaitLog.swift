public import Logging

/// Tells the operator what a relay is waited for: a connection that does not come, an answer that is late.
///
/// Pure but for the log. A wait is told once it is long, and again each time its age has doubled.
public struct WaitLog: Sendable {
  private struct Key: Hashable {
    var kind: SessionControl.Wait.Kind
    var place: String
  }

  /// The age at which a wait is told next.
  private var next: [Key: Duration] = [:]

  /// A relay that has not greeted for so long is told.
  public static let longOpening = Duration.seconds(10)
  /// A final dot that has not been answered for so long is told.
  public static let longAnswer = Duration.seconds(30)

  public init() {}

  /// Writes down what is new.
  public mutating func tell(_ control: SessionControl, to log: Logger) {
    for (line, relay) in lines(control.waits) { log.notice("\(line)", metadata: ["relay": "\(relay)"]) }
    Self.tellNotices(control, to: log)
  }

  /// Writes down what was found out about relays.
  public static func tellNotices(_ control: SessionControl, to log: Logger) {
    for notice in control.takeNotices() {
      let (line, relay) = text(notice)
      log.notice("\(line)", metadata: ["relay": "\(relay)"])
    }
  }

  /// Runs `work`, and writes down meanwhile what its sessions wait for.
  public static func telling<Value: Sendable>(
    _ control: SessionControl, to log: Logger, _ work: @escaping @Sendable () async -> Value
  ) async -> Value {
    // Unstructured, because it has no end of its own; it is cancelled right here.
    let teller = Task {
      var waits = WaitLog()
      while !Task.isCancelled {
        waits.tell(control, to: log)
        try? await Task.sleep(for: .milliseconds(200))
      }
    }
    defer { teller.cancel() }
    return await work()
  }

  /// One line for each relay and kind of wait that has become long.
  mutating func lines(_ waits: [SessionControl.Wait]) -> [(line: String, relay: String)] {
    var lines: [(line: String, relay: String)] = []
    let all = Dictionary(grouping: waits) { Key(kind: $0.kind, place: $0.place) }
    next = next.filter { all[$0.key] != nil }
    for (key, waits) in all.sorted(by: { $0.key.place < $1.key.place }) {
      let first = key.kind == .opening ? Self.longOpening : Self.longAnswer
      let long = waits.filter { $0.age >= first }
      guard let oldest = long.max(by: { $0.age < $1.age }), oldest.age >= next[key] ?? first else { continue }
      var due = next[key] ?? first
      while due <= oldest.age { due *= 2 }
      next[key] = due
      lines.append((Self.text(oldest, of: long.count), oldest.relay))
    }
    return lines
  }

  private static func text(_ wait: SessionControl.Wait, of count: Int) -> String {
    let age = "\(wait.age.components.seconds) s"
    switch wait.kind {
    case .opening: return "trying \(wait.relay) (\(wait.place)) … no session for \(age)"
    case .answer:
      let letters = count == 1 ? "1 letter" : "\(count) letters"
      return "waiting for \(wait.relay) (\(wait.place)) to answer for \(letters) it was sent whole, for \(age) so far"
    }
  }

  private static func text(_ notice: SessionControl.Notice) -> (line: String, relay: String) {
    switch notice {
    case .swallowsCommands(let relay, let place):
      let line = """
        \(relay) (\(place)) offers PIPELINING, but did not answer commands that came together in time: it is spoken to one command \
        at a time from now on. “pipelining: no” for this relay in campaign.yaml does so from the start.
        """
      return (line, relay)
    }
  }
}
