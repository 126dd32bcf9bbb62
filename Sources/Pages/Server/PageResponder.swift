import Campaigns
import Delivery
import Foundation
import HTTPTypes
import Hummingbird
import Letters
import Mail
import NIOCore
import Operations
import Queue
import Receipts
import Reports
import ServiceLifecycle

/// Answers the requests to the status page. Reads as a reader of the store, and acts by ``Operations`` alone.
struct PageResponder: HTTPResponder {
  typealias Context = BasicRequestContext

  let queue: URL
  /// The queue folder as the operator names it; nil when it is the default one.
  let queuePath: String?
  let gate: RequestGuard
  let isSecure: Bool
  let dependencies: Dependencies
  let isStopped: @Sendable (Int32) -> Bool
  let feeds: CampaignFeeds
  let acts = CampaignActs()
  let locks = CallLocks()
  let evidence = KeptEvidence()
  /// What reads all customers or all receipts is done once at a time, so is what makes all letters, and what is measured.
  let heavy = Turnstile()
  let making = Turnstile()
  let measuring = Turnstile()

  func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
    let asked = PageRequest(request.head)
    var response: Response
    do {
      response = try await answer(request, asked)
    } catch let fault as PageFailure {
      response = failure(fault, asked)
    } catch is NIOTooManyBytesError {
      response = failure(PageFailure(.contentTooLarge, .tooLarge), asked)
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      let message = CampaignActs.message(of: error)
      let text = NextCommand(campaign: campaignName(asked.path) ?? "CAMPAIGN", queue: queuePath).text(message)
      let isStore = error is StoreError
      response = failure(PageFailure(isStore ? .internalServerError : .conflict, .operation(text)), asked)
    }
    SecurityHeaders.add(to: &response.headers)
    return request.method == .head ? response.createHeadResponse() : response
  }

  func layout(_ asked: PageRequest) -> PageLayout {
    PageLayout(text: DocumentText(language: asked.language, zone: dependencies.timeZone), queuePath: queuePath)
  }

  private func failure(_ failure: PageFailure, _ asked: PageRequest) -> Response {
    let isIn = asked.cookies[gate.cookieName]?.contains(where: gate.token.isCookie) ?? false
    let name =
      isIn ? campaignName(asked.path).flatMap { CampaignLocation.names(in: queue).contains($0) ? $0 : nil } : nil
    var response = Self.page(layout(asked).fault(failure.fault, of: name, hasNavigation: isIn), status: failure.status)
    if failure.status == .serviceUnavailable { response.headers[.retryAfter] = "5" }
    if failure.status == .methodNotAllowed { response.headers[.allow] = "GET, HEAD, POST" }
    return response
  }

  private func answer(_ request: Request, _ asked: PageRequest) async throws -> Response {
    switch gate.verdict(request.head, path: asked.path, cookies: asked.cookies[gate.cookieName] ?? []) {
    case .refused(let status, let fault): throw PageFailure(status, fault)
    case .needsToken: return login(asked, isWrong: false)
    case .open: return try await open(request, asked)
    case .pass: break
    }
    let parts = asked.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
    switch (asked.method == .post, parts) {
    case (false, [""]): return try await campaigns(request, asked)
    case (false, ["metrics"]): return try await metrics(request)
    case (let isPost, let parts) where parts.first == "campaigns" && (2...3).contains(parts.count):
      // Only what lies there: no name leads out of the queue folder.
      guard CampaignLocation.names(in: queue).contains(parts[1]) else { throw PageFailure.noSuchPage }
      let location = try CampaignLocation(name: parts[1], queue: queue)
      let page = parts.count == 3 ? parts[2] : ""
      return isPost
        ? try await act(page, on: location, request, asked) : try await show(page, of: location, request, asked)
    default: throw PageFailure.noSuchPage
    }
  }

  // MARK: Without a token

  private func open(_ request: Request, _ asked: PageRequest) async throws -> Response {
    switch (asked.method == .post, asked.path) {
    case (false, "/style.css"): return Self.asset(PageAssets.style, "text/css; charset=utf-8")
    case (false, "/live.js"): return Self.asset(PageAssets.script, "text/javascript; charset=utf-8")
    case (false, "/icon.svg"): return Self.asset(PageAssets.icon, "image/svg+xml")
    case (false, "/login"): return Self.page(layout(asked).login(isWrong: false))
    case (true, "/login"):
      let token = try await asked.form(request)?["token"]?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
      guard gate.token.matches(token) else {
        return login(asked, isWrong: true)
      }
      return redirect("/", cookie: "\(gate.cookieName)=\(gate.token.cookie); Max-Age=604800")
    case (true, "/language"):
      guard let language = try await asked.form(request)?["language"].flatMap(DocumentLanguage.init) else {
        throw PageFailure.badForm
      }
      return redirect(back(asked), cookie: "language=\(language.rawValue); Max-Age=31536000")
    default: throw PageFailure(.methodNotAllowed, .noSuchMethod)
    }
  }

  private func login(_ asked: PageRequest, isWrong: Bool) -> Response {
    var response = Self.page(layout(asked).login(isWrong: isWrong), status: .unauthorized)
    response.headers[.wwwAuthenticate] = RequestGuard.challenge
    return response
  }

  /// The page that a form was on.
  private func back(_ asked: PageRequest) -> String {
    guard let referer = asked.fields[.referer], let parts = URLComponents(string: referer),
      parts.percentEncodedPath.hasPrefix("/"), !parts.percentEncodedPath.hasPrefix("//"),
      !parts.percentEncodedPath.hasPrefix("/login")
    else { return "/" }
    // A path that takes forms alone has no page.
    let steps = parts.percentEncodedPath.split(separator: "/")
    if steps.count == 3, ["pause", "resume", "cancel"].contains(steps[2]) { return "/campaigns/\(steps[1])" }
    return parts.percentEncodedPath + (parts.percentEncodedQuery.map { "?\($0)" } ?? "")
  }

  // MARK: Pages

  private func campaigns(_ request: Request, _ asked: PageRequest) async throws -> Response {
    let found = try await heavily(heavy, for: request) {
      var found: [(String, CampaignStatus?)] = []
      for name in CampaignLocation.names(in: queue) {
        let location = try CampaignLocation(name: name, queue: queue)
        found.append((name, try? await StatusQuery.brief(location, dependencies)))
      }
      return found
    }
    return Self.page(layout(asked).campaigns(found))
  }

  private func show(
    _ page: String, of location: CampaignLocation, _ request: Request, _ asked: PageRequest
  ) async throws -> Response {
    let layout = layout(asked)
    let name = location.name
    let report = await acts.report(asked.query["report"], of: location)
    switch page {
    case "":
      let figures = try await feeds.feed(of: location).look()
      let html = layout.overview(
        name, figures, report, launch: line(.launch(withoutRejected: false), location), at: now)
      return Self.page(html)
    case "events": return await events(of: location, asked)
    case "customers":
      let words = asked.query["q"] ?? ""
      let search = try await heavily(heavy, for: request) {
        try await CustomerSearch.run(words, in: location, most: PageLayout.mostCustomers, dependencies)
      }
      return Self.page(layout.customers(name, search, for: words))
    case "customer":
      guard let id = asked.query["id"] else { throw PageFailure.noSuchPage }
      let page = try await heavily(heavy, for: request) { try await proof(of: id, in: location, asked.language) }
      return Self.page(layout.customer(name, id, page))
    case "calls":
      let first = max(0, asked.query["from"].flatMap(Int.init) ?? 0)
      let page = try await heavily(heavy, for: request) {
        try await CallPage.read(from: first, most: PageLayout.callsOnAPage, of: location, dependencies)
      }
      var taken: [String: CallLocks.Lock] = [:]
      for entry in page.entries {
        taken[entry.report.customer] = await locks.lock(on: entry.report.customer, of: location, at: now)
      }
      let html = layout.calls(name, page, from: first, caller: caller(asked), locks: taken, report)
      return Self.page(html)
    case "uncertain":
      let html = layout.uncertain(
        name, try await heavily(heavy, for: request) { try await UncertainLetters.read(location, dependencies) }, report
      )
      return Self.page(html)
    case "release":
      let status = try await feeds.feed(of: location).look().status
      guard status.state == .draft else { return Self.page(layout.released(name, by: status.releasedBy)) }
      let html: String
      do {
        let draft = try await heavily(making, for: request) {
          try await ApprovalDraft.prepare(location, withoutRejected: true, dependencies)
        }
        let isIncomplete = draft.release.subject.rejectedRows > 0
        html = layout.release(name, draft, report, launch: line(.launch(withoutRejected: isIncomplete), location))
      } catch {
        html = layout.noRelease(name, CampaignActs.message(of: error), report)
      }
      return Self.page(html)
    default: throw PageFailure.noSuchPage
    }
  }

  private func proof(
    of id: String, in location: CampaignLocation, _ language: DocumentLanguage
  ) async throws -> CustomerProofPage {
    try await CampaignDocuments(
      location, source: SourceFolder(location.folder), language: language, kept: evidence, dependencies,
      command: { line($0, location) }
    ).page(ofCustomer: id)
  }

  /// The figures as server-sent events (HTML, 9.2): each part when it differs from what this browser has.
  private func events(of location: CampaignLocation, _ asked: PageRequest) async -> Response {
    var headers = HTTPFields()
    headers[.contentType] = "text/event-stream"
    // A reverse proxy is not to collect them.
    headers[HTTPField.Name("X-Accel-Buffering")!] = "no"
    // Nobody watches who asks for the head alone.
    guard asked.method != .head else { return Response(status: .ok, headers: headers) }
    let (stream, language) = (await feeds.feed(of: location).fragments(), asked.language)
    let body = ResponseBody { writer in
      var sent: [LiveFragments.Kind: String] = [:]
      var silent = 0
      try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
      for await fragments in stream.cancelOnGracefulShutdown() {
        let made = fragments.events(language)
        var events = LiveFragments.Kind.allCases.filter { sent[$0] != made[$0] }.compactMap { made[$0] }.joined()
        sent = made
        silent += 1
        // So that one who has gone is noticed.
        if events.isEmpty, silent >= 15 { events = ": still here\n\n" }
        guard !events.isEmpty else { continue }
        silent = 0
        try await writer.write(ByteBuffer(string: events))
      }
      try await writer.finish(nil)
    }
    return Response(status: .ok, headers: headers, body: body)
  }

  /// What takes long for many customers, ended when the browser leaves.
  func heavily<Value: Sendable>(
    _ turnstile: Turnstile, for request: Request, _ work: @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withoutActuallyEscaping(work) { work in
      try await request.body.consumeWithCancellationOnInboundClose { _ in try await turnstile.pass(work) }
    }
  }

  // MARK: Answers

  var now: Date { dependencies.time.now }

  func line(_ step: NextStep, _ location: CampaignLocation) -> String {
    NextCommand(campaign: location.name, queue: queuePath).line(step)
  }

  private func caller(_ asked: PageRequest) -> String { asked.cookies["caller"]?.first?.removingPercentEncoding ?? "" }

  private func campaignName(_ path: String) -> String? {
    let parts = path.split(separator: "/").map(String.init)
    return parts.count > 1 && CampaignLocation.isName(parts[1]) ? parts[1] : nil
  }

  private static func page(_ html: String, status: HTTPResponse.Status = .ok) -> Response {
    var headers = HTTPFields()
    headers[.contentType] = "text/html; charset=utf-8"
    return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
  }

  static func asset(_ text: String, _ type: String) -> Response {
    var headers = HTTPFields()
    headers[.contentType] = type
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  func redirect(
    _ section: PageSection, _ location: CampaignLocation, from first: Int = 0, report: String? = nil,
    cookie: String? = nil
  ) -> Response {
    let query = (first > 0 ? ["from=\(first)"] : []) + (report.map { ["report=\($0)"] } ?? [])
    let path = section.path(of: location.name)
    return redirect(query.isEmpty ? path : "\(path)?\(query.joined(separator: "&"))", cookie: cookie)
  }

  func redirect(_ path: String, cookie: String? = nil) -> Response {
    var headers = HTTPFields()
    headers[.location] = path
    if let cookie {
      headers[.setCookie] = "\(cookie); Path=/; HttpOnly; SameSite=Strict\(isSecure ? "; Secure" : "")"
    }
    return Response(status: .seeOther, headers: headers)
  }
}

/// A request that is answered with a page that says why.
struct PageFailure: Error {
  let status: HTTPResponse.Status
  let fault: PageFault

  init(_ status: HTTPResponse.Status, _ fault: PageFault) { (self.status, self.fault) = (status, fault) }

  static let noSuchPage = PageFailure(.notFound, .noSuchPage)
  static let badForm = PageFailure(.badRequest, .badForm)
  /// Too many wait for the same.
  static let busy = PageFailure(.serviceUnavailable, .busy)
}
