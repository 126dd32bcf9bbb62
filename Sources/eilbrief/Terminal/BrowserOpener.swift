import Foundation
import Preview

/// Opens a page in the operator's browser: what $BROWSER names, else xdg-open, where there is a display.
enum BrowserOpener {
  /// Opens the page and returns the result for the operator; it contains the page's address, whatever happened.
  static func open(_ page: URL) -> String {
    let address = page.absoluteString
    let environment = ProcessInfo.processInfo.environment
    let hasDisplay = ["DISPLAY", "WAYLAND_DISPLAY"].contains { environment[$0]?.isEmpty == false }
    let named = (environment["BROWSER"] ?? "").split(separator: ":").map(String.init)
    guard hasDisplay else { return "There is no display here. To look at it, open \(address) in a browser." }
    for candidate in named + ["xdg-open"] {
      var words = candidate.split(separator: " ").map(String.init)
      guard !words.isEmpty, let program = ProgramSearch.find([words.removeFirst()]) else { continue }
      // As xdg-open reads the variable: %s stands for the address, which else comes last.
      let isPlaced = words.contains { $0.contains("%s") }
      let process = Process()
      process.executableURL = program
      process.arguments = isPlaced ? words.map { $0.replacing("%s", with: address) } : words + [address]
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      if (try? process.run()) != nil { return "Opening \(address) with \(program.lastPathComponent)." }
    }
    return "No browser was found ($BROWSER, xdg-open). To look at it, open \(address) in one."
  }
}
