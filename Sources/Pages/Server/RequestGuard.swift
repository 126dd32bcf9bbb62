import Foundation
import HTTPTypes
import Synchronization

/// Which requests are answered: from the page's own address, by whoever has the token, and acts only from a page of our
/// own.
///
/// A browser sends its cookies wherever a page of anybody tells it to. So a request must name a host that this page is
/// served under (else a name of somebody else's that points to this machine would do: DNS rebinding), and one that changes
/// something must come from a page with this origin, which no other site can claim (RFC 6454, section 7).
struct RequestGuard: Sendable {
  enum Verdict: Hashable {
    case pass
    /// A page that needs no token: the form that asks for it, and how pages look.
    case open
    case needsToken
    case refused(HTTPResponse.Status, PageFault)
  }

  private let port: BoundPort
  private let publicURL: PublicURL?
  let token: AccessToken
  /// Opens ``metricsPath`` and nothing else.
  let metricsToken: AccessToken

  static let metricsPath = "/metrics"
  /// What is asked for where a token is missing (RFC 9110, 11.6.1): a program sends it so, a browser is shown a form.
  static let challenge = "Bearer realm=\"eilbrief\""

  /// Cookies do not know ports: two pages of one machine have two.
  var cookieName: String { "eilbrief-\(port.number)" }
  private static let openPaths: Set<String> = ["/login", "/language", "/style.css", "/live.js", "/icon.svg"]

  init(port: BoundPort, publicURL: PublicURL?, token: AccessToken, metricsToken: AccessToken) {
    (self.port, self.publicURL, self.token, self.metricsToken) = (port, publicURL, token, metricsToken)
  }

  /// `127.0.0.1:8420`, in lower case.
  private var hosts: [String] {
    Self.names.flatMap { port.number == 80 ? [$0, "\($0):80"] : ["\($0):\(port.number)"] }
      + (publicURL.map { [$0.host] } ?? [])
  }

  /// `http://127.0.0.1:8420`
  private var origins: [String] {
    Self.names.map { port.number == 80 ? "http://\($0)" : "http://\($0):\(port.number)" }
      + (publicURL.map { [$0.origin] } ?? [])
  }

  /// - Parameter cookies: All of ``cookieName``: another page of this machine may have set one for a part of the paths.
  func verdict(_ head: HTTPRequest, path: String, cookies: [String]) -> Verdict {
    guard let host = head.authority?.lowercased(), hosts.contains(host) else {
      return .refused(.misdirectedRequest, .foreignHost)
    }
    switch head.method {
    case .get, .head: break
    case .post:
      guard let origin = head.headerFields[.origin]?.lowercased(), origins.contains(origin) else {
        return .refused(.forbidden, .foreignOrigin)
      }
      if let site = head.headerFields[Self.fetchSite], site != "same-origin" {
        return .refused(.forbidden, .foreignOrigin)
      }
    default: return .refused(.methodNotAllowed, .noSuchMethod)
    }
    if Self.openPaths.contains(path) { return .open }
    if let bearer = Self.bearer(head), token.matches(bearer) || path == Self.metricsPath && metricsToken.matches(bearer)
    {
      return .pass
    }
    return cookies.contains(where: token.isCookie) ? .pass : .needsToken
  }

  /// The token that a program sends in place of a cookie (RFC 6750, 2.1). No page of another site can make a browser send it.
  private static func bearer(_ head: HTTPRequest) -> String? {
    let parts = head.headerFields[.authorization]?.split(separator: " ") ?? []
    return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : nil
  }

  private static let names = ["127.0.0.1", "localhost"]
  private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")!
}

/// The address that a reverse proxy serves the page under: `https://status.kanzlei-it.example`.
public struct PublicURL: Sendable, Hashable {
  /// `status.kanzlei-it.example`, with a port where it is not the scheme's own.
  let host: String
  let origin: String
  let isSecure: Bool

  /// Nil for what is not `http://host` or `https://host`, with a port or without.
  public init?(_ text: String) {
    guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
      ["http", "https"].contains(scheme), let name = parts.host?.lowercased(), !name.isEmpty,
      ["", "/"].contains(parts.path), parts.query == nil, parts.fragment == nil, parts.user == nil
    else { return nil }
    let standard = scheme == "https" ? 443 : 80
    host = parts.port.map { $0 == standard ? name : "\(name):\($0)" } ?? name
    origin = "\(scheme)://\(host)"
    isSecure = scheme == "https"
  }
}

/// Why a request is not answered as it was meant.
enum PageFault: Sendable, Hashable {
  case foreignHost, foreignOrigin, noSuchMethod, noSuchPage, tooLarge, badForm, busy
  /// An operation that could not be done, in its own words.
  case operation(String)
}

/// The port that is served, known once the socket is bound.
final class BoundPort: Sendable {
  private let port: Atomic<Int>

  init(_ number: Int = 0) { port = Atomic(number) }

  var number: Int { port.load(ordering: .relaxed) }
  func set(_ number: Int) { port.store(number, ordering: .relaxed) }
}
