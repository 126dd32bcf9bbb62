import CCurl
import Campaigns
import Delivery
import Files
import Foundation

/// Explains why a connection could not be opened: libcurl's code and the relay's replies become one
/// ``RelayUnavailable``.
///
/// Pure. Every message is for the operator: which host, what happened, the relay's own words if it gave any, and what
/// to do; it never holds the user's password or the user name.
struct OpeningFailure {
  let settings: ConnectionSettings
  /// The phase in which opening stopped.
  var phase = Phase.connect
  /// libcurl's text for the error, possibly empty.
  var curlText = ""

  init(settings: ConnectionSettings) {
    self.settings = settings
  }

  // MARK: Ends without an error of libcurl

  func noPassword() -> RelayUnavailable {
    let (what, key) =
      settings.relay.authentication == .xoauth2
      ? ("access token", "token_file or token_command") : ("password", "password_file")
    return trouble(
      .authentication, at: .auth,
      "there is no \(what) for the user name. Give \(key) for relay “\(settings.relay.name)” in campaign.yaml.")
  }

  func noHandle() -> RelayUnavailable {
    trouble(
      .unreachable, at: .connect, "libcurl cannot start a connection: memory is short, or the library lacks an option.")
  }

  func noDescriptors() -> RelayUnavailable {
    trouble(.noDescriptors, at: .connect, "no connection was tried: \(Descriptors.advice).")
  }

  /// What `ca_file` names is no file with certificates.
  func badAuthorities(_ error: FileError) -> RelayUnavailable {
    trouble(
      .certificate, at: .tls,
      "the trusted authorities cannot be read (\(error.path): \(error.cause)). Check ca_file in campaign.yaml.")
  }

  func cancelled() -> RelayUnavailable {
    trouble(.busy, "opening the connection was given up because sending stops.")
  }

  func timedOut(after limit: Duration) -> RelayUnavailable {
    let awaited =
      switch phase {
      case .connect: "no connection"
      case .tls: "TLS was not set up"
      case .greeting: "no greeting"
      case .ehlo: "no reply to EHLO"
      default: "no reply to AUTH"
      }
    return trouble(
      .unreachable, "\(awaited) within \(limit.words). Check host and port in campaign.yaml, or try again later.")
  }

  func senseless(_ fault: MalformedReply) -> RelayUnavailable {
    trouble(.unreachable, "\(fault). Check that host and port in campaign.yaml are those of a mail relay.")
  }

  // MARK: Errors of libcurl

  func trouble(_ code: CURLcode, systemError: Int32, _ opening: OpeningDialogue) -> RelayUnavailable {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST:
      return trouble(
        .unreachable, at: .connect,
        "the host name cannot be resolved. Check the relay's url in campaign.yaml and the name servers of this machine."
      )
    case CURLE_COULDNT_CONNECT:
      let reason = systemError == 0 ? curlText : String(cString: strerror(systemError))
      return trouble(
        .unreachable, at: .connect,
        "no connection (\(reason)). Check host and port in campaign.yaml and the firewalls on the way.")
    case CURLE_OPERATION_TIMEDOUT:
      return timedOut(after: phase == .connect ? settings.timeouts.connect : settings.timeouts.greeting)
    case CURLE_PEER_FAILED_VERIFICATION:
      return certificateTrouble()
    case CURLE_SSL_CACERT_BADFILE:
      let file = settings.relay.caFile == nil ? "Install the package ca-certificates" : "Check ca_file in campaign.yaml"
      return trouble(.certificate, at: .tls, "the trusted authorities cannot be read (\(curlText)). \(file).")
    case CURLE_USE_SSL_FAILED:
      return startTLSTrouble(opening)
    case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_CERTPROBLEM, CURLE_SSL_ISSUER_ERROR,
      CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_SHUTDOWN_FAILED, CURLE_SSL_CRL_BADFILE, CURLE_SSL_INVALIDCERTSTATUS:
      return tlsTrouble()
    default:
      return replyTrouble(code, opening)
    }
  }

  private func certificateTrouble() -> RelayUnavailable {
    let prefix = "SSL certificate problem: "
    let words = curlText.hasPrefix(prefix) ? String(curlText.dropFirst(prefix.count)) : curlText
    let advice =
      if words.contains("expired") {
        "Ask the relay's operator to renew it."
      } else if words.contains("not yet valid") {
        "Check the clock of this machine."
      } else if words.contains("subject name") || words.contains("does not match") {
        "Use a name that the certificate holds as host in campaign.yaml."
      } else {
        "Give the authority's certificate as ca_file in campaign.yaml."
      }
    return trouble(.certificate, at: .tls, "the certificate is not trusted (\(words)). \(advice)")
  }

  private func startTLSTrouble(_ opening: OpeningDialogue) -> RelayUnavailable {
    if let last = opening.last, last.phase == .tls {
      return trouble(
        .tls, at: .tls, reply: last.reply,
        "STARTTLS was refused with “\(last.reply.words)”. Try again later, or ask the relay's operator.")
    }
    return trouble(
      .tls, at: .tls,
      "the relay offers no STARTTLS. Use smtps:// and its port if the relay has one; without TLS nothing is sent.")
  }

  private func tlsTrouble() -> RelayUnavailable {
    let advice =
      curlText.contains("wrong version number")
      ? "This port does not begin with TLS: smtp:// in campaign.yaml uses STARTTLS."
      : "Ask the relay's operator; TLS 1.2 or newer is needed."
    return trouble(.tls, at: .tls, "TLS failed (\(curlText)). \(advice)")
  }

  /// The relay refused, said nothing, or said something odd.
  private func replyTrouble(_ code: CURLcode, _ opening: OpeningDialogue) -> RelayUnavailable {
    if let last = opening.last, !last.reply.isPositive {
      let command = last.phase.awaited
      let words = "\(command) was answered with “\(last.reply.words)”."
      if last.reply.isTransient {
        return trouble(.busy, at: last.phase, reply: last.reply, "\(words) Try again later.")
      }
      if last.reply.isPermanent {
        return trouble(
          .refused, at: last.phase, reply: last.reply, "\(words) Ask the relay's operator to let this machine send.")
      }
    }
    let reason = curlText.isEmpty ? String(cString: curl_easy_strerror(code)) : curlText
    return trouble(
      .unreachable,
      "the connection ended before \(phase.awaited) was answered (\(reason)). Try again later, or check host and port.")
  }

  // MARK: Words

  func trouble(
    _ kind: RelayUnavailable.Kind, at place: Phase? = nil, reply: Reply? = nil, _ sentence: String
  ) -> RelayUnavailable {
    RelayUnavailable(kind: kind, phase: place ?? phase, reply: reply, message: "\(settings.place): \(sentence)")
  }
}

extension Phase {
  /// The relay's answer in this phase, as a noun.
  var awaited: String {
    switch self {
    case .connect: "the connection"
    case .tls: "STARTTLS"
    case .greeting: "the greeting"
    case .ehlo: "EHLO"
    case .auth: "AUTH"
    case .mail: "MAIL"
    case .rcpt: "RCPT"
    case .data: "DATA"
    case .final: "the final dot"
    }
  }
}

extension Reply {
  /// Code and text on one line, cut to a length for messages.
  var words: String {
    let line = text.split(separator: "\n").joined(separator: " / ")
    let short = line.count > 300 ? line.prefix(300) + "…" : line[...]
    return short.isEmpty ? "\(code)" : "\(code) \(short)"
  }
}

extension Duration {
  /// `600 seconds`, `0.25 seconds`.
  var words: String {
    let (seconds, attoseconds) = components
    let milliseconds = attoseconds / 1_000_000_000_000_000
    if milliseconds == 0 { return seconds == 1 ? "1 second" : "\(seconds) seconds" }
    return "\(Double(seconds) + Double(milliseconds) / 1000) seconds"
  }
}
