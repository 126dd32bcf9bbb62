import Files
import Foundation

/// Next steps as the commands that the operator types: about the same campaign, in the same queue folder.
///
/// A folder named with `--queue` is named again: without it the command would act on the campaign of that name in the
/// default folder.
public struct NextCommand: Sendable {
  public let campaign: String
  /// The queue folder as given on the command line; nil when it was not given.
  public let queue: String?

  public init(campaign: String, queue: String?) {
    self.campaign = campaign
    self.queue = queue
  }

  /// `eilbrief resolve sommer --queue KR --customer ID --resend`
  public func line(_ step: NextStep) -> String {
    switch step {
    case .check: line("check")
    case .checkRejected: line("check", "--rejected FILE")
    case .checkOnline(let resolver): line("check", "--online" + (resolver.map { " --resolver \($0)" } ?? ""))
    case .approve(let withoutRejected): line("approve", (withoutRejected ? "--without-rejected " : "") + "--as NAME")
    case .launch(let withoutRejected): line("launch", withoutRejected ? "--without-rejected" : "")
    case .launchLate(let without): line("launch", (without ? "--without-rejected " : "") + "--late-is-fine")
    case .rehearse: line("rehearse")
    case .rehearseAtSpeed: line("rehearse", "--at-speed --json")
    case .preview(let customer): line("preview", "--customer \(customer.map(Self.quoted) ?? "ID")")
    case .previewSample: line("preview", "--sample --open")
    case .resume: line("resume")
    case .pause: line("pause")
    case .watch: line("status", "--watch")
    case .work: (["eilbrief", "worker"] + (queue.map { ["--queue", Self.quoted($0)] } ?? [])).joined(separator: " ")
    case .resumeFrozen: line("resume", "--frozen")
    case .cancel: line("cancel")
    case .status: line("status")
    case .report: line("report")
    case .calls: line("report", "calls")
    case .changed: line("changed", "FILE")
    case .callList: line("calls list")
    case .callForm: line("calls list", "--output FILE.csv")
    case .reasons: line("report", "reasons --format text")
    case .purge: line("purge")
    case .verifyReceipts: line("receipts verify")
    case .showReceipts(let customer): line("receipts show", "--customer \(Self.quoted(customer))")
    case .proveReceipts(let customer): line("receipts prove", "--customer \(Self.quoted(customer))")
    case .settle: line("resolve")
    case .settleByLog: line("resolve", "--relay-log FILE …")
    case .settleAsAccepted: line("resolve", "--customer ID --assume-accepted")
    case .sendAgain: line("resolve", "--customer ID --resend")
    case .other(let name, let step): NextCommand(campaign: name, queue: queue).line(step)
    }
  }

  private func line(_ verb: String, _ rest: String = "") -> String {
    var words = ["eilbrief", verb, campaign]
    if let queue { words += ["--queue", Self.quoted(queue)] }
    if !rest.isEmpty { words.append(rest) }
    return words.joined(separator: " ")
  }

  /// A message as the operator reads it: times in the machine's zone, commands in backquotes.
  public func text(_ message: OperatorMessage) -> String {
    message.pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .time(let date): LocalTime.full(date)
      case .clock(let date): LocalTime.clock(date)
      case .span(let seconds): LocalTime.span(seconds)
      case .step(let step): "`\(line(step))`"
      }
    }.joined()
  }

  /// The text quoted so that a shell reads it back unchanged.
  public static func quoted(_ word: String) -> String {
    let isPlain = !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "/._-+,:@%".contains($0) }
    // A character that is not printed as it is cannot be copied: its bytes in octal digits (bash, zsh, POSIX.1-2024).
    guard !word.unicodeScalars.contains(where: VisibleText.isHidden) else {
      let pieces = word.unicodeScalars.map { scalar in
        guard VisibleText.isHidden(scalar) else { return "'\\".contains(String(scalar)) ? "\\\(scalar)" : "\(scalar)" }
        return "\(scalar)".utf8.map { "\\" + String(Int($0) + 512, radix: 8).dropFirst() }.joined()
      }
      return "$'\(pieces.joined())'"
    }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
