import Dispatch
public import Foundation
import Synchronization

/// One headless Chromium, controlled over a pair of pipes (the DevTools protocol), so that no letter appears in its
/// arguments or in a file.
///
/// It gets a scratch folder for profile and temporary files, removed at its end, no name and no address to connect to,
/// and runs no script of a page. It has at most ``limit`` seconds for each answer; then it is killed. It is sandboxed,
/// except for root, whom Chromium refuses otherwise. Fails with ``PreviewError``.
final class Chromium {
  private static let programs = ["chromium", "chromium-browser", "google-chrome"]
  /// The time for an answer, in seconds.
  private static let limit = 60

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let scratch: URL
  private var received: [UInt8] = []
  private var lastCall = 0
  private var session: String?

  init() throws(PreviewError) {
    guard let program = ProgramSearch.find(Self.programs) else { throw .noChromium(Self.programs) }
    scratch = try Self.makeScratchFolder()
    // A shell puts the two pipes where Chromium looks for them, and becomes Chromium.
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments =
      ["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>\"$TMPDIR/errors\"", program.path] + flags
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"].map { ($0, scratch.path) }
    ) { $1 }
    process.standardInput = input
    process.standardOutput = output
    do throws(PreviewError) {
      try start()
      try attach()
    } catch {
      close()
      throw error
    }
  }

  /// A folder of its own (0700), under a name that nothing has yet.
  private static func makeScratchFolder() throws(PreviewError) -> URL {
    let pattern = FileManager.default.temporaryDirectory.appendingPathComponent("eilbrief-XXXXXX").path
    var path = Array(pattern.utf8CString)
    guard mkdtemp(&path) != nil else { throw .cannotMakeFolder(pattern, reason: String(cString: strerror(errno))) }
    return URL(fileURLWithPath: String(decoding: path.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
  }

  private var flags: [String] {
    [
      "--headless", "--remote-debugging-pipe", "--user-data-dir=\(scratch.path)/profile",
      "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9", "--proxy-bypass-list=<-loopback>",
      "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
      "--disable-sync", "--disable-extensions", "--disable-breakpad", "--disable-gpu", "--disable-dev-shm-usage",
      "--hide-scrollbars",
    ] + (getuid() == 0 ? ["--no-sandbox"] : []) + ["about:blank"]
  }

  private func start() throws(PreviewError) {
    do {
      try process.run()
    } catch {
      throw failure("could not be started: \(error.localizedDescription)")
    }
  }

  private func attach() throws(PreviewError) {
    let targets = try call("Target.getTargets")["targetInfos"] as? [[String: Any]] ?? []
    guard let page = targets.first(where: { $0["type"] as? String == "page" })?["targetId"] as? String else {
      throw failure("shows no page")
    }
    session = try call("Target.attachToTarget", ["targetId": page, "flatten": true])["sessionId"] as? String
    _ = try call("Network.enable")
    _ = try call(
      "Network.emulateNetworkConditions",
      ["offline": true, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0])
    _ = try call("Emulation.setScriptExecutionDisabled", ["value": true])
  }

  /// The height of the tallest picture that can be made; the rest below is cut off.
  private static let tallest = 16_000.0

  /// The whole page, `width` pixels wide, on the screen or as it is printed, as a PNG.
  func picture(of html: String, width: Int, isPrinted: Bool) throws(PreviewError) -> Data {
    _ = try call(
      "Emulation.setDeviceMetricsOverride",
      ["width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false])
    _ = try call("Emulation.setEmulatedMedia", ["media": isPrinted ? "print" : "screen"])
    try show(html)
    let size = try call("Page.getLayoutMetrics")["cssContentSize"] as? [String: Any]
    let height = min((size?["height"] as? NSNumber)?.doubleValue ?? 800, Self.tallest)
    let shot = try call(
      "Page.captureScreenshot",
      [
        "format": "png", "captureBeyondViewport": true,
        "clip": ["x": 0, "y": 0, "width": Double(width), "height": height, "scale": 1] as [String: Any],
      ])
    guard let text = shot["data"] as? String, let png = Data(base64Encoded: text) else {
      throw failure("gave no picture")
    }
    return png
  }

  /// The whole page on A4, with the numbers of its pages, tagged for screen readers.
  func pdf(of html: String) throws(PreviewError) -> Data {
    try show(html)
    let printed = try call(
      "Page.printToPDF",
      [
        "preferCSSPageSize": true, "printBackground": true, "generateTaggedPDF": true, "generateDocumentOutline": true,
        "displayHeaderFooter": true, "headerTemplate": "<span></span>",
        "footerTemplate": """
        <div style="width:100%;padding:0 16mm;font-size:8px;text-align:right">\
        <span class="pageNumber"></span> / <span class="totalPages"></span></div>
        """,
      ])
    guard let text = printed["data"] as? String, let pdf = Data(base64Encoded: text) else {
      throw failure("gave no document")
    }
    return pdf
  }

  private func show(_ html: String) throws(PreviewError) {
    let tree = try call("Page.getFrameTree")["frameTree"] as? [String: Any]
    guard let frame = (tree?["frame"] as? [String: Any])?["id"] as? String else { throw failure("shows no page") }
    _ = try call("Page.setDocumentContent", ["frameId": frame, "html": html])
  }

  /// Ends it and removes what it left.
  func close() {
    if process.isRunning {
      _ = try? call("Browser.close")
      let patience = Watchdog(seconds: 10, process: process.processIdentifier)
      process.waitUntilExit()
      patience.end()
    }
    // Its helper processes may still write while they end.
    for _ in 0..<20 where FileManager.default.fileExists(atPath: scratch.path) {
      if (try? FileManager.default.removeItem(at: scratch)) == nil { usleep(100_000) }
    }
  }

  private func call(_ method: String, _ parameters: [String: Any] = [:]) throws(PreviewError) -> [String: Any] {
    let watchdog = Watchdog(seconds: Self.limit, process: process.processIdentifier)
    defer { watchdog.end() }
    lastCall += 1
    var request: [String: Any] = ["id": lastCall, "method": method, "params": parameters]
    if let session, !method.hasPrefix("Browser."), !method.hasPrefix("Target.") { request["sessionId"] = session }
    do {
      try input.fileHandleForWriting.write(contentsOf: JSONSerialization.data(withJSONObject: request) + [0])
      while true {
        let answer = try JSONSerialization.jsonObject(with: message()) as? [String: Any] ?? [:]
        guard answer["id"] as? Int == lastCall else { continue }
        if let error = answer["error"] as? [String: Any] {
          throw failure("refuses \(method): \(error["message"] as? String ?? "")")
        }
        return answer["result"] as? [String: Any] ?? [:]
      }
    } catch let error as PreviewError {
      throw error
    } catch {
      throw failure(watchdog.didTimeOut ? "did not answer within \(Self.limit) seconds" : "ended before it was through")
    }
  }

  /// The next message; each ends with a zero byte.
  private func message() throws -> Data {
    var searched = 0
    while true {
      if let end = received[searched...].firstIndex(of: 0) {
        let message = Data(received[..<end])
        received.removeSubrange(...end)
        return message
      }
      searched = received.count
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { throw CocoaError(.fileReadUnknown) }
      received += more
    }
  }

  private func failure(_ what: String) -> PreviewError {
    let errors = (try? String(contentsOf: scratch.appendingPathComponent("errors"), encoding: .utf8)) ?? ""
    let last = errors.split(separator: "\n").last { $0.contains("ERROR") || $0.contains("FATAL") }
    return .noPicture(what, lastError: last.map(String.init))
  }
}

/// Kills a process unless ``end()`` is called in time.
private final class Watchdog: Sendable {
  private let state = Mutex((isOver: false, didTimeOut: false))

  init(seconds: Int, process: Int32) {
    DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) { [self] in
      state.withLock { state in
        guard !state.isOver else { return }
        state.didTimeOut = true
        kill(process, SIGKILL)
      }
    }
  }

  var didTimeOut: Bool { state.withLock { $0.didTimeOut } }
  func end() { state.withLock { $0.isOver = true } }
}

/// Finds programs as a shell does.
public enum ProgramSearch {
  /// The first of `names` that is in PATH or is itself a path to a program.
  public static func find(_ names: [String]) -> URL? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let folders = path.split(separator: ":").map(String.init)
    for name in names {
      let files = name.contains("/") ? [name] : folders.map { "\($0)/\(name)" }
      if let found = files.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) {
        return URL(fileURLWithPath: found)
      }
    }
    return nil
  }
}
