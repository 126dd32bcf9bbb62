import Foundation
import Receipts

/// What was done, who released it, and how it can be checked.
extension CampaignPage {
  var timeline: Markup {
    let released: Markup =
      document.releasedBy.isEmpty
      ? "<p>\(text(.releasedByNobody))</p>\n"
      : """
      <p>\(text(.releasedBy))</p>
      <ul>
      \(document.releasedBy.map { approval -> Markup in
        "<li>\(Markup.foreign(approval.name)), \(Markup.time(approval.at, text))</li>\n"
      })</ul>

      """
    let acts = document.timeline.acts
    guard !acts.isEmpty else { return "\(released)<p>\(text(.noActs))</p>\n" }
    var table = MarkupTable(
      id: "acts", caption: text(.actsTable),
      columns: [.init(title: text(.time)), .init(title: text(.act))], text: text)
    table.rows = acts.map { act in
      let span: Markup =
        act.until.timeIntervalSince(act.at) < 1 ? .nothing : " – \(Markup.time(act.until, text))"
      return [.text("\(Markup.time(act.at, text))\(span)"), .text(self.act(act))]
    }
    let left = document.timeline.leftOut
    let note: Markup = left > 0 ? "<p>\(text(.actsLeftOut).filled([text.number(left)]))</p>\n" : .nothing
    return "\(released)\(table.html)\(note)<p class=\"note\">\(text(.actsNote))</p>\n"
  }

  private func act(_ act: CampaignTimeline.Act) -> Markup {
    let letters = text.number(act.letters ?? 0)
    func figure(_ name: String) -> String { text.number(act.figures[name] ?? 0) }
    switch act.event {
    case .planFrozen:
      return "\(text(.actPlanFrozen).filled([figure("customers"), figure("letter"), figure("phone"), figure("none")]))"
    case .approved: return "\(text(.actApproved)) \(Markup.foreign(act.name ?? ""))"
    case .started: return "\(text(.actStarted))"
    case .paused: return "\(text(.actPaused))"
    case .resumed: return "\(text(.actResumed))"
    case .completed: return "\(text(.actCompleted))"
    case .aborted: return "\(text(.actAborted))"
    case .purged: return "\(text(.actPurged))"
    case .cancelled: return "\(act.letters == nil ? text(.actCancelled) : text(.actLettersCancelled).filled([letters]))"
    case .excluded: return "\(text(.actExcluded).filled([letters]))"
    case .expired: return "\(text(.actExpired).filled([letters]))"
    case .bounced: return "\(text(.actBounced).filled([letters]))"
    case .resolved:
      let words: Words =
        switch act.resolution {
        case Resolution.accepted.rawValue: .actSettledAccepted
        case Resolution.resend.rawValue: .actSettledResend
        default: .actReopened
        }
      return "\(text(words).filled([letters]))"
    case .called:
      let outcomes = CallOutcome.allCases.filter { (act.figures[$0.figure] ?? 0) > 0 }
      let total = outcomes.map { act.figures[$0.figure] ?? 0 }.reduce(0, +)
      if total == 1, let outcome = outcomes.first { return "\(text(.actCall)): \(text(outcome.words))" }
      let counts = outcomes.map { "\(text($0.words)) \(figure($0.figure))" }.joined(separator: ", ")
      return "\(text(.actCalls).filled([text.number(total)])): \(counts)"
    case .changed: return "\(text(.actChanged).filled([figure(CampaignTimeline.mailboxes)]))"
    case .locked: return "\(text(.actLocked).filled([figure(CampaignTimeline.mailboxes)]))"
    case .attempt, .accepted, .deferred, .refused, .uncertain: return .nothing
    }
  }

  var receipts: Markup {
    let evidence = document.evidence
    var facts: [(String, Markup)] = [
      (text(.plan), .code(document.plan)),
      (text(.lines), "\(text.number(Int(evidence.lines)))"),
      (
        text(.signed),
        evidence.signedLines.map { lines -> Markup in
          guard let at = evidence.checkpointAt else { return "\(text.number(Int(lines)))" }
          return "\(text(.signedUpTo).filled([text.number(Int(lines))])) \(Markup.time(at, text))"
        } ?? "\(text(.notSigned))"
      ),
    ]
    if let head = evidence.head { facts.append((text(.head), .code(head))) }
    if let key = evidence.signedBy { facts.append((text(.key), .code(key))) }
    let isOwn = evidence.queueKey != nil && evidence.queueKey == evidence.signedBy
    let own: Markup = isOwn ? "<p>\(text(.ownKey))</p>\n" : .nothing
    let result = text(evidence.isSound ? .receiptsSound : .receiptsUnsound)
    let command: Markup = commands.map { "<p>\(text(.verifyHere)) <code>\($0.verify)</code></p>\n" } ?? .nothing
    return """
      <p>\(text(.receiptsText))</p>
      <p><strong>\(result)</strong></p>
      \(Self.facts(facts))\(own)<h3>\(text(.howToVerify))</h3>
      \(command)<p>\(text(.verifyElsewhere))</p>
      <pre><code>sh verify.sh \(evidence.signedBy ?? "FINGERPRINT")</code></pre>
      <p>\(text(.verifyByHand))</p>
      <pre><code>sha256sum receipts-public.pem
      openssl pkeyutl -verify -pubin -inkey receipts-public.pem -rawin -in checkpoint.json -sigfile checkpoint.sig
      head -n \(Int(evidence.signedLines ?? evidence.lines)) receipts.jsonl | tail -n 1 | tr -d '\\n' | sha256sum</code></pre>
      <p>\(text(.verifyCompare))</p>

      """
  }
}
