import Files

/// The search for the mistake behind one of libyaml's errors.
struct YAMLFaultSearch {
  typealias Place = YAMLDocument.Place
  typealias Found = (place: Place?, message: String)

  let source: YAMLSource
  /// Where libyaml could not go on, and where what it was reading began.
  let at: Place
  let began: Place?
  let problem: String

  var found: Found? {
    if problem == "but found another document" {
      return (at, "a second document begins here; remove the line \"---\"")
    }
    if problem == "did not find expected <document start>" {
      let before = lineBefore(at.line)
      let isMark = before.map { source.string(source.trimmed(source.line($0))) == "..." } ?? false
      return isMark
        ? (
          before.map { Place(line: $0, column: 1) }, "the line \"...\" ends the file here, and more follows; remove it"
        )
        : (at, "this line is no key of the group above it; a key needs a colon and a blank behind it")
    }
    // Brackets that are opened on one line are counted by libyaml before it tells of the first.
    if problem.hasPrefix("Maximum nesting level") { return (at, YAMLScan.tooDeep) }
    if problem.contains("escape character") || problem.contains("hexdecimal") || problem.contains("Unicode character") {
      return (
        at, "in double quotes, a backslash has a meaning of its own: write \\\\, or put the text in single quotes"
      )
    }
    if problem == "found unexpected end of stream" || problem == "found unexpected document indicator" {
      return (
        began ?? at,
        "the quotation mark that opens here is never closed; close it, or put a text with quotation marks in "
          + "the other kind of quotes"
      )
    }
    let own = source.line(at.line)
    if let tab = own.prefix(while: { YAMLSource.isBlank(source.text[$0]) }).first(where: { source.text[$0] == "\t" }) {
      return (source.place(tab), "this line is indented with a tab; indent with blanks")
    }
    if at.column <= own.count, source.text[source.index(of: at)] == "\t" {
      return (at, "a tab stands here; write a blank")
    }
    if let found = inBrackets { return found }
    if let found = lateQuote { return found }
    var numbers = [at.line]
    if let began, began.line != at.line, problem.contains("':'") { numbers.insert(began.line, at: 0) }
    if let before = lineBefore(numbers[0]) { numbers.append(before) }
    for number in numbers {
      if let found = mistake(in: number, isLast: number == numbers[0]) { return found }
    }
    return indentation(of: numbers[0])
  }

  /// The last line before this one that is not blank and not a comment.
  private func lineBefore(_ number: Int) -> Int? {
    (1..<max(number, 1)).last { number in
      let line = source.line(number)
      let content = source.content(line)
      return content < line.upperBound && source.text[content] != "#"
    }
  }

  // MARK: Brackets

  private var inBrackets: Found? {
    let index = source.index(of: at)
    let sign = index < source.text.count ? source.text[index] : "\n"
    let before = source.text[..<index].last { $0 != " " && $0 != "\n" && $0 != "\t" }
    if problem == "did not find expected node content", ",]}".unicodeScalars.contains(sign),
      before.map("[{,".unicodeScalars.contains) ?? false
    {
      return (at, "an entry is missing before this \(sign); remove one of them, or put the text in quotes")
    }
    guard problem.hasPrefix("did not find expected ','"), let began else { return nil }
    let range = source.index(of: began)..<source.index(of: at)
    if let comment = comment(in: range) {
      return (
        source.place(comment),
        "\" #\" begins a comment here, and the bracket of line \(began.line) is not closed before "
          + "it: put a text that holds \" #\" in quotes"
      )
    }
    // The first colon of a line that follows is that of a key: the bracket should have been closed before it.
    let own = source.line(at.line)
    let isFirst =
      began.line != at.line && !source.text[own.lowerBound..<index].contains { ":,{[".unicodeScalars.contains($0) }
    if sign == ":", !isFirst { return (at, "a text that holds \": \" belongs in quotes") }
    if before == "\"" || before == "'" {
      return (at, "there is text behind the closing quotation mark; put the whole text in the other kind of quotes")
    }
    if began.line == at.line, "[]{}".unicodeScalars.contains(sign) {
      return (at, "within brackets, a text that holds [, ], { or } belongs in quotes")
    }
    return (
      began,
      "the bracket that opens here is not closed before line \(at.line); close it, or put a text that holds "
        + "[, ], { or } in quotes"
    )
  }

  /// The first comment that is not alone on its line.
  private func comment(in range: Range<Int>) -> Int? {
    var quote: Unicode.Scalar?
    for index in range {
      let scalar = source.text[index]
      if let open = quote {
        if scalar == open { quote = nil }
      } else if scalar == "\"" || scalar == "'", index > 0, " [{,:\n".unicodeScalars.contains(source.text[index - 1]) {
        quote = scalar
      } else if scalar == "#", YAMLSource.isBlank(source.text[index - 1]),
        source.content(source.line(source.place(index).line)) < index
      {
        return index
      }
    }
    return nil
  }

  // MARK: Lines

  /// - Parameter isLast: The line is that of the error, and not one before it.
  private func mistake(in number: Int, isLast: Bool) -> Found? {
    let line = source.line(number)
    var start = source.content(line)
    guard start < line.upperBound else { return nil }
    let first = source.text[start]
    if YAMLSource.isOddHyphen(first), start + 1 < line.upperBound,
      YAMLSource.isBlank(source.text[start + 1]) || YAMLSource.isOddBlank(source.text[start + 1])
    {
      return (source.place(start), "an entry of a list begins with a hyphen (-) and a blank, not with \(first)")
    }
    if first == "-", start + 1 < line.upperBound, YAMLSource.isOddBlank(source.text[start + 1]) {
      return oddBlank(start + 1)
    }
    while start + 1 < line.upperBound, source.text[start] == "-", source.text[start + 1] == " " {
      start = source.content(start + 1..<line.upperBound)
    }
    if let found = wrongColon(start..<line.upperBound) { return found }
    var value = start
    if let colon = (start..<line.upperBound).first(where: { index in
      source.text[index] == ":" && (index + 1 == line.upperBound || YAMLSource.isBlank(source.text[index + 1]))
    }) {
      if let comment = comment(in: start..<colon) {
        return (
          source.place(comment), "\" #\" begins a comment here, before the colon; put a key that holds \" #\" in quotes"
        )
      }
      value = source.content(colon + 1..<line.upperBound)
      if isLast, problem.hasPrefix("mapping values"), let found = secondColon(colon, start, number) { return found }
    } else if start == source.content(line) {
      return isLast ? nil : cut(start..<line.upperBound, by: number)
    }
    guard value < line.upperBound else { return nil }
    return beginning(value..<line.upperBound) ?? (isLast ? nil : cut(value..<line.upperBound, by: number))
  }

  private func oddBlank(_ index: Int) -> Found {
    (source.place(index), "\(VisibleText.notation(source.text[index])) only looks like a blank; write a blank")
  }

  /// A known key with something else behind it than a colon and a blank.
  private func wrongColon(_ range: Range<Int>) -> Found? {
    let word = range.prefix {
      source.text[$0].isASCII && (source.text[$0].properties.isAlphabetic || source.text[$0] == "_")
    }
    let key = source.string(range.lowerBound..<range.lowerBound + word.count)
    guard YAMLKeys.known.contains(key) else { return nil }
    let behind = range.lowerBound + word.count
    guard behind < range.upperBound else { return (source.place(behind), "a colon belongs behind the key: \(key): …") }
    let sign = source.text[behind]
    if YAMLSource.isOddColon(sign) {
      return (source.place(behind), "\(sign) is not a colon; write \(key): with a blank behind it")
    }
    if sign == ":" {
      guard behind + 1 < range.upperBound, !YAMLSource.isBlank(source.text[behind + 1]) else { return nil }
      if YAMLSource.isOddBlank(source.text[behind + 1]) { return oddBlank(behind + 1) }
      return (source.place(behind + 1), "a blank belongs behind the colon: \(key): …")
    }
    let content = source.content(behind..<range.upperBound)
    if content < range.upperBound, source.text[content] == "=" || YAMLSource.isOddColon(source.text[content]) {
      return (source.place(content), "a colon belongs behind the key: \(key): …")
    }
    return nil
  }

  /// `what: Note: somebody`, or a key that is indented deeper than the one above it.
  private func secondColon(_ colon: Int, _ start: Int, _ number: Int) -> Found? {
    let index = source.index(of: at)
    guard index <= colon else {
      return (at, "a text that holds \": \", or ends with a colon, belongs in quotes")
    }
    let key = source.string(source.trimmed(start..<colon))
    guard let before = lineBefore(number) else { return nil }
    if let found = mistake(in: before, isLast: false) ?? keyAlone(in: before, like: number) { return found }
    return (
      source.place(start),
      YAMLKeys.known.contains(key)
        ? "\"\(key)\" is indented deeper than the key in line \(before), and would belong to its text; indent keys of one group alike"
        : "this line continues the text of line \(before), and a text that holds \": \", or ends with a colon, belongs in quotes; "
          + "indent keys of one group alike"
    )
  }

  /// A line with the indentation of a key, and a key's name in the place of one: its colon is forgotten.
  private func keyAlone(in number: Int, like other: Int) -> Found? {
    let line = source.line(number)
    let start = source.content(line)
    let like = source.line(other)
    guard start - line.lowerBound == source.content(like) - like.lowerBound else { return nil }
    let word = (start..<line.upperBound).prefix { !YAMLSource.isBlank(source.text[$0]) }
    let key = source.string(start..<start + word.count)
    guard YAMLKeys.known.contains(key) else { return nil }
    return (source.place(start + word.count), "a colon belongs behind the key: \(key): …")
  }

  /// A value that begins with a sign that means something to YAML.
  private func beginning(_ range: Range<Int>) -> Found? {
    let range = source.trimmed(range)
    guard let first = range.first.map({ source.text[$0] }) else { return nil }
    let place = source.place(range.lowerBound)
    switch first {
    case "\"", "'":
      return textBehindQuotes(range, first)
    case "[", "{":
      let close: Unicode.Scalar = first == "[" ? "]" : "}"
      guard let end = range.last(where: { source.text[$0] == close }), end + 1 < range.upperBound else { return nil }
      let rest = source.content(end + 1..<range.upperBound)
      guard !"#,]}".unicodeScalars.contains(source.text[rest]) else { return nil }
      return (place, "a text that begins with \(first) belongs in quotes")
    case "|", ">":
      let rest = range.dropFirst().first { !"+-123456789".unicodeScalars.contains(source.text[$0]) }
      guard let rest, source.text[source.content(rest..<range.upperBound)] != "#" else { return nil }
      return (place, "behind \(first) the text begins on the next line; put a text that begins with \(first) in quotes")
    case "@", "`", "%", "&", "*", "!", "]", "}", ",":
      return (place, "a text that begins with \(first) belongs in quotes")
    case "-", "?", ":":
      guard range.count == 1 || YAMLSource.isBlank(source.text[range.lowerBound + 1]) else { return nil }
      return (
        place,
        first == "-"
          ? "an entry of a list stands on a line of its own; put a text that begins with - in quotes"
          : "a text that begins with \(first) belongs in quotes"
      )
    default: return nil
    }
  }

  private func textBehindQuotes(_ range: Range<Int>, _ quote: Unicode.Scalar) -> Found? {
    guard let end = end(ofQuotes: range, quote), end + 1 < range.upperBound else { return nil }
    let rest = source.content(end + 1..<range.upperBound)
    guard rest < range.upperBound, !"#,]}:".unicodeScalars.contains(source.text[rest]) else { return nil }
    return (
      source.place(rest),
      quote == "'"
        ? "there is text behind the closing quotation mark: write '' for an apostrophe within single quotes, or use double quotes"
        : "there is text behind the closing quotation mark: put the whole text in single quotes, or write \\\" for a mark within it"
    )
  }

  /// A quotation mark that was forgotten where a text ends: another one, that should open the next, has closed it.
  private var lateQuote: Found? {
    let error = source.index(of: at)
    for number in stride(from: at.line - 1, through: max(1, at.line - 100), by: -1) {
      let line = source.line(number)
      guard
        let colon = line.first(where: { index in
          (source.text[index] == ":" || source.text[index] == "-") && index + 1 < line.upperBound
            && YAMLSource.isBlank(source.text[index + 1])
        })
      else { continue }
      let start = source.content(colon + 1..<line.upperBound)
      guard start < line.upperBound, source.text[start] == "\"" || source.text[start] == "'",
        let end = end(ofQuotes: start..<error, source.text[start]), end >= line.upperBound,
        source.text[end + 1..<error].allSatisfy(YAMLSource.isBlank)
      else { continue }
      return (
        source.place(start),
        "the quotation mark that opens here is closed only in line \(source.place(end).line); close it where the text ends"
      )
    }
    return nil
  }

  /// The closing quotation mark of a text that begins the range.
  private func end(ofQuotes range: Range<Int>, _ quote: Unicode.Scalar) -> Int? {
    var index = range.lowerBound + 1
    while index < range.upperBound, source.text[index] != quote || doubled(index, quote, range) {
      index += source.text[index] == "\\" && quote == "\"" || doubled(index, quote, range) ? 2 : 1
    }
    return index < range.upperBound ? index : nil
  }

  private func doubled(_ index: Int, _ quote: Unicode.Scalar, _ range: Range<Int>) -> Bool {
    quote == "'" && source.text[index] == "'" && index + 1 < range.upperBound && source.text[index + 1] == "'"
  }

  /// A plain text of the line before, which a comment ended although it goes on below.
  private func cut(_ range: Range<Int>, by number: Int) -> Found? {
    guard let comment = comment(in: range) else { return nil }
    return (
      source.place(comment),
      "the text ends here, because \" #\" begins a comment: put the whole text in quotes; a comment cannot stand within a text"
    )
  }

  /// A line without a key: mostly the rest of a text above it.
  private func indentation(of number: Int) -> Found? {
    let line = source.line(number)
    let start = source.content(line)
    guard let before = lineBefore(number), start < line.upperBound else { return nil }
    if source.text[start] == "-" {
      return start + 1 < line.upperBound && !YAMLSource.isBlank(source.text[start + 1])
        ? (
          source.place(start), "a blank belongs behind the hyphen of an entry; put a text that begins with - in quotes"
        )
        : (
          source.place(start),
          "an entry of a list cannot stand here; indent the entries of one list alike, below their key"
        )
    }
    let hasKey = (start..<line.upperBound).contains { index in
      source.text[index] == ":" && (index + 1 == line.upperBound || YAMLSource.isBlank(source.text[index + 1]))
    }
    if hasKey {
      return (
        source.place(start), "this line is indented otherwise than the keys above it; indent keys of one group alike"
      )
    }
    let above = source.line(number - 1)
    if before < number - 1, source.content(above) < above.upperBound {
      return (
        source.place(source.content(above)),
        "the text of line \(before) ends before this comment; remove it, or put the whole text in quotes"
      )
    }
    return (
      source.place(start),
      "this line is no key, and not indented deep enough to continue the text of line \(before); a key needs a colon and a "
        + "blank behind it, and all lines of a text the same indentation"
    )
  }
}
