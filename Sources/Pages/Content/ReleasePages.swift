import Campaigns
import Foundation
import Mail
import Operations
import Receipts
import Reports

/// The release, the form for the token, and what is said of a request that fails.
extension PageLayout {
  func release(_ name: String, _ draft: ApprovalDraft, _ report: CampaignActs.Report?, launch: String) -> String {
    let command = NextCommand(campaign: name, queue: queuePath)
    let release = draft.release
    let figures = [
      String(draft.plan.hash.hex.prefix(12)), text.number(draft.letters.count), text.number(draft.plan.counts.letter),
      text.number(release.subject.rejectedRows),
    ]
    var body = report.map { self.report($0, of: name) } ?? .nothing
    body += "<p>\(text(.releaseIntro))</p>\n<p>\(text(.releasePlan).filled(figures))</p>\n"
    if !draft.rejected.isEmpty {
      body += "<pre lang=\"en\">\(Markup.lines(draft.rejected.joined(separator: "\n")))</pre>\n"
    }
    let lines = release.lines.map { line -> Markup in "<li lang=\"en\">\(command.text(line))</li>\n" }
    if !lines.isEmpty { body += "<ul>\n\(lines)</ul>\n" }
    guard !release.state.isReleased else {
      body += "<p class=\"good\">\(text(.released)) \(Markup.code(launch))</p>\n"
      return html(text(.releasePage), campaign: name, section: .release, body)
    }
    let without: Markup =
      release.subject.rejectedRows > 0
      ? "<label class=\"check\"><input type=\"checkbox\" name=\"without_rejected\" value=\"yes\" required> \(text(.withoutRejected))</label>\n"
      : .nothing
    body += """
      <form method="post" action="\(PageSection.release.path(of: name))"><input type="hidden" name="subject" value="\(release.subject.digest)">
      <label for="as">\(text(.yourName)) <input id="as" name="as" autocomplete="name" maxlength="100" required></label>
      \(without)<button>\(text(.approveIt))</button></form>

      """
    return html(text(.releasePage), campaign: name, section: .release, body)
  }

  /// Who released what was launched.
  func released(_ name: String, by people: [ReleasedBy]) -> String {
    let items = people.map { "<li>\(Markup.foreign($0.name)), \(Markup.time($0.at, text))</li>\n" as Markup }
    let body: Markup =
      people.isEmpty
      ? "<p>\(text(.launchedWithout))</p>\n" : "<p>\(text(.releasedByThese))</p>\n<ul>\n\(items)</ul>\n"
    return html(text(.releasePage), campaign: name, section: .release, body)
  }

  func noRelease(_ name: String, _ reason: OperatorMessage, _ report: CampaignActs.Report?) -> String {
    let words = NextCommand(campaign: name, queue: queuePath).text(reason)
    let before = report.map { self.report($0, of: name) } ?? .nothing
    return html(
      text(.releasePage), campaign: name, section: .release,
      "\(before)<p>\(text(.noRelease))</p>\n<p lang=\"en\">\(Markup.lines(words))</p>\n")
  }

  func login(isWrong: Bool) -> String {
    let wrong: Markup = isWrong ? "<p class=\"warning\" role=\"alert\">\(text(.tokenWrong))</p>\n" : .nothing
    return html(
      text(.tokenTitle), hasNavigation: false,
      """
      \(wrong)<p>\(text(.tokenAsked))</p>
      <form method="post" action="/login"><label for="token">\(text(.token))
      <input id="token" name="token" type="password" autocomplete="off" required autofocus></label>
      <button>\(text(.enter))</button></form>

      """)
  }

  /// - Parameter campaign: Whose pages are offered; nil for none.
  func fault(_ fault: PageFault, of campaign: String?, hasNavigation: Bool) -> String {
    let words: Markup =
      switch fault {
      case .foreignHost: "\(text(.foreignHost))"
      case .foreignOrigin: "\(text(.foreignOrigin))"
      case .noSuchMethod: "\(text(.noSuchMethod))"
      case .noSuchPage: "\(text(.noSuchPage))"
      case .tooLarge: "\(text(.tooLarge))"
      case .badForm: "\(text(.badForm))"
      case .busy: "\(text(.busy))"
      case .operation(let message): "<span lang=\"en\">\(Markup.lines(message))</span>"
      }
    return html(text(.faultTitle), campaign: campaign, hasNavigation: hasNavigation, "<p>\(words)</p>\n")
  }
}
