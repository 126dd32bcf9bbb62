/// The words for what is wrong with the form of a record.
enum RowFault {
  static func describe(_ fault: TableRecord.Fault, header: [String]) -> String {
    func column(_ index: Int) -> String {
      index < header.count ? "column \(QuotedText(header[index]))" : "column \(index + 1)"
    }
    return switch fault {
    case .strayQuote(let field):
      "\(column(field)) has a quotation mark inside but does not begin with one; double it and put the value in quotes"
    case .textAfterQuote(let field):
      "\(column(field)) has text behind its closing quotation mark; double quotation marks that belong to the text"
    case .fieldTooLong(let field): "\(column(field)) holds more than \(TableRecord.longestField / 1024) KB"
    case .recordTooLong: "the row is longer than \(TableRecord.longestRecord / 1_048_576) MB"
    }
  }

  static func describe(_ guess: WrongGuess, in text: String, survey: FileSurvey) -> String {
    let quoted = QuotedText(text)
    switch guess {
    case .replacement:
      return "\(quoted) has lost a character (U+FFFD); export the file again from where it comes from"
    case .control(let scalar):
      return "\(quoted) has the control character \(QuotedText.codePoint(scalar)); the file was saved with a wrong "
        + "encoding, save it again as \"CSV UTF-8\""
    case .doubleEncoding:
      if let reason = survey.notUTF8 {
        let byte = String(reason.byte, radix: 16, uppercase: true)
        return "\(quoted) is UTF-8, but line \(reason.line) is not (byte \(byte)); the file mixes two encodings, "
          + "save it again as \"CSV UTF-8\""
      }
      return "\(quoted) was encoded twice; export the file again from where it comes from"
    }
  }
}
