import Delivery

/// The relay's side of libcurl's opening of a connection: follows the replies and knows which command each one answers.
///
/// libcurl hands over every line the relay sends and reports nothing of what it sends itself, but its order is fixed:
/// greeting, EHLO (then HELO if EHLO is refused), STARTTLS and a second EHLO where TLS is asked for, AUTH where there
/// is a user name. A successful opening with a user name needs ``isAuthenticated`` too, because libcurl continues
/// without AUTH when the relay offers none.
final class OpeningDialogue {
  private enum Step { case greeting, ehlo, helo, startTLS, ehloAfterTLS, auth }

  private let startsTLS: Bool
  private let login: LoginRedaction
  private var step = Step.greeting
  private var parser = ReplyParser()

  /// 235 has come (RFC 4954 §6).
  private(set) var isAuthenticated = false
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
  var hasGreeted: Bool { step == .auth }
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
    case .auth: .auth
    }
  }

  func receive(_ line: UnsafeRawBufferPointer) {
    heard?()
    guard fault == nil else { return }
    parser.append(line)
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
      step = startsTLS && step == .ehlo ? .startTLS : .auth
    case .helo:
      if reply.isPositive { step = .auth }
    case .startTLS:
      guard reply.code == 220 else { return }
      extensions = Extensions()
      step = .ehloAfterTLS
    case .auth:
      if reply.code == 235 { isAuthenticated = true }
    }
  }
}
