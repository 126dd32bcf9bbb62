import Campaigns
import Foundation
import Mail
import Receipts

/// ``CampaignDocument`` as one HTML file that needs no other: for a browser, a telephone, paper and a screen reader.
///
/// Without script, and with every connection forbidden by its Content-Security-Policy. All words of others are text:
/// ``Markup``.
public struct CampaignPage: Sendable {
  let document: CampaignDocument
  let text: DocumentText
  /// The commands that it names; nil to leave out what only the operator can do.
  let commands: DocumentCommands?

  /// Marks the file as one of ours with personal data, so that a purge recognises it.
  public static let generator = PageFrame.generator("eilbrief report")
  /// Marks one without any.
  public static let anonymousGenerator = PageFrame.generator("eilbrief report for an authority")

  /// - Parameter commands: For the operator; nil: none are named but those that check the receipts.
  public init(_ document: CampaignDocument, commands: DocumentCommands?) {
    self.document = document
    self.commands = commands
    text = DocumentText(language: document.language, zone: document.zone)
  }

  public func html() -> String {
    let frame = PageFrame(
      text: text, generator: document.audience == .operator ? Self.generator : Self.anonymousGenerator,
      title: "\(text(.title)): \(document.campaign)")
    return frame.html("\(head)\(contents)<main>\n\(parts.map { $0.html })</main>\n\(foot)")
  }

  private struct Part {
    let id: String
    let title: String
    var html: Markup
  }

  private var parts: [Part] {
    let sections: [(String, Words, Markup, Bool)] = [
      ("incident", .incident, incident, false), ("affected", .affected, affected, false),
      ("told", .told, told, true), ("providers", .providers, providers, false), ("replies", .replies, replies, false),
      ("open", .open, open, true), ("calls", .calls, telephone, false),
      ("passwords", .passwords, passwords, true), ("timeline", .timeline, timeline, true),
      ("receipts", .receipts, receipts, false),
    ]
    // Nothing of passwords where no export was read: no figure would be a fact.
    let shown = sections.filter { $0.0 != "passwords" || document.passwords != nil }
    return shown.enumerated().map { index, section in
      let (id, title, html, isApart) = section
      let shown = "\(index + 1). \(text(title))"
      let look: Markup = isApart ? " class=\"apart\"" : .nothing
      return Part(
        id: id, title: shown,
        html: "<section\(look) aria-labelledby=\"\(id)\">\n<h2 id=\"\(id)\">\(shown)</h2>\n\(html)</section>\n")
    }
  }

  private var contents: Markup {
    let items = parts.map { part -> Markup in
      "<li><a href=\"#\(part.id)\">\(part.title.drop { $0 != " " }.dropFirst().description)</a></li>\n"
    }
    return "<nav aria-label=\"\(text(.contents))\">\n<ol>\n\(items)</ol>\n</nav>\n"
  }

  private var head: Markup {
    let figures = document.figures
    let tiles: [(Int, Words)] =
      [
        (figures.customers, .customersAffected), (figures.letters, .lettersPlanned),
        (figures.count(.accepted), .lettersAccepted), (figures.waiting, .lettersWaiting),
        (figures.count(.uncertain), .lettersUncertain),
      ] + (figures.bounced > 0 ? [(figures.bounced, .lettersBounced)] : [])
      + (figures.needless > 0 ? [(figures.needless, .lettersNeedless)] : []) + callTiles
    let shown = tiles.map { figure, name -> Markup in
      "<li><b>\(text.number(figure))</b> <span>\(text(name))</span></li>\n"
    }
    return """
      <header>
      <p class="kind">\(text(document.audience == .operator ? .forOperator : .forAuthority))</p>
      <h1>\(text(.title)): \(Markup.foreign(document.campaign))</h1>
      \(follows)\
      <p>\(text(.madeAt)) \(Markup.time(document.madeAt, text)). \(text(.zoneNote)) \(text(.acceptedNote))</p>
      \(warnings)<ul class="tiles">
      \(shown)</ul>
      <p><strong>\(text(state))</strong> \(deadlineSentence)</p>
      </header>

      """
  }

  private var follows: Markup {
    guard let follows = document.follows else { return .nothing }
    return "<p>\(text(follows.words).filled([follows.campaign]))</p>\n"
  }

  private var callTiles: [(Int, Words)] {
    let reached = (document.callsMade.reached, Words.customersReached)
    guard let figures = document.calls?.figures else { return document.callsMade.total > 0 ? [reached] : [] }
    let written = figures.letterWanted > 0 ? [(figures.letterWanted, Words.customersToWrite)] : []
    return [reached, (figures.open - figures.letterWanted, .customersToCall)] + written
  }

  private var warnings: Markup {
    var warnings: [Markup] = []
    if let fault = document.evidence.fault {
      warnings.append("<strong>\(text(.receiptsUnsound))</strong> <code lang=\"en\">\(fault)</code>")
    }
    if document.incident?.isAsLaunched == false { warnings.append("\(text(.factsChanged))") }
    if document.purge != nil { warnings.append("\(text(.purgedNote))") }
    return warnings.reduce(into: Markup.nothing) { $0 += "<p class=\"warning\">\($1)</p>\n" }
  }

  private var state: Words {
    switch document.state {
    case .draft: .stateDraft
    case .running: .stateRunning
    case .paused: .statePaused
    case .completed: .stateCompleted
    case .cancelled: .stateCancelled
    case .aborted: .stateAborted
    }
  }

  private var deadlineSentence: Markup {
    let isPast = document.madeAt >= document.deadline
    let figures = [text.number(document.told.byDeadline), text.number(document.figures.letters)]
    let made = document.callsMade
    let reached = text(isPast ? .reachedByDeadline : .reachedSoFar).filled([text.number(made.reachedByDeadline)])
    let calls: Markup = made.total > 0 ? " \(reached)" : .nothing
    return """
      \(text(isPast ? .deadlinePast : .deadlineAhead)) \(Markup.time(document.deadline, text)). \
      \(text(isPast ? .acceptedByDeadline : .acceptedSoFar).filled(figures))\(calls)
      """
  }

  private var foot: Markup {
    "<footer><p>\(text(.footer)) \(text(document.audience == .operator ? .personal : .notPersonal))</p></footer>\n"
  }
}

/// The commands that a report names, as the operator types them.
public struct DocumentCommands: Sendable, Hashable {
  public var resume: String
  public var settle: String
  public var calls: String
  public var purge: String
  public var verify: String

  public init(resume: String, settle: String, calls: String, purge: String, verify: String) {
    self.resume = resume
    self.settle = settle
    self.calls = calls
    self.purge = purge
    self.verify = verify
  }
}

/// What every page of a report has around its content.
struct PageFrame {
  let text: DocumentText
  let generator: String
  let title: String

  static func generator(_ name: String) -> String { "<meta name=\"generator\" content=\"\(name)\">" }

  private static let policy: Markup =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

  func html(_ body: Markup) -> String {
    let language: Markup = text.language == .german ? "de" : "en"
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="\(language)">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
      \(Markup(stringLiteral: generator))
      <meta name="referrer" content="no-referrer">
      <meta name="robots" content="noindex">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(title)</title>
      <style>\(Markup(stringLiteral: PageStyle.css))</style>
      </head>
      <body>
      \(body)</body>
      </html>

      """
    return page.html
  }
}
