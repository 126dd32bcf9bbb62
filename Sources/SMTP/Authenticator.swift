import Campaigns
import Delivery
import Foundation

/// Logs in on a connection that libcurl has opened: AUTH and its answers (RFC 4954).
///
/// Only a 235 is a login. Gives up when the task it runs in is cancelled; after a failure the connection must be closed.
struct Authenticator {
  let connection: CurlConnection
  let username: String
  /// The password, or the access token.
  let secret: Password

  /// Why there is no login.
  struct Refusal {
    let trouble: RelayUnavailable
    /// The relay does not want this access token; another one may do.
    var isOfToken = false
  }

  /// How often waiting checks whether its task is cancelled.
  private static let attention = Duration.milliseconds(250)
  /// More is no login any more.
  private static let mostChallenges = 8

  private var failure: OpeningFailure {
    var failure = OpeningFailure(settings: connection.settings)
    failure.phase = .auth
    return failure
  }

  /// Nil when the relay has taken the login.
  func logIn(_ extensions: Extensions) -> Refusal? {
    let authentication = connection.settings.relay.authentication
    guard let offered = extensions.mechanisms else { return Refusal(trouble: failure.noAuth()) }
    guard let mechanism = SASLMechanism.choice(for: authentication, offered: offered) else {
      return Refusal(trouble: failure.noMechanism(offered))
    }
    var exchange = SASLExchange(mechanism, username: username, secret: secret)
    let wire = ReplyStream(connection: connection, phase: .auth)
    do throws(ConnectionLoss) {
      var reply = try ask("AUTH \(mechanism.rawValue)", wire)
      var challenges = 0
      while reply.code == 334, challenges < Self.mostChallenges {
        challenges += 1
        reply = try ask(exchange.answer(to: reply.text), wire)
      }
      return judge(reply, exchange, wire)
    } catch {
      if Task.isCancelled { return Refusal(trouble: failure.cancelled()) }
      // A relay may close instead of saying 535; it has said why.
      if let refusal = exchange.refusal {
        return Refusal(trouble: failure.tokenRefused(refusal, nil), isOfToken: true)
      }
      return Refusal(trouble: failure.lostAtAuth(error))
    }
  }

  private func judge(_ reply: Reply, _ exchange: SASLExchange, _ wire: ReplyStream) -> Refusal? {
    if let refusal = exchange.refusal, reply.code != 235, !reply.isTransient {
      return Refusal(trouble: failure.tokenRefused(refusal, reply), isOfToken: true)
    }
    guard reply.code == 235 else {
      return Refusal(
        trouble: failure.authRefused(reply), isOfToken: exchange.mechanism == .xoauth2 && reply.isPermanent)
    }
    return wire.isEmpty ? nil : Refusal(trouble: failure.saysMoreThanAsked())
  }

  private func ask(_ line: String, _ wire: ReplyStream) throws(ConnectionLoss) -> Reply {
    var limit = connection.settings.timeouts.greeting
    if let rest = connection.noteOpening(), rest < limit { limit = max(.zero, rest) }
    let sent = Array((line + "\r\n").utf8).withUnsafeBytes { wire.send($0, within: limit) }
    if case .notAll(let loss, _) = sent {
      // The relay may have said why it closes.
      if let reply = (try? wire.unaskedReply()) ?? nil { return reply }
      throw loss
    }
    let deadline = connection.uptime() + limit
    while true {
      let left = deadline - connection.uptime()
      _ = connection.noteOpening()
      guard left > .zero, !Task.isCancelled else { throw .timedOut(limit) }
      do throws(ConnectionLoss) {
        return try wire.reply(within: min(left, Self.attention))
      } catch {
        guard case .timedOut = error else { throw error }
      }
    }
  }
}
