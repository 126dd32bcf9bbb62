import Delivery
import Dispatch
import Files
import Foundation
import Operations
import Synchronization

/// Shows the step of a command that takes longer than two seconds, on a terminal; see ``StepLine``.
enum StepDisplay {
  /// Runs a command, and shows its steps.
  static func showing(_ work: @Sendable () async throws -> Void) async throws {
    let region = Console.region
    guard region.look.canRedraw else { return try await work() }
    let isShown = Atomic(false)
    let progress = StepProgress(ended: { if isShown.exchange(false, ordering: .relaxed) { region.erase() } })
    let start = ContinuousClock.now
    // A thread of its own: steps that compute leave none to others.
    let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "steps", qos: .userInitiated))
    var line = StepLine()
    timer.setEventHandler {
      let text = line.line(progress.now, at: ContinuousClock.now - start, width: region.size.columns)
      guard let text, !Console.isDocument else {
        endSignals()
        return
      }
      clearOnSignal()
      isShown.store(true, ordering: .relaxed)
      region.draw([text])
      // It may have ended meanwhile.
      if progress.now == nil { region.erase() }
    }
    timer.schedule(deadline: .now() + StepLine.quiet.seconds, repeating: .milliseconds(250))
    timer.resume()
    defer {
      timer.cancel()
      region.erase()
    }
    return try await StepProgress.$current.withValue(progress) { try await work() }
  }

  private static let signals = [SIGINT, SIGTERM, SIGHUP]

  /// A signal that ends the process leaves a clean line. What somebody ignores or handles stays so.
  private static func clearOnSignal() {
    for number in signals where StopSignal.isDefault(number) { signal(number, PrintStream.clearLineAndEnd) }
  }

  private static func endSignals() {
    for number in signals where StopSignal.has(number, PrintStream.clearLineAndEnd) { signal(number, SIG_DFL) }
  }
}
