import Foundation
import Hummingbird
import Operations
import Queue
import Receipts
import Reports

/// What a form does: an operation, begun and reported by ``CampaignActs``.
extension PageResponder {
  func act(
    _ page: String, on location: CampaignLocation, _ request: Request, _ asked: PageRequest
  ) async throws -> Response {
    guard let form = try await asked.form(request) else { throw PageFailure.badForm }
    switch page {
    case "pause", "cancel":
      if page == "cancel", form["word"]?.trimmingCharacters(in: .whitespaces).lowercased() != "cancel" {
        let layout = layout(asked)
        throw PageFailure(.badRequest, .operation(layout.text(.cancelTyped)))
      }
      return await control(page == "pause" ? .pause : .cancel, location)
    case "resume":
      let id = await acts.perform(.resume, on: location, at: now) { _ in
        try await Launch(location, .resume, QuietObserver(), dependencies).handOver().message
      }
      return redirect(PageSection.overview, location, report: id)
    case "release": return try await approve(form, location)
    case "uncertain": return try await settle(form, location)
    case "calls": return try await call(form, location)
    default: throw PageFailure.noSuchPage
    }
  }

  private func control(_ request: ControlRequest, _ location: CampaignLocation) async -> Response {
    let id = await acts.perform(request == .pause ? .pause : .cancel, on: location, at: now) { note in
      let control = CampaignControl(location, dependencies, isStopped: isStopped) { event in
        if case .holderIsStopped(let holder) = event {
          note(
            """
            Process \(holder.pid) is stopped and cannot answer: `kill -CONT \(holder.pid)` lets it go on, \
            `kill -9 \(holder.pid)` ends it.
            """)
        }
      }
      return switch try await control.run(request) {
      case .paused: "\(location.name) is paused."
      case .cancelled(let letters): "\(location.name) is cancelled; \(pluralized(letters, "letter")) will not be sent."
      case .doneByHolder(let state): "\(location.name) is \(state.rawValue)."
      }
    }
    return redirect(.overview, location, report: id)
  }

  private func approve(_ form: [String: String], _ location: CampaignLocation) async throws -> Response {
    guard let name = form["as"], let seen = form["subject"] else { throw PageFailure.badForm }
    let isIncomplete = form["without_rejected"] == "yes"
    let id = await acts.perform(.approve, on: location, at: now) { _ in
      let approver: ApproverName
      do throws(ApproverNameError) {
        approver = try ApproverName(name)
      } catch {
        throw OperatorError(.usage, "this is not a name that can be put into the receipts: \(error).")
      }
      let draft = try await ApprovalDraft.prepare(location, withoutRejected: isIncomplete, dependencies)
      guard draft.release.subject.digest == seen else {
        throw OperatorError(
          .data, "the files have changed since the page was loaded: look at it again. Nothing was approved.")
      }
      if let earlier = draft.earlierApproval(by: approver) {
        return "\(earlier.name) has approved this already, at \(time: earlier.at), and counts once."
      }
      _ = try draft.approve(as: approver, dependencies)
      return "Approved as \(approver); it is on disk."
    }
    return redirect(.release, location, report: id)
  }

  private func settle(_ form: [String: String], _ location: CampaignLocation) async throws -> Response {
    guard let customer = form["customer"], !customer.isEmpty, let letter = form["letter"],
      let resolution = form["resolution"].flatMap(Resolution.init), resolution != .reopen
    else { throw PageFailure.badForm }
    let id = await acts.perform(.settle, on: location, at: now) { _ in
      // A letter that was refused since the page was loaded is another question.
      let open = try await UncertainLetters.read(location, dependencies)
      guard open.contains(where: { $0.customer == customer && $0.letter == letter }) else {
        throw OperatorError(.data, "\(letter) of \(customer) is not uncertain any more. Nothing was settled.")
      }
      let settled = try await Settling(location, customers: [customer], dependencies)
        .decide(resolution, letter: letter) { _ in }
      let count = pluralized(settled.count, "letter")
      return resolution == .accepted
        ? "\(count) of \(customer) counted as accepted."
        : "\(count) of \(customer) queued again: \(step: .resume) sends."
    }
    return redirect(.uncertain, location, report: id)
  }

  private func call(_ form: [String: String], _ location: CampaignLocation) async throws -> Response {
    guard let given = form["by"] else { throw PageFailure.badForm }
    let name: String
    do throws(ApproverNameError) {
      name = try ApproverName(given).text
    } catch {
      throw PageFailure(.badRequest, .operation("This is not a name that can be put into the receipts: \(error)."))
    }
    let cookie = "caller=\(name.inQuery); Max-Age=86400"
    let first = form["from"].flatMap(Int.init).map { max(0, $0) } ?? 0
    guard form["act"] != "name" else { return redirect(.calls, location, from: first, cookie: cookie) }
    guard let customer = form["customer"], !customer.isEmpty else { throw PageFailure.badForm }
    switch form["act"] {
    // Where another one has the customer, the page says so.
    case "take":
      _ = await locks.take(customer, of: location, by: name, at: now)
      return redirect(.calls, location, from: first, cookie: cookie)
    case "done":
      // Whoever has called has called, whatever the lock says: a second “reached” is refused by the recording.
      guard let outcome = form["outcome"].flatMap(CallOutcome.init) else { throw PageFailure.badForm }
      let id = await acts.perform(.call, on: location, at: now) { _ in
        let result = try await CallRecording(location, .init(), dependencies)
          .done(customer: customer, by: name, outcome: outcome, note: form["note"] ?? "", at: nil)
        await locks.release(customer, of: location)
        let open = pluralized(result.figures.open, "customer")
        let recorded: OperatorMessage = "\(customer), \(outcome.rawValue), is recorded; \(open) to be called."
        return result.behind.map { recorded + " " + $0 } ?? recorded
      }
      return redirect(.calls, location, from: first, report: id, cookie: cookie)
    default: throw PageFailure.badForm
    }
  }
}
