/// Matches the header of a customer file with the columns that the campaign file names.
struct HeaderCheck {
  let name: String
  let line: Int
  let notUTF8: EncodingDetector.Finding?

  /// The place of each field's column and of the one that letters are ordered by, counted from 0. All problems are thrown together; a column that announces
  /// passwords is reported alone, since nothing else about such a file matters.
  func columns(
    in header: [String], _ record: TableRecord, source: CustomerSource, order: String?
  ) throws(CustomerFileError) -> (fields: [CustomerSource.Field: Int], order: Int?) {
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
      columns[field] = place(
        of: title, for: field.rawValue, key: "customers.columns.\(field.rawValue)", in: header, &problems)
    }
    var orderColumn: Int?
    if let order {
      // What is wrong with a column that a field is read from was said before.
      orderColumn =
        source.columns.values.contains(order)
        ? header.firstIndex(of: order) : place(of: order, for: "order", key: "order.column", in: header, &problems)
    }
    guard problems.isEmpty else { throw CustomerFileError(problems) }
    return (columns, orderColumn)
  }

  private func place(
    of title: String, for name: String, key: String, in header: [String], _ problems: inout [Problem]
  ) -> Int? {
    let places = header.indices.filter { header[$0] == title }
    if places.count == 1 { return places[0] }
    problems.append(
      places.isEmpty
        ? missing(title, for: name, key: key, in: header)
        : problem(
          "column \(QuotedText(title)) is there more than once, as columns "
            + places.map { String($0 + 1) }.joined(separator: " and ") + "; rename all but one"))
    return nil
  }

  private func missing(_ title: String, for name: String, key: String, in header: [String]) -> Problem {
    // Only a header that is near is repeated: in a file without a header line, the first row is in its place.
    let near = NearestName(among: header).suggestion(for: title).map { ", did you mean \(QuotedText($0))?" }
    let advice = "; correct the header, or \(key) in campaign.yaml"
    return problem("there is no column \(QuotedText(title)) for \"\(name)\"" + (near ?? advice))
  }

  private func problem(_ message: String) -> Problem { Problem(file: name, line: line, message: message) }
}
