import CCurl
import Campaigns
import Delivery
import Files
import Foundation
import Monitoring

/// The one owner of libcurl's handles: opens a connection with libcurl and moves bytes over it.
///
/// Every connection has an easy handle of its own inside one multi handle that is kept. libcurl 7.88.1 never closes the
/// connections of an easy handle that is used again with CURLOPT_CONNECT_ONLY, while removing it from a multi handle
/// closes them at once; and the costly part, the certificate authorities, is cached in the multi handle.
///
/// Not for use by two threads at a time: a session keeps it on its thread. Opening fails with ``RelayUnavailable``;
/// reading and writing never block, waiting has a deadline.
final class CurlConnection {
  let settings: ConnectionSettings
  let uptime: Uptime
  private var multi: UnsafeMutableRawPointer?
  private var easy: UnsafeMutableRawPointer?
  private var socket: curl_socket_t = -1
  /// The facts that the last opening has found out, however it ended, if it was to inspect.
  private(set) var inspection: RelayInspection?
  /// What is hidden in the relay's replies on this connection.
  private(set) var login: LoginRedaction
  /// The last opening failed because the relay refused the access token.
  private var isTokenRefused = false
  /// Since when the connection is being opened, with tokens and logins, and the wait that others see.
  private var openingStart = Duration.zero
  private var openingTicket: SessionControl.Ticket?
  /// libcurl's words for its last error; it writes into this memory as long as `easy` lives.
  private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  /// Descriptors of an open connection: its socket, and two by which libcurl wakes up.
  static let descriptorsKept = 3
  /// Those needed besides while it is opened: sockets to two of the host's addresses, two of the thread that resolves its
  /// name, two of the system's resolver, a file of certificates.
  static let descriptorsToOpen = 7
  /// How much ``Relay/caFile`` may hold; all authorities of the world take some 200 KB.
  private static let largestAuthorities = 16 << 20

  private static func requireBounded(_ file: URL) throws(FileError) {
    let size = try RandomAccessFile(file).stamp().size
    guard size <= largestAuthorities else {
      throw FileError(.read, file.path, .tooLarge(limit: largestAuthorities))
    }
  }

  let control: SessionControl
  let metrics: RelayMetrics

  init(settings: ConnectionSettings, control: SessionControl, uptime: @escaping Uptime) {
    self.settings = settings
    self.control = control
    metrics = control.metrics.relay(settings.relay.name)
    self.uptime = uptime
    login = LoginRedaction(username: settings.relay.username, password: settings.password)
    multi = curl_multi_init()
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    close()
    curl_multi_cleanup(multi)
    errorText.deallocate()
  }

  // MARK: Opening

  /// TCP, TLS or STARTTLS, EHLO, AUTH. Gives up when the task it runs in is cancelled, or sending is to stop. An access
  /// token that the relay refuses is fetched once more, and a new one is tried once, on a connection of its own: tokens
  /// expire. All of it together lasts as long as the control allows.
  ///
  /// - Parameter inspecting: Fills ``inspection`` as well.
  func open(inspecting: Bool = false) -> Result<Extensions, RelayUnavailable> {
    inspection = nil
    openingStart = uptime()
    let began = metrics.moment
    openingTicket = control.begin(.opening, through: settings.relay)
    defer {
      metrics.record(.connect, since: began)
      if let openingTicket { control.end(openingTicket) }
      openingTicket = nil
    }
    let relay = settings.relay
    guard relay.username != nil, relay.authentication == .xoauth2 else {
      return open(with: settings.password, inspecting: inspecting)
    }
    do throws(TokenTrouble) {
      guard let tokens = settings.tokens else { return open(with: nil, inspecting: inspecting) }
      let token = try tokens.current(uptime)
      let result = open(with: token, inspecting: inspecting)
      guard isTokenRefused, case .failure(let refused) = result else { return result }
      guard let renewed = try tokens.renewed(insteadOf: token, uptime) else {
        return failed(OpeningFailure.sameToken(refused, of: relay), inspecting: inspecting)
      }
      let second = open(with: renewed, inspecting: inspecting)
      guard isTokenRefused, case .failure(let refused) = second else { return second }
      return failed(OpeningFailure.newToken(refused), inspecting: inspecting)
    } catch {
      return failed(OpeningFailure(settings: settings).noToken(error), inspecting: inspecting)
    }
  }

  private func failed(_ trouble: RelayUnavailable, inspecting: Bool) -> Result<Extensions, RelayUnavailable> {
    if inspecting {
      var found = inspection ?? RelayInspection()
      found.trouble = trouble
      inspection = found
    }
    return .failure(trouble)
  }

  /// One connection. The login, where the relay has a user name, is ours: libcurl knows mechanisms in capitals only, takes
  /// another answer than 235 for a success, and goes on without AUTH when the relay offers none.
  private func open(with secret: Password?, inspecting: Bool) -> Result<Extensions, RelayUnavailable> {
    close()
    isTokenRefused = false
    login = LoginRedaction(username: settings.relay.username, password: secret)
    let opening = OpeningDialogue(startsTLS: settings.relay.tls == .startTLS, login: login)
    var inspection = RelayInspection()
    if inspecting { opening.heard = { [unowned self] in inspection.note(self.easy) } }
    var result = open(opening, hasSecret: secret != nil)
    if case .success(let extensions) = result, let username = settings.relay.username, let secret {
      let authenticator = Authenticator(connection: self, username: username, secret: secret)
      if let refusal = authenticator.logIn(extensions) {
        close()
        isTokenRefused = refusal.isOfToken
        result = .failure(refusal.trouble)
      } else {
        inspection.isAuthenticated = true
      }
    }
    if inspecting {
      inspection.note(opening, result)
      self.inspection = inspection
    }
    return result
  }

  private func open(_ opening: OpeningDialogue, hasSecret: Bool) -> Result<Extensions, RelayUnavailable> {
    var failure = OpeningFailure(settings: settings)
    if settings.relay.username != nil, !hasSecret { return .failure(failure.noPassword()) }
    if let caFile = settings.relay.caFile {
      do throws(FileError) {
        try Self.requireBounded(caFile)
      } catch {
        if error.isOutOfDescriptors { return .failure(failure.noDescriptors()) }
        // libcurl tells of one that is missing.
        if !error.isMissing { return .failure(failure.badAuthorities(error)) }
      }
    }
    // Without a multi handle there was no descriptor for it.
    if multi == nil { multi = curl_multi_init() }
    guard multi != nil, Descriptors.areFree(Self.descriptorsToOpen) else { return .failure(failure.noDescriptors()) }
    guard let easy = curl_easy_init() else { return .failure(failure.noHandle()) }
    self.easy = easy
    errorText[0] = 0
    guard configure(easy, opening), curl_multi_add_handle(multi, easy) == CURLM_OK else {
      close()
      return .failure(failure.noHandle())
    }
    let end = withExtendedLifetime(opening) { runOpening(easy, opening) }
    failure.curlText = String(cString: errorText)
    errorText[0] = 0
    failure.phase = isConnected(easy) ? opening.phase : .connect
    switch end {
    case .finished(CURLE_OK):
      // The handle keeps the pointers, so they must not outlive the dialogue and the options it was configured with.
      ccurl_set_pointer(easy, CURLOPT_HEADERDATA, nil)
      ccurl_get_socket(easy, &socket)
      return .success(opening.extensions)
    case .finished(let code):
      var systemError = 0
      ccurl_get_long(easy, CURLINFO_OS_ERRNO, &systemError)
      close()
      // A descriptor that could not be had shows as anything: an unknown host, no connection, unreadable certificates.
      if Descriptors.areExhausted(Int32(truncatingIfNeeded: systemError))
        || !Descriptors.areFree(Self.descriptorsToOpen)
      {
        return .failure(failure.noDescriptors())
      }
      return .failure(failure.trouble(code, systemError: Int32(truncatingIfNeeded: systemError), opening))
    case .senseless(let fault):
      close()
      return .failure(failure.senseless(fault))
    case .timedOut(let limit):
      close()
      return .failure(failure.timedOut(after: limit))
    case .cancelled:
      close()
      return .failure(failure.cancelled())
    }
  }

  /// The answer to a task that is cancelled before it could begin to open.
  func cancelled() -> RelayUnavailable { OpeningFailure(settings: settings).cancelled() }

  private enum End {
    case finished(CURLcode)
    case senseless(MalformedReply)
    case timedOut(after: Duration)
    case cancelled
  }

  /// Until the TCP connection (and TLS, if it comes first) is established, libcurl keeps the limit, because it divides
  /// the time among the host's addresses. From then on every reply has a limit of its own, which libcurl cannot do.
  private func runOpening(_ easy: UnsafeMutableRawPointer, _ opening: OpeningDialogue) -> End {
    var connected = false
    var replies = 0
    var deadline = uptime() + settings.timeouts.connect + settings.timeouts.greeting
    while true {
      var running: Int32 = 0
      guard curl_multi_perform(multi, &running) == CURLM_OK else { return .finished(CURLE_FAILED_INIT) }
      // libcurl would wait for something better to come.
      if let fault = opening.fault { return .senseless(fault) }
      if running == 0 { return .finished(result()) }
      if Task.isCancelled || control.isStopped { return .cancelled }
      if !connected, isConnected(easy) {
        connected = true
        ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Int(Int32.max))
        deadline = uptime() + settings.timeouts.greeting
      }
      if opening.replies > replies {
        replies = opening.replies
        deadline = uptime() + settings.timeouts.greeting
      }
      let now = uptime()
      guard deadline > now else { return .timedOut(after: settings.timeouts.greeting) }
      var left = deadline - now
      if let rest = noteOpening() {
        guard rest > .zero else { return .timedOut(after: control.openingLimit ?? rest) }
        left = min(left, rest)
      }
      curl_multi_poll(multi, nil, 0, min(left, RelayWait.attention).pollMilliseconds, nil)
    }
  }

  /// Lets others see how long the opening lasts; returns what is left of its limit, if it has one.
  func noteOpening() -> Duration? {
    let age = uptime() - openingStart
    if let openingTicket { control.note(openingTicket, age: age) }
    return control.openingLimit.map { $0 - age }
  }

  private func isConnected(_ easy: UnsafeMutableRawPointer) -> Bool {
    var microseconds: curl_off_t = 0
    return ccurl_get_offset(easy, CURLINFO_CONNECT_TIME_T, &microseconds) == CURLE_OK && microseconds > 0
  }

  private func result() -> CURLcode {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      if message.pointee.msg == CURLMSG_DONE { return message.pointee.data.result }
    }
    return CURLE_FAILED_INIT
  }

  /// False when libcurl refuses an option: then nothing may be opened, least of all without the checks of TLS.
  private func configure(_ easy: UnsafeMutableRawPointer, _ opening: OpeningDialogue) -> Bool {
    let relay = settings.relay
    let security = relay.tls == .none ? CURLUSESSL_NONE : CURLUSESSL_ALL
    var results = [
      ccurl_set_string(easy, CURLOPT_URL, settings.url),
      ccurl_set_string(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps"),
      ccurl_set_long(easy, CURLOPT_CONNECT_ONLY, 1),
      // No proxy from the environment.
      ccurl_set_string(easy, CURLOPT_PROXY, ""),
      ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1),
      ccurl_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1),
      // Giving up does not wait for a name server that does not answer.
      ccurl_set_long(easy, CURLOPT_QUICK_EXIT, 1),
      ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, settings.timeouts.connect.wholeMilliseconds),
      // The replies have limits in runOpening; this one must never be the first to end.
      ccurl_set_long(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, 86_400),

      ccurl_set_long(easy, CURLOPT_USE_SSL, Int(security.rawValue)),
      ccurl_set_long(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
      ccurl_set_long(easy, CURLOPT_SSL_VERIFYPEER, 1),
      ccurl_set_long(easy, CURLOPT_SSL_VERIFYHOST, 2),
      // A folder of authorities would be asked in addition to ca_file, and keeps libcurl from caching what it has read.
      ccurl_set_string(easy, CURLOPT_CAPATH, nil),

      ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText),
      ccurl_set_pointer(easy, CURLOPT_HEADERDATA, Unmanaged.passUnretained(opening).toOpaque()),
      ccurl_set_header_function(easy) { bytes, size, count, opening in
        if let opening {
          Unmanaged<OpeningDialogue>.fromOpaque(opening).takeUnretainedValue()
            .receive(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
        }
        return size * count
      },
    ]
    if let caFile = relay.caFile { results.append(ccurl_set_string(easy, CURLOPT_CAINFO, caFile.path)) }
    return results.allSatisfy { $0 == CURLE_OK }
  }

  // MARK: Moving bytes

  enum Moved {
    case bytes(Int)
    /// Nothing now: wait for the socket.
    case nothingYet
    /// The relay closed the connection in good order.
    case end
    case failed(String)
  }

  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Moved {
    guard let easy else { return .failed(Self.notOpen) }
    var count = 0
    switch curl_easy_recv(easy, buffer.baseAddress, buffer.count, &count) {
    case CURLE_OK: return count > 0 ? .bytes(count) : .end
    case CURLE_AGAIN: return .nothingYet
    case let code: return .failed(reason(code))
    }
  }

  /// After `nothingYet` TLS wants the same bytes again, at the same place and none fewer.
  func send(_ bytes: UnsafeRawBufferPointer) -> Moved {
    guard let easy else { return .failed(Self.notOpen) }
    var count = 0
    switch curl_easy_send(easy, bytes.baseAddress, bytes.count, &count) {
    case CURLE_OK: return .bytes(count)
    case CURLE_AGAIN: return .nothingYet
    case let code: return .failed(reason(code))
    }
  }

  enum Readiness { case readable, writable }

  /// False when `slice` has passed first, or a signal came.
  func wait(until readiness: Readiness, for slice: Duration) -> Bool {
    var entry = pollfd(
      fd: socket, events: Int16(truncatingIfNeeded: readiness == .readable ? Int(POLLIN) : Int(POLLOUT)), revents: 0)
    let count = poll(&entry, 1, slice.pollMilliseconds)
    // An error of poll itself shows in the next read or write.
    return count > 0 || count < 0 && errno != EINTR
  }

  /// Closes the connection at once, without QUIT. Does nothing when there is no connection.
  func close() {
    guard let easy else { return }
    curl_multi_remove_handle(multi, easy)
    curl_easy_cleanup(easy)
    self.easy = nil
    socket = -1
  }

  private static let notOpen = "the connection is not open"

  private func reason(_ code: CURLcode) -> String {
    let text = String(cString: errorText)
    return text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
  }
}

extension Duration {
  /// Rounded up, so that a wait never ends before its time.
  fileprivate var wholeMilliseconds: Int {
    let (seconds, attoseconds) = components
    return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }

  /// The time as poll(2) takes it; its loop begins a longer wait again.
  fileprivate var pollMilliseconds: Int32 { Int32(clamping: wholeMilliseconds) }
}
