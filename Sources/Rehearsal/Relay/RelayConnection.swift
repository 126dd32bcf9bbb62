import NIOCore

/// One client's connection: moves bytes between the socket and a ``Dialogue`` and does what it says.
///
/// Replies to pipelined commands leave in one write. While a late reply is due nothing is read, so the client feels
/// back-pressure instead of filling memory. A connection that ends with a reply is closed on our side only and drained
/// until the client closes too (five seconds at most): closing at once could destroy the reply on its way, because the
/// kernel resets a connection that has unread bytes.
final class RelayConnection: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private static let drainTime = TimeAmount.seconds(5)

  private let books: RelayBooks
  private let listener: RelayListener
  private var dialogue: Dialogue
  private var output = ByteBuffer()
  /// A late reply is due, and nothing else happens before; or none will ever come.
  private var isWaiting = false
  private var wantsRead = false
  /// Counted among the open connections.
  private var isCounted = false
  private var hasEnded = false
  private var timer: Scheduled<Void>?

  init(_ dialogue: Dialogue, _ books: RelayBooks, _ listener: RelayListener) {
    self.dialogue = dialogue
    self.books = books
    self.listener = listener
  }

  func channelActive(context: ChannelHandlerContext) {
    if !listener.holds(context.channel) {
      // It was taken in the moment the relay went away.
      hasEnded = true
      context.close(promise: nil)
    } else {
      isCounted = books.openConnection()
      perform(isCounted ? dialogue.greet() : dialogue.turnAway(), context)
      send(context)
    }
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if hasEnded { return }
    var bytes = unwrapInboundIn(data)
    dialogue.receive(&bytes)
  }

  /// Only here, not at each read: commands that were sent in one go are then seen together.
  func channelReadComplete(context: ChannelHandlerContext) {
    if !isWaiting { proceed(context) }
    context.fireChannelReadComplete()
  }

  func read(context: ChannelHandlerContext) {
    if isWaiting { wantsRead = true } else { context.read() }
  }

  /// The client's end is noticed even while nothing is read; a late reply then stays unsent, and the books say so.
  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    leave(context)
    context.fireChannelInactive()
  }

  /// A reset by the client or a similar error: there is nobody left to tell.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func proceed(_ context: ChannelHandlerContext) {
    while !hasEnded && !isWaiting {
      let step = dialogue.next()
      if case .wait = step { break }
      let absence = books.takeAbsence()
      if let absence {
        // Before the reply: a client that has it finds the port closed.
        listener.release(context.channel)
        listener.goAway(for: absence)
      }
      perform(step, context)
      guard absence != nil, !hasEnded else { continue }
      if isWaiting {
        // The reply is late, and never comes.
        timer?.cancel()
        context.close(promise: nil)
      } else {
        leaveGently(context)
      }
    }
    send(context)
  }

  private func perform(_ step: Dialogue.Step, _ context: ChannelHandlerContext) {
    switch step {
    case .wait: break
    case .reply(let reply): reply.write(to: &output)
    case .late(let reply, let delay, let message):
      send(context)
      isWaiting = true
      timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) {
        self.wakeUp(with: reply, message, context)
      }
    case .farewell(let reply):
      reply.write(to: &output)
      leaveGently(context)
    case .hangUp:
      hasEnded = true
      send(context)
      leave(context)
      context.close(promise: nil)
    case .hang:
      send(context)
      isWaiting = true
    }
  }

  private func wakeUp(with reply: Reply, _ message: TakenMessage, _ context: ChannelHandlerContext) {
    isWaiting = false
    books.answered(message)
    reply.write(to: &output)
    proceed(context)
    if wantsRead {
      wantsRead = false
      context.read()
    }
  }

  /// Closes our side after what there is to say.
  private func leaveGently(_ context: ChannelHandlerContext) {
    hasEnded = true
    send(context)
    // Before the client can see the end, so that it may connect again at once.
    leave(context)
    context.close(mode: .output, promise: nil)
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.drainTime) { context.close(promise: nil) }
  }

  private func send(_ context: ChannelHandlerContext) {
    guard output.readableBytes > 0 else { return }
    context.writeAndFlush(wrapOutboundOut(output), promise: nil)
    output = context.channel.allocator.buffer(capacity: 256)
  }

  private func leave(_ context: ChannelHandlerContext) {
    listener.release(context.channel)
    guard isCounted else { return }
    isCounted = false
    books.closeConnection()
  }
}
