import Foundation
import Mail

/// The typed values that stand in several places of `campaign.yaml`. Each reports what is wrong and then gives nil.
extension YAMLValue {
  func date() -> CalendarDate? {
    guard let text = text() else { return nil }
    if let date = CalendarDate(text) { return date }
    report("\"\(path)\" is not a date: \(QuotedText(text)); write year, month and day, as in 2026-11-20")
    return nil
  }

  func dateTime() -> LocalDateTime? {
    guard let text = text() else { return nil }
    if let moment = LocalDateTime(text) { return moment }
    if LocalDateTime(text + "Z") != nil {
      report(
        "\"\(path)\" lacks its offset from UTC: \(QuotedText(text)); write it behind the time, as in \(text)+01:00")
    } else {
      report(
        "\"\(path)\" is not a date with time and offset: \(QuotedText(text)); write it as in 2026-11-23T16:00:00+01:00")
    }
    return nil
  }

  func emailAddress() -> EmailAddress? {
    guard let text = text() else { return nil }
    do throws(AddressError) {
      return try EmailAddress(text)
    } catch {
      report(
        "\"\(path)\" is not an e-mail address: \(QuotedText(text)) \(error); write it as in office@provider.example")
      return nil
    }
  }

  func namedAddress() -> NamedAddress? {
    guard let text = text() else { return nil }
    do throws(AddressError) {
      return try NamedAddress(parsing: text)
    } catch {
      report(
        "\"\(path)\" is not an e-mail address: \(QuotedText(text)) \(error); "
          + "write it as in Name <office@provider.example>")
      return nil
    }
  }

  func duration() -> Duration? {
    guard let text = text() else { return nil }
    if let duration = RetrySchedule.duration(text) { return duration }
    report("\"\(path)\" is not a duration: \(QuotedText(text)); write a number with s, min, h or d, as in 30m or 4d")
    return nil
  }

  func number(in range: ClosedRange<Int>) -> Int? {
    guard let text = text() else { return nil }
    if let number = wholeNumber(text), range.contains(number) { return number }
    report(
      "\"\(path)\" must be a whole number from \(range.lowerBound) to \(range.upperBound), not \(QuotedText(text))")
    return nil
  }

  func choice<Choice: RawRepresentable<String> & CaseIterable>(_ type: Choice.Type) -> Choice? {
    guard let text = text() else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    let known = type.allCases.map(\.rawValue)
    let near = NearestName(among: known).suggestion(for: text).map { ", did you mean \"\($0)\"?" }
    report("\"\(path)\" cannot be \(QuotedText(text))" + (near ?? "; it is one of: \(known.joined(separator: ", "))"))
    return nil
  }

  /// A path, taken from the campaign's folder when it is relative.
  func file(in folder: URL) -> URL? {
    guard let text = text() else { return nil }
    let path = text.hasPrefix("/") ? URL(filePath: text) : folder.appending(path: text)
    return path.standardizedFileURL
  }
}
