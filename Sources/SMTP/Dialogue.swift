import Campaigns
import Delivery
import FaultPoints
import Mail
import Monitoring

/// The SMTP dialogue on one open connection: one message after the other, until something makes it unusable.
///
/// Judges only by the parsed replies and by whether the final dot went out. The rule that keeps receipts true: after
/// anything that leaves in doubt which reply answers which command (a loss, a time-out, a 421, a reply nobody asked
/// for) ``isUsable`` is false, and the owner must close the connection. Once ``SessionControl`` says stop, no final dot
/// goes out any more.
final class Dialogue {
  let extensions: Extensions
  /// False when the connection must be closed and not used for another message.
  private(set) var isUsable = true
  /// The relay has left commands unanswered that came together with the one it answered.
  private(set) var swallowsCommands = false
  private let isPipelining: Bool
  private let relay: Relay
  private let control: SessionControl
  private let timeouts: Timeouts
  private let metrics: RelayMetrics
  private let wire: ReplyStream
  private var commands = CommandBuffer()
  private var body = CommandBuffer()
  /// A message has been begun on this connection before, so the relay may have closed it while it was idle.
  private var isReused = false

  /// - Parameter isPipelining: False to send one command at a time, whatever the relay offers.
  init(connection: CurlConnection, extensions: Extensions, isPipelining: Bool = true) {
    self.extensions = extensions
    self.isPipelining = isPipelining && extensions.capabilities.pipelining
    relay = connection.settings.relay
    control = connection.control
    timeouts = connection.settings.timeouts
    metrics = connection.metrics
    wire = ReplyStream(connection: connection)
  }

  /// Sends one message and waits for the result.
  func send(_ envelope: Envelope, message: [UInt8], encoding: TransferEncoding) -> SendResult {
    defer { isReused = true }
    do {
      let result = try attempt(envelope, message, encoding)
      // A reply after the last one answers no command of ours.
      if !wire.isEmpty { isUsable = false }
      return result
    } catch {
      isUsable = false
      return error.result
    }
  }

  /// QUIT, with a short time limit; what comes of it does not matter.
  func quit() {
    FaultPoint.quitBefore.reached()
    commands.clear()
    commands.append("QUIT\r\n")
    isUsable = false
    let afterStop = RelayWait.AfterStop.politeness(Timeouts.quitAfterStop)
    if case .all = write(commands.bytes[...], within: timeouts.quit) {
      _ = try? wire.reply(within: timeouts.quit, afterStop: afterStop)
    }
  }

  // MARK: One message

  /// Ends the attempt and the connection with it.
  private struct Stop: Error {
    let result: SendResult
  }

  private func attempt(
    _ envelope: Envelope, _ message: [UInt8], _ encoding: TransferEncoding
  ) throws(Stop) -> SendResult {
    let (mailEnd, rcptEnd) = try compose(envelope, message, encoding)
    let all = commands.bytes
    if control.isStopped { throw broken(.mail, .stopped) }
    try checkSilenceBeforeMail()

    FaultPoint.mailBefore.reached()
    let mail = try timed(.mail) { () throws(Stop) in
      try send(isPipelining ? all[...] : all[..<mailEnd], .mail)
      return try replyToMail()
    }
    guard mail.isPositive else { return try refused(.mail, mail, outstanding: isPipelining ? [.rcpt, .data] : []) }

    let rcpt = try timed(.rcpt) { () throws(Stop) in
      if !isPipelining { try send(all[mailEnd..<rcptEnd], .rcpt) }
      return try reply(.rcpt)
    }
    guard rcpt.isPositive else { return try refused(.rcpt, rcpt, outstanding: isPipelining ? [.data] : []) }

    FaultPoint.rcptAnswered.reached()
    let data = try timed(.data) { () throws(Stop) in
      if !isPipelining { try send(all[rcptEnd...], .data) }
      return try reply(.data)
    }
    guard data.code == 354 else { return try refused(.data, data, outstanding: []) }
    return try sendBody()
  }

  private func timed<Value>(_ phase: DeliveryPhase, _ work: () throws(Stop) -> Value) throws(Stop) -> Value {
    let began = metrics.moment
    defer { metrics.record(phase, since: began) }
    return try work()
  }

  /// Everything is composed before the first byte goes out, so that an unsendable message leaves no trace. Returns the
  /// places where MAIL and RCPT end in `commands`.
  private func compose(
    _ envelope: Envelope, _ message: [UInt8], _ encoding: TransferEncoding
  ) throws(Stop) -> (mailEnd: Int, rcptEnd: Int) {
    do {
      body.clear()
      try body.appendMessage(message)
      commands.clear()
      try commands.appendMail(envelope, size: message.count, encoding: encoding, extensions: extensions)
      let mailEnd = commands.bytes.count
      try commands.appendRcpt(envelope, extensions: extensions)
      let rcptEnd = commands.bytes.count
      commands.append("DATA\r\n")
      return (mailEnd, rcptEnd)
    } catch {
      throw Stop(result: .lost(.mail, reason: error.description, dotSent: false))
    }
  }

  /// Before the dot, a lost connection means that nothing can have been accepted.
  private func lost(_ phase: Phase, _ reason: some CustomStringConvertible) -> Stop {
    Stop(result: .lost(phase, reason: "\(reason)", dotSent: false))
  }

  private func broken(_ phase: Phase, _ loss: ConnectionLoss) -> Stop {
    loss == .stopped ? Stop(result: .stopped(phase, dotSent: false)) : lost(phase, loss)
  }

  private func limit(_ phase: Phase) -> Duration {
    switch phase {
    case .rcpt: timeouts.rcpt
    case .data: timeouts.data
    case .final: timeouts.finalReply
    default: timeouts.mail
    }
  }

  // MARK: Commands and their replies

  /// Reads what the relay said or did while nothing was asked of it. On an idle connection that is a 421 or an end of
  /// file, and the message has not been begun.
  private func checkSilenceBeforeMail() throws(Stop) {
    let reply: Reply?
    do {
      reply = try wire.unaskedReply()
    } catch {
      throw stop(atMail: error)
    }
    if let reply {
      throw reply.code == 421 ? stop(atMail: reply) : lost(.mail, "the relay said “\(reply.words)” unasked")
    }
    if !wire.isEmpty { throw lost(.mail, "the relay sent part of a reply unasked") }
  }

  private func stop(atMail reply: Reply) -> Stop {
    Stop(
      result: isReused ? .notStarted(reason: "the relay said “\(reply.words)”", reply: reply) : .answered(.mail, reply))
  }

  private func stop(atMail loss: ConnectionLoss) -> Stop {
    if isReused, wire.isEmpty, case .closed(let reason) = loss { return Stop(result: .notStarted(reason: reason)) }
    return broken(.mail, loss)
  }

  private func replyToMail() throws(Stop) -> Reply {
    let reply: Reply
    do {
      reply = try wire.reply(within: timeouts.mail)
    } catch {
      throw stop(atMail: error)
    }
    if reply.code == 421 { throw stop(atMail: reply) }
    return reply
  }

  /// The reply to RCPT or DATA. Where it does not come because the relay has swallowed the command, nothing after DATA has
  /// been sent, so the message can be sent from its beginning over another connection.
  private func reply(_ phase: Phase) throws(Stop) -> Reply {
    do {
      return try replyToPipelined(phase)
    } catch {
      guard swallowsCommands else { throw broken(phase, error) }
      let reason = "\(phase.awaited) was not answered, which had come together with MAIL (PIPELINING)"
      throw Stop(result: .notStarted(reason: reason))
    }
  }

  /// The first message over a connection shows whether the relay takes commands together, as it says.
  private func replyToPipelined(_ phase: Phase) throws(ConnectionLoss) -> Reply {
    let isTrial = isPipelining && !isReused && timeouts.pipelined < limit(phase)
    do {
      return try wire.reply(within: isTrial ? timeouts.pipelined : limit(phase))
    } catch {
      if isTrial, case .timedOut = error { swallowsCommands = true }
      throw error
    }
  }

  /// A relay that closes the connection may have said why before: the write fails, and the reply is there to be read.
  private func send(_ bytes: ArraySlice<UInt8>, _ phase: Phase) throws(Stop) {
    guard case .notAll(let loss, _) = write(bytes, within: limit(phase)) else { return }
    if let reply = (try? wire.unaskedReply()) ?? nil, reply.code == 421 {
      throw phase == .mail ? stop(atMail: reply) : Stop(result: .answered(phase, reply))
    }
    throw phase == .mail ? stop(atMail: loss) : broken(phase, loss)
  }

  private func write(
    _ bytes: ArraySlice<UInt8>, within limit: Duration, afterStop: RelayWait.AfterStop = .nothing
  ) -> ReplyStream.Sent {
    bytes.withUnsafeBytes { wire.send($0, within: limit, afterStop: afterStop) }
  }

  // MARK: After a refusal

  private func refused(_ phase: Phase, _ reply: Reply, outstanding: [Phase]) throws(Stop) -> SendResult {
    guard reply.isTransient || reply.isPermanent else {
      throw lost(phase, "\(phase.awaited) was answered with “\(reply.words)”")
    }
    // The refusal remains, whatever the result of tidying up.
    do {
      if reply.code == 421 { throw Untidy() }
      try settle(outstanding)
    } catch {
      isUsable = false
    }
    return .answered(phase, reply)
  }

  /// The connection cannot be brought back to where the next MAIL may follow.
  private struct Untidy: Error {}

  /// Reads the replies to the commands that went out together with the refused one, then resets (RFC 2920 §3.1).
  private func settle(_ outstanding: [Phase]) throws {
    var hasRecipient = false
    for phase in outstanding {
      let reply = try replyToPipelined(phase)
      if reply.isTransient || reply.isPermanent, reply.code != 421 { continue }
      switch phase {
      case .rcpt where reply.isPositive: hasRecipient = true
      // With a recipient, the lone dot would send an empty message.
      case .data where reply.code == 354 && !hasRecipient: try endEmptyMessage()
      default: throw Untidy()
      }
    }
    try exchange("RSET\r\n", within: timeouts.mail) { $0.isPositive }
  }

  /// DATA was accepted although no recipient was: a lone dot ends it. An error is expected; if it is accepted, then an
  /// empty message for nobody was accepted, not the message.
  private func endEmptyMessage() throws {
    try exchange(".\r\n", within: timeouts.finalReply) { $0.code != 421 && !(300..<400).contains($0.code) }
  }

  private func exchange(_ line: StaticString, within limit: Duration, isGood: (Reply) -> Bool) throws {
    commands.clear()
    commands.append(line)
    guard case .all = write(commands.bytes[...], within: timeouts.block),
      isGood(try wire.reply(within: limit))
    else { throw Untidy() }
  }

  // MARK: The message itself

  /// Large messages go out in parts, so that a slow relay is waited for part by part, and so that a connection lost in
  /// an early part is known to have been lost before the dot.
  private static let part = 64 * 1024

  private func sendBody() throws(Stop) -> SendResult {
    try checkSilenceBeforeBody()
    FaultPoint.bodyBefore.reached()
    let began = metrics.moment
    let bytes = body.bytes
    var start = 0
    // The final dot with its line ends has 5 bytes: they always go out in one and the same part.
    while bytes.count - start > Self.part + 5 {
      if case .notAll(let loss, _) = write(bytes[start..<start + Self.part], within: timeouts.block) {
        throw loss == .stopped ? broken(.data, loss) : lost(.data, reason(loss))
      }
      start += Self.part
    }
    guard let ticket = control.begin(.answer, through: relay) else { throw broken(.data, .stopped) }
    defer { control.end(ticket) }
    if FaultPoint.dotBefore.isNext {
      // All but the dot and its line end.
      _ = write(bytes[start..<bytes.count - 3], within: timeouts.block)
      start = bytes.count - 3
    }
    FaultPoint.dotBefore.reached()
    let sent = write(bytes[start...], within: timeouts.block, afterStop: .answer(ticket))
    if case .notAll(let loss, let mayHaveDot) = sent {
      let phase = mayHaveDot ? Phase.final : .data
      guard loss != .stopped else { throw Stop(result: .stopped(phase, dotSent: mayHaveDot)) }
      throw Stop(result: .lost(phase, reason: reason(loss), dotSent: mayHaveDot))
    }
    metrics.record(.body, since: began)
    FaultPoint.dotSent.reached()
    return try timed(.reply) { () throws(Stop) in try finalReply(ticket) }
  }

  /// A reply that has come before the message went out must never pass for the reply to its dot.
  private func checkSilenceBeforeBody() throws(Stop) {
    let early: Reply?
    do {
      early = try wire.unaskedReply()
    } catch {
      throw lost(.data, error)
    }
    if let early { throw lost(.data, "the relay said “\(early.words)” before the message") }
    if !wire.isEmpty { throw lost(.data, "the relay sent part of a reply before the message") }
  }

  private func finalReply(_ ticket: SessionControl.Ticket) throws(Stop) -> SendResult {
    let reply: Reply
    do {
      reply = try wire.reply(within: timeouts.finalReply, afterStop: .answer(ticket))
    } catch .stopped {
      throw Stop(result: .stopped(.final, dotSent: true))
    } catch {
      throw Stop(result: .lost(.final, reason: error.description, dotSent: true))
    }
    FaultPoint.replyRead.reached()
    guard !(300..<400).contains(reply.code) else {
      let reason = "the final dot was answered with “\(reply.words)”"
      throw Stop(result: .lost(.final, reason: reason, dotSent: true))
    }
    if reply.code == 421 { isUsable = false }
    return .answered(.final, reply)
  }

  /// The reason the connection ended in the middle of the message, in the relay's words if it left any. They decide
  /// nothing: no command was waiting for them.
  private func reason(_ loss: ConnectionLoss) -> String {
    guard let reply = (try? wire.unaskedReply()) ?? nil else { return loss.description }
    return "\(loss); the relay said “\(reply.words)”"
  }
}
