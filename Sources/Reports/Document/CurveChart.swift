package import Foundation

/// The letters that the relays had accepted, over time, as SVG with the deadline marked.
///
/// The picture says nothing that the table beside it does not; its title and description say so to those who do not see it.
package struct CurveChart {
  /// What the line counts.
  package enum Subject: String, Sendable {
    case letters, changes

    fileprivate var title: Words { self == .letters ? .curveTitle : .changesTitle }
    fileprivate var text: Words { self == .letters ? .curveText : .changesText }
    /// Before the ids of its pictures, of which there may be two on a page.
    fileprivate var sign: String { self == .letters ? "" : "changes-" }
  }

  /// A point of a forecast: when so many letters will have been accepted.
  package struct Expected: Sendable, Hashable {
    var accepted: Int
    var earliest: Date
    var likely: Date
    var latest: Date

    package init(accepted: Int, earliest: Date, likely: Date, latest: Date) {
      (self.accepted, self.earliest, self.likely, self.latest) = (accepted, earliest, likely, latest)
    }
  }

  let history: AcceptanceHistory
  let letters: Int
  let deadline: Date
  /// What is to come, from the last point of the curve on; empty where nothing is forecast.
  let forecast: [Expected]
  let subject: Subject
  let text: DocumentText

  package init(
    history: AcceptanceHistory, letters: Int, deadline: Date, forecast: [Expected] = [],
    about subject: Subject = .letters,
    text: DocumentText
  ) {
    (self.history, self.letters, self.deadline) = (history, letters, deadline)
    (self.forecast, self.subject, self.text) = (forecast, subject, text)
  }

  /// The curve for wide screens and paper, and the same for a telephone.
  package var html: Markup {
    "\(picture("wide", width: 900, height: 320, marks: 6))\(picture("narrow", width: 340, height: 240, marks: 3))"
  }

  private var start: Date { history.points.first?.at ?? deadline }
  private var lastPoint: Date {
    let last = history.points.last?.at ?? deadline
    return forecast.last.map { max(last, $0.latest) } ?? last
  }

  /// A deadline long after the last letter would press the curve to nothing.
  private var isDeadlineShown: Bool {
    let span = max(lastPoint.timeIntervalSince(start), 1)
    return deadline >= start && deadline.timeIntervalSince(start) <= 4 * span
  }

  private var end: Date {
    let last = isDeadlineShown ? max(lastPoint, deadline) : lastPoint
    return last.addingTimeInterval(max(last.timeIntervalSince(start) * 0.02, 1))
  }

  var note: String? {
    if isDeadlineShown { return nil }
    return text(deadline < start ? .deadlineBefore : .deadlineBeyond)
  }

  private func picture(_ name: String, width: Double, height: Double, marks: Int) -> Markup {
    let (left, right, top, bottom) = (Double(10 + 9 * text.number(letters).count), 16.0, 26.0, 30.0)
    let span = max(end.timeIntervalSince(start), 1)
    func x(_ date: Date) -> Double { left + (width - left - right) * date.timeIntervalSince(start) / span }
    func y(_ count: Int) -> Double {
      height - bottom - (height - top - bottom) * Double(count) / Double(max(letters, 1))
    }
    let line =
      history.points.map { "\(place(x($0.at))),\(place(y($0.accepted)))" }
      + (forecast.isEmpty ? ["\(place(x(end))),\(place(y(history.accepted)))"] : [])
    let lineEnd = forecast.isEmpty ? end : history.points.last?.at ?? end
    let area =
      ["\(place(x(start))),\(place(y(0)))"] + line + ["\(place(x(lineEnd))),\(place(y(0)))"]
    let rows = levels.map { count -> Markup in
      let level = place(y(count))
      return """
        <line class="grid" x1="\(place(left))" y1="\(level)" x2="\(place(width - right))" y2="\(level)"/>
        <text x="\(place(left - 6))" y="\(place(y(count) + 4))" text-anchor="end">\(text.number(count))</text>

        """
    }
    let columns = (0..<marks).compactMap { index -> Markup? in
      let moment = start.addingTimeInterval(span * Double(index) / Double(marks - 1))
      let anchor = index == 0 ? "start" : index == marks - 1 ? "end" : "middle"
      let label = text.mark(moment, span: span)
      // Of a second or two there are fewer moments to name than places.
      let before = start.addingTimeInterval(span * Double(index - 1) / Double(marks - 1))
      guard index == 0 || label != text.mark(before, span: span) else { return nil }
      return """
        <text x="\(place(x(moment)))" y="\(place(height - 8))" text-anchor="\(anchor)">\(label)</text>

        """
    }
    return """
      <svg class="\(name)" viewBox="0 0 \(place(width)) \(place(height))" role="img" aria-labelledby="\(subject.sign)curve-\(name)-title \(subject.sign)curve-\(name)-text">
      <title id="\(subject.sign)curve-\(name)-title">\(text(subject.title))</title>
      <desc id="\(subject.sign)curve-\(name)-text">\(description)</desc>
      \(rows)\(columns)\(expected(x, y))<polygon class="area" points="\(area.joined(separator: " "))"/>
      <polyline class="curve" points="\(line.joined(separator: " "))"/>
      \(isDeadlineShown ? mark(x(deadline), width: width, top: top, bottom: height - bottom) : .nothing)</svg>

      """
  }

  /// The band between the earliest and the latest end, with the likely way through it.
  private func expected(_ x: (Date) -> Double, _ y: (Int) -> Double) -> Markup {
    guard let now = history.points.last, !forecast.isEmpty else { return .nothing }
    func points(_ path: KeyPath<Expected, Date>) -> [String] {
      forecast.map { "\(place(x(max($0[keyPath: path], now.at)))),\(place(y($0.accepted)))" }
    }
    let begin = "\(place(x(now.at))),\(place(y(now.accepted)))"
    let band = [begin] + points(\.earliest) + points(\.latest).reversed()
    return """
      <polygon class="band" points="\(band.joined(separator: " "))"/>
      <polyline class="likely" points="\(([begin] + points(\.likely)).joined(separator: " "))"/>

      """
  }

  private func mark(_ x: Double, width: Double, top: Double, bottom: Double) -> Markup {
    let anchor = x > width * 0.7 ? "end" : x < width * 0.3 ? "start" : "middle"
    return """
      <line class="deadline" x1="\(place(x))" y1="\(place(top - 6))" x2="\(place(x))" y2="\(place(bottom))"/>
      <text class="late" x="\(place(x))" y="\(place(top - 11))" text-anchor="\(anchor)">\(text(.deadline))</text>

      """
  }

  private var description: String {
    let figures = [text.number(history.byDeadline), text.number(letters), text.time(deadline)]
    return text(subject.text).filled(figures) + " " + text(.curveTable)
  }

  /// Where lines are drawn: four to six round numbers and all letters.
  private var levels: [Int] {
    let step =
      [1, 2, 5].lazy.flatMap { digit in (0..<12).lazy.map { digit * Int(pow(10, Double($0))) } }
      .filter { letters / $0 <= 5 }.min() ?? max(letters, 1)
    let round = stride(from: 0, through: letters, by: step).filter { letters - $0 >= step / 2 || $0 == 0 }
    return round + (round.last == letters ? [] : [letters])
  }

  /// One decimal, with a point in every language.
  private func place(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }
}

extension String {
  /// With each `%` in turn replaced by one of `values`.
  package func filled(_ values: [String]) -> String {
    let parts = split(separator: "%", omittingEmptySubsequences: false)
    var text = String(parts.first ?? "")
    for (index, part) in parts.dropFirst().enumerated() {
      text += (index < values.count ? values[index] : "%") + part
    }
    return text
  }
}
