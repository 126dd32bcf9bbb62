import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes a connection whose request has begun and is not whole within a time, or whose client takes nothing of what is
/// written for as long as that: one that sends or reads a byte now and then would else hold it for ever.
///
/// One that has not sent a whole head is idle, and closed as such.
final class ConnectionDeadlines: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart

  private let request: TimeAmount
  private let reader: TimeAmount
  private var requestTimer: Scheduled<Void>?
  private var readerTimer: Scheduled<Void>?

  init(request: TimeAmount, reader: TimeAmount) { (self.request, self.reader) = (request, reader) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: requestTimer = Self.closing(context, in: request)
    case .body: break
    case .end:
      requestTimer?.cancel()
      requestTimer = nil
    }
    context.fireChannelRead(data)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    readerTimer?.cancel()
    readerTimer = context.channel.isWritable ? nil : Self.closing(context, in: reader)
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    stop()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { stop() }

  private static func closing(_ context: ChannelHandlerContext, in time: TimeAmount) -> Scheduled<Void> {
    let channel = context.channel
    return context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
  }

  private func stop() {
    requestTimer?.cancel()
    readerTimer?.cancel()
    (requestTimer, readerTimer) = (nil, nil)
  }
}
