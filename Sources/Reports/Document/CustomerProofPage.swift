import Campaigns
import Foundation
import Letters
import Mail
import Queue
import Receipts

/// ``CustomerProof`` as one HTML page: what a customer was told, in words that are true, and how to check it.
public struct CustomerProofPage: Sendable {
  private let proof: CustomerProof
  private let details: Customer
  private let text: DocumentText
  private let commands: Commands

  /// The commands that check it, as they are typed.
  public struct Commands: Sendable, Hashable {
    public var verify: String
    public var show: String
    public var prove: String

    public init(verify: String, show: String, prove: String) {
      self.verify = verify
      self.show = show
      self.prove = prove
    }
  }

  public init(_ proof: CustomerProof, commands: Commands) throws {
    self.proof = proof
    self.commands = commands
    details = try proof.details()
    text = DocumentText(language: proof.language, zone: proof.zone)
  }

  public func html() -> String {
    let frame = PageFrame(
      text: text, generator: CampaignPage.generator,
      title: "\(text(.proofTitle)): \(proof.customer.id), \(proof.campaign)")
    return frame.html(
      """
      <header>
      <p class="kind">\(text(.proofKind)) \(Markup.foreign(proof.campaign))</p>
      <h1>\(text(.proofTitle)): \(Markup.foreign(proof.customer.id))</h1>
      <p>\(text(.madeAt)) \(Markup.time(proof.madeAt, text)). \(text(.zoneNote)) \(text(.acceptedNote))</p>
      </header>
      <main>
      \(content)</main>
      <footer><p>\(text(.footer)) \(text(.personal))</p></footer>

      """)
  }

  /// Everything below the heading.
  package var content: Markup {
    let letters = proof.letters.enumerated().map { section($0 + 1, $1) }
    let fault: Markup =
      proof.evidence.fault.map {
        "<p class=\"warning\"><strong>\(text(.receiptsUnsound))</strong> <code lang=\"en\">\($0)</code></p>\n"
      } ?? .nothing
    return """
      \(fault)<section aria-labelledby="who">
      <h2 id="who">\(text(.customer))</h2>
      \(CampaignPage.facts(facts))</section>
      \(letters)\(calls)\(verification)
      """
  }

  private var facts: [(String, Markup)] {
    var facts: [(String, Markup)] = []
    let names = [details.company, details.fullName].filter { !$0.isEmpty }
    if !names.isEmpty { facts.append((text(.name), .foreign(names.joined(separator: ", ")))) }
    let mailboxes = details.mailboxes.map { "\($0.address.displayText) (\($0.access))" }
    if !mailboxes.isEmpty { facts.append((text(.mailboxes), .foreign(mailboxes.joined(separator: ", ")))) }
    let planned: Words =
      switch proof.customer.kind {
      case .letter: .planLetter
      case .phone: .planPhone
      case .none: .planNone
      }
    let names2 = proof.letters.map(\.message.letter)
    let detail = proof.customer.kind == .letter ? names2.joined(separator: ", ") : reasons
    facts.append(
      (text(.segmentPlan), detail.isEmpty ? "\(text(planned))" : "\(text(planned)): \(Markup.foreign(detail))"))
    if let told = proof.reachedAt {
      let late: Markup = told >= proof.deadline ? ". \(text(.afterDeadline))" : .nothing
      facts.append((text(.toldAt), "<strong>\(Markup.time(told, text))</strong>\(late)"))
    }
    if !proof.causes.isEmpty {
      facts.append((text(.toBeCalled), "\(proof.causes.map { text($0) }.joined(separator: "; "))"))
    }
    facts.append((text(.deadlineIs), Markup.time(proof.deadline, text)))
    return facts
  }

  private var reasons: String {
    proof.customer.reasons.map { reason in
      switch reason {
      case .segment(let words): words
      case .noAddress: text(CallCause.Kind.noAddress.words)
      case .rejectedRow: text(CallCause.Kind.rejectedRow.words)
      }
    }.joined(separator: "; ")
  }

  private func section(_ number: Int, _ letter: CustomerProof.Letter) -> Markup {
    let message = letter.message
    var facts: [(String, Markup)] = [
      (text(.outcome), "<strong>\(outcome(letter))</strong>"),
      (text(.address), .foreign(message.recipient.displayText)),
      (text(.messageID), .code(message.messageID.description)),
      (text(.attempts), "\(text.number(message.attempts))"),
    ]
    if let digest = message.sha256 { facts.append((text(.letterDigest), .code(digest.hex))) }
    if message.resent { facts.append((text(.note), "\(text(.resent))")) }
    var table = MarkupTable(
      id: "receipts-\(number)", caption: text(.proofReceipts),
      columns: [
        .init(title: text(.receipt), isNumber: false), .init(title: text(.time)), .init(title: text(.event)),
        .init(title: text(.answer)), .init(title: text(.lineDigest)),
      ], text: text)
    table.rows = letter.receipts.map(row)
    let list: Markup = letter.receipts.isEmpty ? "<p>\(text(.noReceipts))</p>\n" : table.html
    return """
      <section aria-labelledby="letter-\(number)">
      <h2 id="letter-\(number)">\(text(.letterNamed)) \(Markup.foreign(message.letter))</h2>
      \(CampaignPage.facts(facts))\(list)</section>

      """
  }

  /// Nothing for one who was never called.
  private var calls: Markup {
    guard !proof.calls.isEmpty else { return .nothing }
    var table = MarkupTable(
      id: "calls-made", caption: text(.callsOfCustomerTable),
      columns: [
        .init(title: text(.calledAt)), .init(title: text(.outcomeOfCall)), .init(title: text(.calledBy)),
        .init(title: text(.callNote)), .init(title: text(.receipt)), .init(title: text(.lineDigest)),
      ], text: text)
    table.rows = proof.calls.map { call in
      let caller: Markup = call.made.map { Markup.foreign($0.by) } ?? "<strong>\(text(.notAsInQueue))</strong>"
      let note: Markup = call.made?.note.map { "<bdi>\(Markup.lines($0))</bdi>" } ?? "–"
      let number: Markup =
        call.receipt.map { "\(text.number(Int($0.receipt.seq)))" } ?? "\(text(.noReceiptYet))"
      return [
        .text(call.at.map { Markup.time($0, text) } ?? "–"),
        .text("\(call.outcome.map { text($0.words) } ?? "–")"), .text(caller), .text(note), .text(number),
        .text(call.receipt.map { .code($0.line.hex) } ?? "–"),
      ]
    }
    return """
      <section aria-labelledby="calls">
      <h2 id="calls">\(text(.calls))</h2>
      \(table.html)<p class="note">\(text(.callProofNote))</p>
      </section>

      """
  }

  /// One sentence that says no more than is known.
  private func outcome(_ letter: CustomerProof.Letter) -> Markup {
    let message = letter.message
    switch message.state {
    case .accepted:
      let isLate = (message.acceptedAt ?? message.changedAt) >= proof.deadline
      let late: Markup = isLate ? " \(text(.afterDeadline))" : .nothing
      let isByReply = message.code.map { (200..<300).contains($0) } ?? false
      if let bounce = message.bounce {
        return
          "\(text(.outcomeAccepted)) \(Markup.time(message.changedAt, text)).\(late) \(text(.outcomeBounced)) \(Markup.time(bounce.at, text))."
      }
      guard isByReply else { return "\(text(.outcomeSettled)) \(Markup.time(message.changedAt, text)).\(late)" }
      return "\(text(.outcomeAccepted)) \(Markup.time(message.changedAt, text)).\(late)"
    case .queued: return "\(text(.outcomeQueued))"
    case .sending: return "\(text(.outcomeSending))"
    case .deferred: return "\(text(.outcomeDeferred))"
    case .refused: return "\(text(.outcomeRefused)) \(Markup.time(message.changedAt, text))."
    case .expired: return "\(text(.outcomeExpired)) \(Markup.time(message.changedAt, text))."
    case .uncertain: return "\(text(.outcomeUncertain))"
    case .excluded: return "\(text(.outcomeExcluded))"
    case .cancelled: return "\(text(message.attempts == 0 ? .outcomeUnsent : .outcomeCancelled))"
    }
  }

  private func row(_ entry: ProofReceipt) -> [MarkupTable.Cell] {
    let receipt = entry.receipt
    let answer = [
      receipt.relay, receipt.phase?.uppercased(), receipt.code.map(String.init),
      receipt.reply ?? receipt.evidence ?? receipt.reason,
    ].compactMap { $0 }.joined(separator: " ")
    let event: Words =
      switch receipt.event {
      case .attempt: .eventAttempt
      case .bounced: .eventBounced
      case .resolved:
        switch receipt.resolution {
        case Resolution.accepted.rawValue: .eventSettledAccepted
        case Resolution.resend.rawValue: .eventSettledResend
        default: .eventReopened
        }
      default: receipt.event.messageState?.words ?? Words(receipt.event.rawValue, receipt.event.rawValue)
      }
    return [
      .text("\(text.number(Int(receipt.seq)))"), .text(.time(receipt.at, text)), .text("\(text(event))"),
      .text(.foreign(answer)), .text(.code(entry.line.hex)),
    ]
  }

  private var verification: Markup {
    let evidence = proof.evidence
    var facts: [(String, Markup)] = [(text(.plan), .code(proof.plan))]
    if let head = evidence.head { facts.append((text(.head), .code(head))) }
    if let lines = evidence.signedLines, let at = evidence.checkpointAt {
      facts.append(
        (text(.signed), "\(text(.signedUpTo).filled([text.number(Int(lines))])) \(Markup.time(at, text))"))
    }
    if let key = evidence.signedBy { facts.append((text(.key), .code(key))) }
    let seq = (proof.letters.flatMap(\.receipts).first ?? proof.calls.lazy.compactMap(\.receipt).first)?.receipt.seq
    let byHand: Markup =
      seq.map { number in
        """
        <p>\(text(.proofByHand).filled([String(number)]))</p>
        <pre><code>head -n \(Int(number)) receipts.jsonl | tail -n 1 | tr -d '\\n' | sha256sum</code></pre>

        """
      } ?? .nothing
    return """
      <section aria-labelledby="verify">
      <h2 id="verify">\(text(.howToVerify))</h2>
      <p>\(text(evidence.isSound ? .receiptsSound : .receiptsUnsound))</p>
      \(CampaignPage.facts(facts))<p>\(text(.proofCommands))</p>
      <pre><code>\(commands.verify)
      \(commands.show)
      \(commands.prove)</code></pre>
      \(byHand)</section>

      """
  }
}

extension ReceiptEvent {
  /// The state a letter has after this event; nil for those of a campaign and of settlements.
  fileprivate var messageState: MessageState? { MessageState(rawValue: rawValue) }
}
