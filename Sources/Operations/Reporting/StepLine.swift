public import Files

/// The line that shows a step on a terminal: after two seconds of work, so that what is quick shows nothing.
///
/// Pure: values and a clock's reading in, a line out.
public struct StepLine: Sendable {
  /// The work that is not shown.
  public static let quiet = Duration.seconds(2)
  /// Work that pauses for longer, such as for a question, begins anew.
  private static let gap = Duration.seconds(1)

  private var began: Duration?
  private var seen: Duration?

  public init() {}

  /// - Parameter moment: by any clock that counts evenly.
  public mutating func line(_ progress: StepProgress.Snapshot?, at moment: Duration, width: Int) -> TerminalLine? {
    guard let progress else {
      if let seen, moment - seen > Self.gap { began = nil }
      return nil
    }
    let start = began ?? moment
    (began, seen) = (start, moment)
    guard moment - start >= Self.quiet else { return nil }
    return TerminalLine(DisplayWidth.clipped(Self.text(progress), to: width - 1, mark: ""))
  }

  /// `Making the letters: 1200 of 5000`
  static func text(_ progress: StepProgress.Snapshot) -> String {
    let words = words(of: progress.step)
    if let total = progress.total, total > 0 { return "\(words): \(min(progress.done, total)) of \(total)" }
    return progress.done > 0 ? "\(words): \(progress.done)" : "\(words) ..."
  }

  private static func words(of step: StepProgress.Step) -> String {
    switch step {
    case .readingRows: "Reading the rows"
    case .comparingRows: "Comparing the rows"
    case .makingLetters: "Making the letters"
    case .freezing: "Freezing the plan"
    case .forecasting: "Forecasting the end"
    case .tryingRelays: "Trying the relays"
    case .lookingOutside: "Looking at DNS and the relays"
    case .verifyingReceipts: "Verifying the receipts"
    case .comparingReceipts: "Comparing the receipts with the queue"
    case .writingReceipts: "Writing the receipts"
    case .exporting: "Exporting the receipts"
    case .removingCustomers: "Removing the customers from the queue"
    case .removingFiles: "Removing files"
    case .reporting: "Writing the report"
    case .readingLogs: "Reading the relay's log"
    case .previewing: "Making the previews"
    case .searching: "Searching the customers"
    case .simulating: "Simulating the delivery"
    }
  }
}
