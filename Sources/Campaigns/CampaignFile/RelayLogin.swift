import Files
public import Foundation

/// Where the OAuth2 access token of a relay comes from (`auth: xoauth2`).
public enum TokenOrigin: Sendable, Hashable {
  /// A file with the token and nothing else; whoever renews the token replaces it.
  case file(URL)
  /// A program with its arguments, run in the campaign's folder without a shell; it prints the token.
  case command([String])
}

/// The keys by which a relay is logged in to, checked against each other.
struct RelayLogin {
  var username: String?
  var passwordFile: URL?
  var token: TokenOrigin?
  var authentication = Relay.Authentication.plain

  /// Nil when something was reported that leaves no login at all.
  init?(_ section: YAMLSection, folder: URL, url: RelayURL?) {
    username = section.optional("username")?.username()
    passwordFile = section.optional("password_file")?.file(in: folder)
    guard let method = section.optional("auth").map({ $0.choice(Method.self) }) ?? .plain else {
      _ = Self.token(section, folder: folder)
      return nil
    }
    authentication = method.kind
    token = Self.token(section, folder: folder)
    guard section.has("username") else {
      guard let extra = ["password_file", "token_file", "token_command", "auth"].compactMap(section.optional).first
      else { return }
      extra.context.report("\"\(extra.path)\" has no use without \"username\"; add it", at: extra.parent)
      return nil
    }
    guard method == .xoauth2 ? Self.hasToken(section) : Self.hasPassword(section) else { return nil }
    guard let url, url.tls == Relay.TLS.none, !url.isLoopback, method != .cramMD5 else { return }
    section.optional("username")?.report(
      method == .xoauth2
        ? "without TLS the token would cross the network in clear; use TLS"
        : "without TLS the password would cross the network in clear; use TLS, or \"auth: cram-md5\"")
    return nil
  }

  private enum Method: String, CaseIterable {
    case plain, login
    case cramMD5 = "cram-md5"
    case xoauth2
    var kind: Relay.Authentication {
      switch self {
      case .plain: .plain
      case .login: .login
      case .cramMD5: .cramMD5
      case .xoauth2: .xoauth2
      }
    }
  }

  private static func hasPassword(_ section: YAMLSection) -> Bool {
    for name in ["token_file", "token_command"] {
      guard let extra = section.optional(name) else { continue }
      extra.context.report("\"\(extra.path)\" has a use with \"auth: xoauth2\" only; add that", at: extra.parent)
      return false
    }
    return section.required("password_file", example: "relay-password") != nil
  }

  private static func hasToken(_ section: YAMLSection) -> Bool {
    if let extra = section.optional("password_file") {
      extra.context.report(
        "\"\(extra.path)\" has no use with \"auth: xoauth2\", which logs in with a token; name \"token_file\" or "
          + "\"token_command\" instead", at: extra.parent)
      return false
    }
    guard let command = section.optional("token_command") else {
      return section.required("token_file", example: "relay.token") != nil
    }
    guard section.has("token_file") else { return true }
    command.context.report(
      "\"\(command.path)\" and \"token_file\" both give the token; keep one of them", at: command.parent)
    return false
  }

  private static func token(_ section: YAMLSection, folder: URL) -> TokenOrigin? {
    if let file = section.optional("token_file") { return file.file(in: folder).map(TokenOrigin.file) }
    guard let command = section.optional("token_command") else { return nil }
    let example = "[/usr/local/bin/relay-token, --account, support]"
    guard command.word == nil else {
      command.report(
        "\"\(command.path)\" must be a list of the program and its arguments, as in \(example): no shell reads it. For "
          + "one line of shell write [/bin/sh, -c, \"…\"]")
      return nil
    }
    guard let members = command.list(example: example) else { return nil }
    let words = members.map { $0.text() }
    return words.contains { $0 == nil } ? nil : .command(words.compactMap { $0 })
  }
}

extension YAMLValue {
  /// A control character would end a part of what AUTH sends, and begin another.
  fileprivate func username() -> String? {
    guard let text = text() else { return nil }
    guard let control = text.unicodeScalars.first(where: { $0.properties.generalCategory == .control }) else {
      return text
    }
    report("\"\(path)\" has \(VisibleText.notation(control)), a control character; write it again without")
    return nil
  }
}

extension Relay {
  /// The files that the relay's login and its TLS need.
  public var files: [URL] {
    let tokenFile: URL? = if case .file(let file) = token { file } else { nil }
    return [passwordFile, tokenFile, caFile].compactMap { $0 }
  }
}
