import Foundation
import Queue
import Receipts
import Rehearsal
import TestSupport

/// What `eilbrief` is doing when it dies.
public enum CrashScenario: String, Sendable, CaseIterable {
  case launch, launchResending
  /// After a crash that left letters on the wire and half a line in the receipts.
  case resume, resumeResending
  /// Where no process delivers any more, after the same crash.
  case pause, cancel, resolveAfterCrash
  /// The delivering process, while another one asks it to.
  case pausing, cancelling
  /// The one that asks.
  case asking
  /// Of a campaign that is over but for uncertain letters.
  case resolveResend, resolveAccepted
  /// Letters that are given up.
  case expire
  /// A call to a customer is recorded.
  case calling
  /// A letter came back.
  case bouncing
  /// An export of the mail server says who has changed the password.
  case changing

  var settings: Trial.Settings {
    // Slow answers, so that every process dies with letters on the wire. Nothing that makes a delivery wait for long.
    var rules: [FaultPlan.Rule] = [
      .init(.temporary, .percent(10), tries: 1), .init(.unknown, .percent(5)), .init(.lostReply, .percent(6)),
      .init(.slow(.milliseconds(30)), .percent(79)),
    ]
    var retry = "{schedule: 1s, give_up_after: 1h}"
    if self == .expire {
      rules = [.init(.full, .percent(40))]
      retry = "{schedule: 1s, give_up_after: 2s}"
    }
    return Trial.Settings(
      customers: 24, seed: 3, connections: 3, faults: FaultPlan(rules: rules),
      uncertain: [.launchResending, .resumeResending].contains(self) ? "resend" : "hold", retry: retry)
  }

  /// The command that dies.
  var command: (verb: String, options: [String]) {
    switch self {
    case .launch, .launchResending, .pausing, .cancelling, .expire: ("launch", ["--yes"])
    case .resume, .resumeResending: ("resume", [])
    case .pause, .asking: ("pause", [])
    case .cancel: ("cancel", ["--yes"])
    case .resolveResend, .resolveAfterCrash: ("resolve", ["--resend"])
    case .resolveAccepted: ("resolve", ["--assume-accepted"])
    case .calling:
      ("calls done", ["10003", "--by", "Karla Test", "--outcome", "no-answer", "--anyway"])
    case .bouncing: ("bounces read", [Self.returnedMail])
    case .changing: ("changed", [Self.export])
    }
  }

  // In the queue folder.
  private static let returnedMail = "returned.eml"
  private static let export = "export.csv"

  private func options(in trial: Trial) -> [String] {
    command.options.map { option in
      [Self.returnedMail, Self.export].contains(option) ? trial.queue.appendingPathComponent(option).path : option
    }
  }

  /// Another command that runs at the same time.
  var other: (verb: String, options: [String])? {
    switch self {
    case .pausing: ("pause", [])
    case .cancelling: ("cancel", ["--yes"])
    case .asking: ("launch", ["--yes"])
    default: nil
    }
  }

  /// Only these points are of interest where the rest of the way is another scenario's; nil: all.
  var points: [String]? {
    switch self {
    case .pausing, .cancelling:
      ["deliveryEnded", "state", "cancel", "request", "checkpoint", "receipts", "replacementWritten", "quitBefore"]
    case .expire: ["expire"]
    case .calling: ["calls"]
    case .bouncing: ["bounces"]
    case .changing: ["changes"]
    default: nil
    }
  }

  /// Nothing may go out twice in it, knowingly or not.
  var neverResends: Bool { settings.uncertain == "hold" && command.options != ["--resend"] }

  /// Brings the campaign to where the command begins.
  func prepare(_ trial: Trial) async throws {
    switch self {
    case .launch, .launchResending, .pausing, .cancelling, .asking, .expire: break
    case .resume, .resumeResending, .pause, .cancel, .resolveAfterCrash: try await crash(trial)
    case .resolveResend, .resolveAccepted, .calling, .bouncing, .changing:
      try await crash(trial)
      try await trial.finish()
      try writeFiles(trial)
    }
  }

  /// A report on a letter that was accepted, and an export with the first customer's mailboxes.
  private func writeFiles(_ trial: Trial) throws {
    let lines = try String(contentsOf: trial.receipts.appendingPathComponent("receipts.jsonl"), encoding: .utf8)
    guard let accepted = lines.firstMatch(of: /"event":"accepted".*"message_id":"(<[^"]+>)"/) else {
      throw HarnessError("no letter was accepted")
    }
    let report = """
      From: MAILER-DAEMON@relay.example
      Subject: Undelivered Mail Returned to Sender
      Content-Type: multipart/report; report-type=delivery-status; boundary=b

      --b
      Content-Type: message/delivery-status

      Final-Recipient: rfc822; info@weber-recht.example
      Action: failed
      Status: 5.1.1

      --b
      Content-Type: text/rfc822-headers

      Message-ID: \(accepted.output.1)

      --b--

      """
    try Data(report.utf8).write(to: trial.queue.appendingPathComponent(Self.returnedMail))
    let moment = Date.now.formatted(.iso8601)
    let rows = trial.campaign.customers.prefix(3).flatMap(\.mailboxes).map { "\($0.address);\(moment)\n" }
    try Data(("mailbox;changed_at\n" + rows.joined()).utf8).write(to: trial.queue.appendingPathComponent(Self.export))
  }

  private func crash(_ trial: Trial) async throws {
    let outcome = try await trial.run("launch", ["--yes"], fault: PlannedFault("receiptsHalfAppended", passing: 3))
    guard outcome.ending == .killed(signal: SIGKILL) else {
      throw HarnessError("the crash to go on from did not come: \(outcome.ending)\n\(outcome.errors)")
    }
  }

  /// Runs the command, with the other one beside it, to the end of both.
  func run(_ trial: Trial, environment: [String: String]) async throws -> ChildProcess.Outcome {
    let (verb, options) = (command.verb, options(in: trial))
    guard let other else { return try await trial.run(verb, options, environment: environment) }
    let takesPart = { trial.relay.counts.taken >= 3 }
    if self == .asking {
      let launch = try trial.start(other.verb, other.options)
      return try await launch.running {
        try await eventually("letters go out") { takesPart() || !launch.isRunning }
        let outcome = try await trial.run(verb, options, environment: environment)
        _ = await launch.outcome()
        return outcome
      }
    }
    let launch = try trial.start(verb, options, environment: environment)
    return try await launch.running {
      try await eventually("letters go out") { takesPart() || !launch.isRunning }
      _ = try await trial.run(other.verb, other.options)
      return await launch.outcome()
    }
  }

  /// After the crash: the same command again, then the campaign to its end.
  func goOn(_ trial: Trial) async throws {
    let again =
      switch self {
      case .launch, .launchResending, .resume, .resumeResending, .pausing, .asking, .expire: false
      case .pause, .cancel, .resolveResend, .resolveAccepted, .resolveAfterCrash, .cancelling, .calling, .bouncing,
        .changing:
        true
      }
    if again {
      let (verb, options) = self == .cancelling ? ("cancel", ["--yes"]) : (command.verb, options(in: trial))
      let outcome = try await trial.run(verb, options)
      guard [0, 64, 75].contains(outcome.status) else {
        throw HarnessError("the command cannot be run again: \(outcome.ending)\n\(outcome.output)\(outcome.errors)")
      }
    }
    // A cancelled campaign is over; one that died before its plan was frozen could not be cancelled.
    if try await trial.state() != .cancelled { try await trial.finish() }
  }
}
