public import Campaigns
import Delivery

/// The reasons why a connection was opened and the login on it failed.
extension OpeningFailure {
  /// The relay has no AUTH at all.
  func noAuth() -> RelayUnavailable {
    trouble(
      .authentication, at: .auth,
      "the relay offers no AUTH, and nothing is sent without the login that campaign.yaml asks for. "
        + "Check the port, or take username out if the relay needs none.")
  }

  /// - Parameter offered: The mechanisms that EHLO offers, in capitals.
  func noMechanism(_ offered: [String]) -> RelayUnavailable {
    trouble(.authentication, at: .auth, MechanismAdvice(offered: offered, wanted: settings.relay.authentication).text)
  }

  /// AUTH was answered with something else than 235.
  func authRefused(_ reply: Reply) -> RelayUnavailable {
    let words = "AUTH was answered with “\(reply.words)”"
    if reply.isTransient { return trouble(.busy, at: .auth, reply: reply, "\(words). Try again later.") }
    guard reply.isPermanent else {
      return trouble(
        .authentication, at: .auth, reply: reply,
        "\(words) and not with 235: this is no login. Ask the relay's operator.")
    }
    let keys =
      settings.relay.authentication == .xoauth2
      ? "username and \(settings.relay.tokenKey)" : "username, password_file"
    return trouble(
      .authentication, at: .auth, reply: reply, "\(words). Check \(keys) and auth of the relay in campaign.yaml.")
  }

  /// - Parameter reply: The answer after the reason, if there was one.
  func tokenRefused(_ refusal: TokenRefusal, _ reply: Reply?) -> RelayUnavailable {
    let words = reply.map { " (“\($0.words)”)" } ?? ""
    return trouble(
      .authentication, at: .auth, reply: reply,
      "the relay \(refusal.words)\(words). Check username and \(settings.relay.tokenKey) of the relay in campaign.yaml."
    )
  }

  func lostAtAuth(_ loss: ConnectionLoss) -> RelayUnavailable {
    switch loss {
    case .closed(let reason):
      trouble(
        .unreachable, at: .auth,
        "the connection ended before AUTH was answered (\(reason)). Try again later, or check host and port.")
    case .timedOut(let limit): timedOut(after: limit)
    case .senseless(let fault): senseless(fault)
    case .stopped: cancelled()
    }
  }

  /// A reply that answers nothing would pass for the answer to the next command.
  func saysMoreThanAsked() -> RelayUnavailable {
    trouble(.unreachable, at: .auth, "the relay says more than it was asked after AUTH. Ask the relay's operator.")
  }

  func noToken(_ reason: TokenTrouble) -> RelayUnavailable {
    switch reason {
    case .file(let error): trouble(.authentication, at: .auth, "there is no access token: \(error.description).")
    case .command(let sentence, let mayPass):
      trouble(
        mayPass ? .busy : .authentication, at: .auth,
        "there is no access token: \(sentence). Run the command by hand, as the user who launches.")
    case .cancelled: cancelled()
    }
  }

  /// The token was refused, and asking again gave the same one.
  static func sameToken(_ trouble: RelayUnavailable, of relay: Relay) -> RelayUnavailable {
    let reason =
      switch relay.token {
      case .command: "Run once more, token_command gave the same token."
      default: "Read once more, token_file still has the same token: whatever renews it has not."
      }
    return trouble.adding(reason)
  }

  /// The token was refused, and so was the one that was fetched instead.
  static func newToken(_ trouble: RelayUnavailable) -> RelayUnavailable {
    trouble.adding("A new token was fetched, and refused as well.")
  }
}

extension Relay {
  /// The key of the campaign file by which the token is found.
  fileprivate var tokenKey: String {
    if case .command = token { "token_command" } else { "token_file" }
  }
}

extension RelayUnavailable {
  fileprivate func adding(_ sentence: String) -> RelayUnavailable {
    var other = self
    other.message += " \(sentence)"
    return other
  }
}

/// What to do where a relay offers no mechanism that the campaign file asks for: what it offers, what this program can do,
/// and where a password can be had that a program may use.
public struct MechanismAdvice: Sendable {
  /// In capitals, as the relay names them.
  let offered: [String]
  let wanted: Relay.Authentication

  public init(offered: [String], wanted: Relay.Authentication) {
    self.offered = offered
    self.wanted = wanted
  }

  /// The values of `auth` in campaign.yaml with which the relay could be used.
  private var usable: [Relay.Authentication] {
    [.plain, .login, .xoauth2, .cramMD5].filter { SASLMechanism.choice(for: $0, offered: offered) != nil }
  }

  /// One or two sentences.
  public var text: String { "\(finding). \(advice)" }

  /// The first sentence, without its full stop.
  public var finding: String {
    let list = offered.isEmpty ? "AUTH without a mechanism" : "AUTH \(offered.joined(separator: ", "))"
    let able = SASLMechanism.allCases.map(\.rawValue).formatted
    return usable.isEmpty
      ? "the relay offers \(list), and this program can do \(able)"
      : "the relay does not take AUTH \(wanted.rawValue.uppercased()); it offers \(list)"
  }

  public var advice: String {
    switch usable.first {
    case .xoauth2:
      "Set “auth: xoauth2” with token_file or token_command in campaign.yaml; \(Self.appPasswords)"
    case .cramMD5: "Set “auth: cram-md5” with password_file in campaign.yaml."
    case .plain?, .login?: "Set “auth: plain” with password_file in campaign.yaml."
    case nil:
      "Ask its operator for PLAIN or LOGIN under TLS (in Exchange: basic authentication of the receive connector), or use "
        + "another relay; \(Self.appPasswords)"
    }
  }

  /// As of 2026: Outlook.com ended passwords in September 2024; in Exchange Online they are off by default from the end of
  /// 2026 on, until a date to be named in 2027.
  private static let appPasswords =
    "Google, Yahoo, Apple iCloud and Fastmail issue app passwords for “auth: plain”, Microsoft does not: Outlook.com takes "
    + "tokens alone, and Microsoft 365 a password only where its administrator allows it."
}

extension [String] {
  /// `PLAIN, LOGIN and XOAUTH2`
  fileprivate var formatted: String {
    count < 2 ? joined() : dropLast().joined(separator: ", ") + " and " + (last ?? "")
  }
}
