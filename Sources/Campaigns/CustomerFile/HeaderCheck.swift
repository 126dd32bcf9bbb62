/// Matches the header of a customer file with the columns that the campaign file names.
struct HeaderCheck {
  let name: String
  let line: Int
  let notUTF8: EncodingDetector.Finding?

  /// The place of each field's column, counted from 0. All problems are thrown together; a column that announces
  /// passwords is reported alone, since nothing else about such a file matters.
  func columns(
    in header: [String], _ record: CSVRecord, source: CustomerSource
  ) throws(CustomerFileError) -> [CustomerSource.Field: Int] {
    let secret = header.enumerated().filter { PasswordColumn.matches($0.element) }
    guard secret.isEmpty else {
      throw CustomerFileError(
        secret.map { index, title in
          problem(
            "column \(index + 1), \(QuotedText(title)), seems to hold passwords; the file is not read. "
              + "Remove the column from the file, and the file from wherever else it lies")
        })
    }
    if let fault = record.fault {
      throw CustomerFileError([problem("the header cannot be read: \(fault.description(header: header))")])
    }
    for index in header.indices {
      if let found = record.mojibake(index) {
        throw CustomerFileError([problem(found.description(of: record.text(index), notUTF8: notUTF8))])
      }
    }
    var problems: [Problem] = []
    var columns: [CustomerSource.Field: Int] = [:]
    for field in CustomerSource.Field.allCases {
      guard let title = source.columns[field] else { continue }
      let places = header.indices.filter { header[$0] == title }
      switch places.count {
      case 1: columns[field] = places[0]
      case 0: problems.append(missing(title, for: field, in: header))
      default:
        problems.append(
          problem(
            "column \(QuotedText(title)) is there more than once, as columns "
              + places.map { String($0 + 1) }.joined(separator: " and ") + "; rename all but one"))
      }
    }
    guard problems.isEmpty else { throw CustomerFileError(problems) }
    return columns
  }

  private func missing(_ title: String, for field: CustomerSource.Field, in header: [String]) -> Problem {
    // Only a header that is near is repeated: in a file without a header line, the first row is in its place.
    let near = NearestName(among: header).suggestion(for: title).map { ", did you mean \(QuotedText($0))?" }
    let advice = "; correct the header, or customers.columns.\(field.rawValue) in campaign.yaml"
    return problem("there is no column \(QuotedText(title)) for \"\(field.rawValue)\"" + (near ?? advice))
  }

  private func problem(_ message: String) -> Problem { Problem(file: name, line: line, message: message) }
}
