import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes a connection behind an answer that says `Connection: close`, without reading the rest of what was refused: neither NIO
/// nor Hummingbird does that for as long as the client goes on sending, or sends nothing. Who still sends has a second to read the
/// answer: a connection that is closed over bytes nobody has read is reset, and the answer lost with it.
final class CloseWhenSaid: ChannelOutboundHandler, RemovableChannelHandler {
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private var isLast = false

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let head): isLast = head.headerFields[.connection]?.lowercased() == "close"
    case .end where isLast:
      let written = promise ?? context.eventLoop.makePromise()
      let channel = context.channel
      written.futureResult.whenComplete { _ in
        channel.close(mode: .output, promise: nil)
        channel.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
      }
      context.write(data, promise: written)
      return
    default: break
    }
    context.write(data, promise: promise)
  }
}
