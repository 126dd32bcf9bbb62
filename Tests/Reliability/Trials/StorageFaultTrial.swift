import Foundation
import Rehearsal
import Synchronization
import TestSupport

/// One campaign of twelve letters, from the launch to the settling of an uncertain one, in which one call on the storage
/// fails: the command says so and ends with 73, and without the fault everything goes on to a clean end.
///
/// The campaign: `launch`; after five letters `pause` from another process; `resume`, in which a deferred letter goes out
/// again; `resolve` of the letter whose reply was lost, by the relay's book; `resume` once more. When it is over and the
/// books are compared: `receipts export` and `purge`.
public struct StorageFaultTrial: Sendable {
  let trial: Trial
  let faults: StorageFaults
  let fault: StorageFaults.Fault
  let watch: RelayWatch

  private static let connections = 2

  /// Fails when the bench does not work; what the fault broke is among the figures.
  public static func run(_ fault: StorageFaults.Fault) async throws -> StorageFaultFigures {
    let customers = GeneratedCustomer.customers(12, seed: 12)
    let plan = FaultPlan(rules: [
      .init(.temporary, .address(customers[2].contact), tries: 1),
      .init(.lostReply, .address(customers[7].contact), tries: 1),
    ])
    let watch = RelayWatch()
    let onTaken: @Sendable (TakenMessage) -> Void = { _ in watch.take() }
    let settings = Trial.Settings(customers: 12, seed: 12, connections: connections, faults: plan)
    return try await Trial.with(settings, onTaken: onTaken) { trial in
      try await StorageFaultTrial(
        trial: trial, faults: try StorageFaults(below: trial.queue), fault: fault, watch: watch
      ).run()
    }
  }

  private func run() async throws -> StorageFaultFigures {
    var figures = StorageFaultFigures()
    do {
      var hasStopped = try await campaign()
      figures.findings = try await SettledCampaign(trial).findings()
      if !hasStopped { hasStopped = try await ending(faults.environment(fault)) }
      try await endingWithoutFault()
      let log = try faults.log()
      let failed = log.calls.filter { isTheFault($0) }
      if fault == .none {
        figures.calls = log.count
        figures.syncs = log.syncs
      }
      figures.faults = failed.isEmpty ? 0 : 1
      figures.stopped = hasStopped ? 1 : 0
      if !hasStopped, let call = failed.first { figures.passed["\(call.name) \(call.path)"] = 1 }
      if let call = log.callsAfterFailedSync.first {
        figures.broken.append("\(fault): \(call.name) of \(call.path) after its fsync had failed")
      }
    } catch let broken as PowerCutTrial.Broken {
      let call = try faults.log().calls.first { isTheFault($0) }
      figures.broken.append("\(fault), \(call.map { "\($0.name) \($0.path)" } ?? "nothing"): \(broken.words)")
    }
    return figures
  }

  private func isTheFault(_ call: StorageLog.Call) -> Bool {
    switch fault {
    case .call(let number, _, _): call.number == number
    case .sync: call.isSync && !call.isDone
    default: false
    }
  }

  /// The campaign under the fault; true when a command has stopped for it. What follows such a command is left to the
  /// operator.
  private func campaign() async throws -> Bool {
    let environment = faults.environment(fault)
    let other = Mutex<ChildProcess?>(nil)
    let trial = trial
    // That it cannot be started shows in the launch, which then goes on to the end.
    watch.arm(after: 5) {
      let process = try? trial.start("pause", environment: environment)
      other.withLock { $0 = process }
    }
    let launch = try await trial.run("launch", ["--yes"], environment: environment)
    watch.disarm()
    let pause = other.withLock(\.self)
    let paused = try await pause?.running { await pause?.outcome() } ?? nil
    if let paused, try stopped(paused, "pause", mayEnd: [0, 64, 75]) { return true }
    if try stopped(launch, "launch", mayEnd: [75, 1]) { return true }
    for (verb, options, ends) in [
      ("resume", [], [0, 1]), ("resolve", ["--assume-accepted"], [0]), ("resume", [], [0, 1]),
    ] as [(String, [String], [Int32])] {
      let outcome = try await trial.run(verb, options, environment: environment)
      if try stopped(outcome, verb, mayEnd: ends) { return true }
    }
    return false
  }

  private var proof: URL { trial.queue.appendingPathComponent("proof", isDirectory: true) }
  private var purge: [String] { ["--now", "--confirm", trial.campaign.name] }

  /// What comes after the campaign, under the fault; true when a command has stopped for it.
  private func ending(_ environment: [String: String]) async throws -> Bool {
    let export = try await trial.run("receipts export", [proof.path], environment: environment)
    if try stopped(export, "export", mayEnd: [0]) {
      // A disk that stays dead cannot take the name back either.
      if case .call(_, stays: true, _) = fault { return true }
      if FileManager.default.fileExists(atPath: proof.path) {
        throw PowerCutTrial.Broken("export failed and left its folder: \(export.errors)")
      }
      return true
    }
    if try stopped(await trial.run("purge", purge, environment: environment), "purge", mayEnd: [0]) { return true }
    try nothingPersonalIsLeft()
    return false
  }

  /// Whatever came before: the export is whole, and the purge leaves nothing personal.
  private func endingWithoutFault() async throws {
    let begun = try await trial.run("status", ["--json"]).output.contains("purge_begun_at")
    if !begun, !FileManager.default.fileExists(atPath: proof.path) {
      try await succeed("receipts export", [proof.path])
    }
    let check = try await ChildProcess.run("sh", ["verify.sh"], folder: proof)
    guard check.status == 0 else { throw PowerCutTrial.Broken("verify.sh: \(check.output)\(check.errors)") }
    try await succeed("purge", purge)
    let verify = try await trial.verify()
    guard verify.status == 0, verify.output.contains("all of them signed"), verify.output.contains("purged at ") else {
      throw PowerCutTrial.Broken("verify after the purge: \(verify.output)\(verify.errors)")
    }
    try nothingPersonalIsLeft()
  }

  /// In the queue and in the campaign's folder.
  private func nothingPersonalIsLeft() throws {
    for file in try FileManager.default.contentsOfDirectory(atPath: trial.queue.path) where file.hasPrefix("queue.") {
      let bytes = try Data(contentsOf: trial.queue.appendingPathComponent(file))
      if trial.campaign.customers.contains(where: { bytes.range(of: Data($0.contact.utf8)) != nil }) {
        throw PowerCutTrial.Broken("a customer's address is in \(file) after the purge")
      }
    }
    guard !FileManager.default.fileExists(atPath: trial.campaign.customerFile.path) else {
      throw PowerCutTrial.Broken("the customer file is there after the purge")
    }
  }

  private func succeed(_ verb: String, _ options: [String]) async throws {
    let outcome = try await trial.run(verb, options)
    guard outcome.status == 0 else {
      throw PowerCutTrial.Broken("\(verb) without the fault: \(outcome.ending): \(outcome.errors)")
    }
  }

  /// Whether a command stopped for the fault, as it must: 73, with what, where and what to do.
  private func stopped(_ outcome: ChildProcess.Outcome, _ verb: String, mayEnd ends: [Int32]) throws -> Bool {
    guard outcome.status == 73 else {
      guard let status = outcome.status, ends.contains(status) else {
        throw PowerCutTrial.Broken("\(verb) ended with \(outcome.ending): \(outcome.errors)")
      }
      return false
    }
    let says = outcome.errors
    let what = ["cannot be written: ", "cannot be read: ", "an earlier write failed (", "the disk is failing"]
    let advice = ["then run the command again", "once the disk is in order"]
    guard says.contains(trial.queue.path), what.contains(where: says.contains), advice.contains(where: says.contains)
    else { throw PowerCutTrial.Broken("\(verb) says only: \(says)") }
    return true
  }
}
