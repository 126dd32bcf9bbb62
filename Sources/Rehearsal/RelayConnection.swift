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
  private var dialogue: Dialogue
  private var output = ByteBuffer()
  /// A late reply is due: nothing else happens before.
  private var isWaiting = false
  private var wantsRead = false
  /// Counted among the open connections.
  private var isCounted = false
  private var hasEnded = false
  private var timer: Scheduled<Void>?

  init(_ dialogue: Dialogue, _ books: RelayBooks) {
    self.dialogue = dialogue
    self.books = books
  }

  func channelActive(context: ChannelHandlerContext) {
    isCounted = books.openConnection()
    if isCounted {
      Dialogue.greeting.write(to: &output)
      send(context)
    } else {
      farewell(Dialogue.tooManyConnections, context)
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
    leave()
    context.fireChannelInactive()
  }

  /// A reset by the client or a similar error: there is nobody left to tell.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func proceed(_ context: ChannelHandlerContext) {
    while !hasEnded {
      switch dialogue.next() {
      case .wait:
        send(context)
        return
      case .reply(let reply): reply.write(to: &output)
      case .late(let reply, let delay, let message):
        send(context)
        isWaiting = true
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) {
          self.wakeUp(with: reply, message, context)
        }
        return
      case .farewell(let reply): farewell(reply, context)
      case .hangUp:
        hasEnded = true
        send(context)
        leave()
        context.close(promise: nil)
      }
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

  private func farewell(_ reply: Reply, _ context: ChannelHandlerContext) {
    hasEnded = true
    reply.write(to: &output)
    send(context)
    // Before the client can see the end, so that it may connect again at once.
    leave()
    context.close(mode: .output, promise: nil)
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.drainTime) { context.close(promise: nil) }
  }

  private func send(_ context: ChannelHandlerContext) {
    guard output.readableBytes > 0 else { return }
    context.writeAndFlush(wrapOutboundOut(output), promise: nil)
    output = context.channel.allocator.buffer(capacity: 256)
  }

  private func leave() {
    guard isCounted else { return }
    isCounted = false
    books.closeConnection()
  }
}
