import Delivery

/// The relay's side of libcurl's opening of a connection: follows the replies and knows which command each one answers.
///
/// libcurl hands over every line the relay sends and reports nothing of what it sends itself, but its order is fixed:
/// greeting, EHLO (then HELO if EHLO is refused), STARTTLS and a second EHLO where TLS is asked for. AUTH is not its
/// matter: see ``Authenticator``.
final class OpeningDialogue {
  private enum Step { case greeting, ehlo, helo, startTLS, ehloAfterTLS, done }

  private let startsTLS: Bool
  private let login: LoginRedaction
  private var step = Step.greeting
  private var parser = ReplyParser()

  /// The extensions of the last EHLO: what was offered before STARTTLS does not count (RFC 3207 §4.2).
  private(set) var extensions = Extensions()
  /// The last whole reply and the phase it answered.
  private(set) var last: (phase: Phase, reply: Reply)?
  /// Whole replies so far.
  private(set) var replies = 0
  /// Set when the relay sent something that is not a reply; nothing after it is read.
  private(set) var fault: MalformedReply?
  /// STARTTLS was offered before TLS, where TLS begins with STARTTLS.
  private(set) var offeredStartTLS = false
  /// EHLO or HELO was accepted, after STARTTLS where there is one: the extensions are the relay's.
  var hasGreeted: Bool { step == .done }
  /// Called at every line of the relay's, while libcurl works on the connection.
  var heard: (() -> Void)?

  /// - Parameter login: What no reply is kept with.
  init(startsTLS: Bool, login: LoginRedaction) {
    self.startsTLS = startsTLS
    self.login = login
  }

  /// The command or step that the relay is to answer now. After STARTTLS that is the handshake, until the second EHLO
  /// is answered.
  var phase: Phase {
    switch step {
    case .greeting: .greeting
    case .ehlo, .helo: .ehlo
    case .startTLS, .ehloAfterTLS: .tls
    case .done: .auth
    }
  }

  /// - Parameter line: libcurl's own buffer, which it reads after this: what it must know in another spelling is written
  ///   into it.
  func receive(_ line: UnsafeMutableRawBufferPointer) {
    heard?()
    guard fault == nil else { return }
    parser.append(UnsafeRawBufferPointer(line))
    if startsTLS, step == .ehlo { Extensions.normaliseStartTLS(in: line) }
    do {
      while let reply = try parser.next() { take(reply) }
    } catch {
      fault = error
    }
  }

  private func take(_ reply: Reply) {
    replies += 1
    let answered: Phase = step == .ehloAfterTLS ? .ehlo : phase
    last = (answered, login.redacted(reply, in: answered))
    switch step {
    case .greeting:
      step = .ehlo
    case .ehlo, .ehloAfterTLS:
      guard reply.isPositive else {
        step = .helo
        return
      }
      extensions = Extensions(ehlo: reply)
      if extensions.offersStartTLS { offeredStartTLS = true }
      step = startsTLS && step == .ehlo ? .startTLS : .done
    case .helo:
      if reply.isPositive { step = .done }
    case .startTLS:
      guard reply.code == 220 else { return }
      extensions = Extensions()
      step = .ehloAfterTLS
    case .done: break
    }
  }
}
