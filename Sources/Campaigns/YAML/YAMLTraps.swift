import Files

/// What a well-formed YAML text says otherwise than the person meant who wrote it: text cut off by a comment, a comment or a
/// key that became text, a backslash that became a line break, quotes that are none.
///
/// A fact of the notice must not be changed silently, so each of these is an error that names the place and what to write.
/// What YAML allows and nobody can mistake stays as it is: comments on lines of their own, behind numbers and times, and
/// behind any value when they are set off by two blanks. Decision 0046.
struct YAMLTraps {
  typealias Place = YAMLDocument.Place

  private(set) var problems: [(place: Place, message: String)] = []
  /// The places of values of which nothing else needs to be said.
  private(set) var settled: Set<Place> = []

  private let source: YAMLSource
  private let scalars: [YAMLScalar]

  /// - Parameter scalars: Those of the whole text; of a text that is not well formed, none.
  init(_ source: YAMLSource, _ scalars: [YAMLScalar]) {
    self.source = source
    self.scalars = scalars
    guard !scalars.isEmpty else { return }
    lookAtComments()
    for scalar in scalars { lookAt(scalar) }
  }

  private static let most = 100

  /// - Parameter scalar: The value whose own problems are then of no interest.
  private mutating func report(_ index: Int, _ message: String, of scalar: YAMLScalar? = nil) {
    guard problems.count < Self.most else { return }
    problems.append((source.place(index), message))
    if let scalar { settled.insert(source.place(scalar.range.lowerBound)) }
  }

  // MARK: Comments

  private mutating func lookAtComments() {
    var next = 0
    var index = 0
    let text = source.text
    while index < text.count {
      while next < scalars.count, scalars[next].range.upperBound <= index { next += 1 }
      if next < scalars.count, scalars[next].range.contains(index) {
        index = scalars[next].range.upperBound
      } else if text[index] == "#", index == 0 || YAMLSource.isBlank(text[index - 1]) || text[index - 1] == "\n" {
        lookAtComment(index, after: next - 1)
        index = source.line(source.place(index).line).upperBound
      } else {
        index += 1
      }
    }
  }

  /// Looks at a comment that begins at `index`, behind the scalar of that number.
  private mutating func lookAtComment(_ index: Int, after number: Int) {
    let place = source.place(index)
    let line = source.line(place.line)
    // `#4711`, and neither `# so` nor a line of ####.
    let isTight = index + 1 < line.upperBound && !["#", " ", "\t", "!"].contains(source.text[index + 1])
    guard number >= 0 else { return }
    let last = scalars[number]
    guard source.content(line) < index else {
      lookAtCommentLine(index, place, isTight, after: last)
      return
    }
    let rest = line.lowerBound..<index
    let blanks = rest.reversed().prefix { YAMLSource.isBlank(source.text[$0]) }
    let isSetOff = blanks.count > 1 || blanks.contains { source.text[$0] == "\t" }
    let between = source.trimmed(max(last.range.upperBound, line.lowerBound)..<index)
    if between.isEmpty, !last.range.isEmpty {
      guard last.isFreeText else { return }
      switch last.style {
      case .plain:
        guard isTight || !isSetOff else { return }
        report(
          index,
          "the text of \"\(last.path)\" ends here, because \" #\" begins a comment: put the whole text in quotes; if this is "
            + "a comment, write two blanks before the # and one behind it", of: last)
      default:
        guard isTight, !isSetOff else { return }
        report(
          index,
          "the text of \"\(last.path)\" ends before this comment; if it belongs to the text, put it inside the quotes, "
            + "else write a blank behind the #", of: last)
      }
      return
    }
    if between.isEmpty {
      guard last.isFreeText else { return }
      if isTight {
        reportBeginning(index, last)
      } else if !isSetOff {
        report(
          index,
          "\"\(last.path)\" has no text, because what begins with # is a comment: put a text that begins with # in quotes; "
            + "if this is a comment, write it on a line of its own", of: last)
      }
      return
    }
    // Behind a key, a comma, a bracket or the hyphen of an entry: the text that follows there may be what was meant.
    guard isTight, let mark = source.text[between].last, "[{,:-".unicodeScalars.contains(mark) else { return }
    let value = number + 1 < scalars.count ? scalars[number + 1] : last
    let isValue = !value.isKey && (mark == "-" ? value.isEntry : mark != ":" || value.keys.last == last.text)
    guard isValue ? value.isFreeText : last.isInBrackets && mark == "," && last.isFreeText else { return }
    reportBeginning(index, isValue ? value : last)
  }

  private mutating func reportBeginning(_ index: Int, _ scalar: YAMLScalar) {
    report(
      index,
      "what begins with \" #\" is a comment, and no part of the text of \"\(scalar.path)\": put a text that begins with # "
        + "in quotes; if this is a comment, write a blank behind the #",
      of: scalar.range.isEmpty ? scalar : nil)
  }

  /// A comment on a line of its own, directly under a plain text and indented like a continuation of it.
  private mutating func lookAtCommentLine(_ index: Int, _ place: Place, _ isTight: Bool, after last: YAMLScalar) {
    guard isTight, last.isFreeText, last.style == .plain, !last.isInBrackets, !last.range.isEmpty else { return }
    let begin = source.place(last.range.lowerBound)
    guard source.place(last.range.upperBound - 1).line == place.line - 1,
      place.column > indentation(of: begin.line) + 1
    else { return }
    report(
      index,
      "the text of \"\(last.path)\" ends before this line, because it begins with # and is a comment: put the whole "
        + "text in quotes; if this is a comment, write a blank behind the #", of: last)
  }

  private func indentation(of number: Int) -> Int {
    let line = source.line(number)
    return source.content(line) - line.lowerBound
  }

  // MARK: Scalars

  private mutating func lookAt(_ scalar: YAMLScalar) {
    guard !scalar.range.isEmpty else { return }
    let first = source.text[scalar.range.lowerBound]
    switch scalar.style {
    case .plain:
      if first == "!", isText(scalar) {
        report(
          scalar.range.lowerBound,
          "a text that begins with ! belongs in quotes; without them its first word is not part of the text", of: scalar
        )
      } else if scalar.isKey, scalar.text == "<<" {
        report(scalar.range.lowerBound, "groups are not merged here (<<); write the keys out", of: scalar)
      } else if scalar.isFreeText {
        lookAtPlain(scalar)
      }
    case .doubleQuoted: lookAtEscapes(scalar)
    case .singleQuoted: break
    case .literal: lookAtBlock(scalar)
    case .folded:
      lookAtBlock(scalar)
      lookForList(in: scalar)
    }
    lookForKeys(in: scalar)
  }

  /// `!Achtung` and `! Achtung`, and no tag of YAML such as `!!int`.
  private func isText(_ scalar: YAMLScalar) -> Bool {
    let second = scalar.range.lowerBound + 1
    guard second < source.text.count else { return false }
    return YAMLSource.isBlank(source.text[second]) || (scalar.isFreeText && source.text[second] != "!")
  }

  private static let quotes = Set("„“”‟«»".unicodeScalars)
  private static let singleQuotes = Set("‚‘’‛‹›".unicodeScalars)

  private mutating func lookAtPlain(_ scalar: YAMLScalar) {
    let text = source.text[scalar.range]
    guard let first = text.first, let last = text.last else { return }
    let marks = Self.quotes.contains(first) ? Self.quotes : Self.singleQuotes
    if marks.contains(first) {
      let count = text.count { marks.contains($0) || $0 == "\"" }
      let isAlone = count == 1 && marks == Self.quotes
      if isAlone || (count == 2 && (marks.contains(last) || last == "\"")) {
        report(
          scalar.range.lowerBound,
          "\(first) is no quotation mark of YAML, and would be printed: write \"…\"; to have it printed, put the whole text in "
            + "'…'", of: scalar)
        return
      }
    }
    for index in scalar.range.dropFirst() where text[index] == "#" && YAMLSource.isOddBlank(text[index - 1]) {
      report(
        index,
        "what follows is part of the text of \"\(scalar.path)\", because the blank before it is "
          + "\(VisibleText.notation(text[index - 1])); write the whole text in quotes, or two blanks before a comment")
      return
    }
  }

  /// Lines of a text that goes over several, but the first; without blanks at their ends.
  private func continuations(of scalar: YAMLScalar) -> [Range<Int>] {
    let first = source.place(scalar.range.lowerBound).line
    // A block ends where the next line begins.
    let last = source.place(max(scalar.range.upperBound - 1, scalar.range.lowerBound)).line
    guard last > first else { return [] }
    return (first + 1...last).map { number in
      let line = source.line(number)
      return source.trimmed(line.lowerBound..<max(line.lowerBound, min(line.upperBound, scalar.range.upperBound)))
    }
  }

  /// A line within a text that is a key of a campaign file, by its looks, or an entry of a list.
  private mutating func lookForKeys(in scalar: YAMLScalar) {
    for line in continuations(of: scalar) where !line.isEmpty {
      let word = source.text[line].prefix {
        $0.isASCII && ($0.properties.isLowercase || $0 == "_" || ("0"..."9").contains($0))
      }
      let key = source.string(line.lowerBound..<line.lowerBound + word.count)
      let behind = source.content(line.lowerBound + word.count..<line.upperBound)
      let isColon =
        behind < line.upperBound && (source.text[behind] == ":" || YAMLSource.isOddColon(source.text[behind]))
      let begun = "line \(source.place(scalar.range.lowerBound).line)"
      if isColon, YAMLKeys.canFollow(scalar.keys, key),
        source.string(behind..<min(behind + 3, line.upperBound)) != "://"
      {
        let remedy =
          switch scalar.style {
          case .plain: "indent it like its neighbours, and write a blank behind the colon"
          case .singleQuoted, .doubleQuoted: "close the quotes before it"
          case .literal, .folded: "indent it like its neighbours"
          }
        report(
          line.lowerBound,
          "\"\(key)\" looks like a key, but this line is part of the text of \"\(scalar.path)\" that began in \(begun): "
            + "\(remedy); if it is text, join it with the line before")
        return
      } else if scalar.style == .plain, line.count > 1, isHyphen(line, inList: scalar.isEntry) {
        report(
          line.lowerBound,
          "this line is part of the text of \"\(scalar.path)\" that began in \(begun), and no entry of a list: begin entries "
            + "with - and a blank, one below the other; put a text with hyphens in quotes, or write it behind |")
      }
    }
  }

  /// `- entry`, and in a list also `– entry`.
  private func isHyphen(_ line: Range<Int>, inList: Bool) -> Bool {
    let (first, second) = (source.text[line.lowerBound], source.text[line.lowerBound + 1])
    guard second == " " || YAMLSource.isOddBlank(second) else { return false }
    return first == "-" || (inList && YAMLSource.isOddHyphen(first))
  }

  private static let bullets = Set("-*+•·–—‐‑−▪◦".unicodeScalars)

  /// In a folded text lines become one: entries of a list would run together.
  private mutating func lookForList(in scalar: YAMLScalar) {
    var before: (indentation: Int, isEntry: Bool, isNumber: Bool)?
    for line in continuations(of: scalar) {
      // A blank line parts paragraphs.
      guard !line.isEmpty else {
        before = nil
        continue
      }
      let indentation = indentation(of: source.place(line.lowerBound).line)
      let word = source.text[line].prefix { !YAMLSource.isBlank($0) }
      let isMark = word.count == 1 && line.count > 1 && Self.bullets.contains(word[word.startIndex])
      let isNumber =
        word.count > 1 && word.count < 4 && [".", ")"].contains(word.last)
        && word.dropLast().allSatisfy { ("0"..."9").contains($0) || (word.count == 2 && $0.properties.isLowercase) }
      // A hyphen between words may come to stand at the beginning of a line; a number may end a sentence.
      let isEntry = isMark && !"–—".unicodeScalars.contains(word[word.startIndex])
      if let before, before.indentation == indentation,
        isEntry || (isMark && before.isEntry) || (isNumber && before.isNumber)
      {
        report(
          line.lowerBound,
          "the entries of a list would be printed in one line, because > joins lines: write | in place of > behind "
            + "\"\(scalar.path):\", or one blank line between the entries", of: scalar)
        return
      }
      before = (indentation, isMark, isNumber)
    }
  }

  /// In a block there are no comments: what looks like one would be printed.
  private mutating func lookAtBlock(_ scalar: YAMLScalar) {
    let header = scalar.range.lowerBound..<source.line(source.place(scalar.range.lowerBound).line).upperBound
    if let comment = header.first(where: { source.text[$0] == "#" }), comment + 1 < header.upperBound,
      !YAMLSource.isBlank(source.text[comment + 1])
    {
      reportBeginning(comment, scalar)
    }
    for line in continuations(of: scalar) {
      for index in line where source.text[index] == "#" {
        let isComment = index + 1 == line.upperBound || ["#", " ", "\t"].contains(source.text[index + 1])
        let isSetOff =
          index == line.lowerBound
          || (index - 2 >= line.lowerBound && source.text[index - 2..<index].allSatisfy(YAMLSource.isBlank))
        guard isComment, isSetOff else { continue }
        report(
          index,
          "this would be printed: in the text of \"\(scalar.path)\" (behind | or >) there are no comments; remove it, or "
            + "put the text in quotes")
        break
      }
    }
  }

  /// Keys whose texts may have several lines.
  private static let manyLines: Set<String> = ["consequences", "measures"]

  private mutating func lookAtEscapes(_ scalar: YAMLScalar) {
    let text = source.text[scalar.range]
    var index = scalar.range.lowerBound + 1
    while index + 1 < scalar.range.upperBound {
      guard text[index] == "\\" else {
        index += 1
        continue
      }
      let escape = text[index + 1]
      // `C:\neu`, and not the end of a sentence.
      let isPath =
        index - 2 >= scalar.range.lowerBound && text[index - 1] == ":" && text[index - 2].properties.isAlphabetic
        && (index - 3 < scalar.range.lowerBound || !text[index - 3].properties.isAlphabetic)
      let isMeant: Bool =
        switch escape {
        case "\"", "\\", "/", " ", "\n": true
        case "n": !isPath && Self.manyLines.contains(scalar.keys.last ?? "")
        case "x", "u", "U": !isPath
        default: false
        }
      guard isMeant else {
        report(
          index,
          "in double quotes, \\\(escape) is no backslash with a letter behind it but a sign that cannot be seen: write "
            + "\\\\\(escape), or put the text in single quotes", of: scalar)
        return
      }
      index += 2
    }
  }
}
