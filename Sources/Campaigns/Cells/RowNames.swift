import Foundation
import Mail

/// The texts of one row that a letter greets a customer by, each either fit for a letter or empty: what a cell has in
/// place of a value is left out with a remark, so that the greeting is the neutral one.
///
/// It is decided by the row alone, so that a row means the same whenever it is read.
struct RowNames {
  var salutation: String
  var title: String
  var first: String
  var last: String
  var company: String

  /// How the file names these columns; empty for one that it does not have.
  struct Headers {
    let salutation, title, first, last, company: String

    init(_ headers: [CustomerSource.Field: String]) {
      salutation = headers[.salutation] ?? ""
      title = headers[.title] ?? ""
      first = headers[.firstName] ?? ""
      last = headers[.lastName] ?? ""
      company = headers[.company] ?? ""
    }
  }

  /// What else in the row says about the customer.
  struct Context {
    var language: String
    var contact: EmailAddress?
    var mailbox: EmailAddress?
  }

  /// Empties what is no value, and says so in `remarks`.
  mutating func clean(_ headers: Headers, _ context: Context, _ remarks: inout [RowRemark]) {
    let written = self
    func read(
      _ text: String, _ column: NameCell.Column, _ field: CustomerSource.Field, _ header: String,
      takesTitle: Bool = false
    ) -> String {
      if text.isEmpty { return text }
      let isPlain = NameCell.isPlain(text, in: column)
      if isPlain, text.utf8.count != header.utf8.count, (3...40).contains(text.utf8.count) { return text }
      var fault = isPlain ? nil : NameCell.fault(of: text, in: column, takesTitle: takesTitle)
      if fault == nil, text.utf8.count == header.utf8.count, text.lowercased() == header.lowercased() {
        fault = .unfilledField
      }
      if fault == .noValue, let evidence = written.evidence(for: text, in: column, context) {
        remarks.append(RowRemark(.keptAsName, field, value: text, beside: evidence))
      } else if let fault {
        remarks.append(RowRemark(fault, field, value: Self.shown(text)))
        return ""
      } else if column == .first || column == .last, NameCell.isUnusual(text, in: column) {
        remarks.append(RowRemark(.unusualName, field, value: text))
      }
      return text
    }
    salutation = read(salutation, .salutation, .salutation, headers.salutation)
    title = read(title, .title, .title, headers.title)
    let parsed = Salutation(salutation)
    if !parsed.title.isEmpty {
      salutation = parsed.word
      if title.isEmpty { title = parsed.title }
    }
    // An English greeting has the title before the last name, or none.
    let takesTitle = title.isEmpty && context.language == "de"
    first = read(first, .first, .firstName, headers.first, takesTitle: takesTitle)
    last = read(
      last, .last, .lastName, headers.last,
      takesTitle: takesTitle && parsed.address != .open && !NameCell.beginsWithTitle(first))
    company = read(company, .company, .company, headers.company)
    leaveOutStandIns(&remarks)
  }

  /// `Max Mustermann` is what forms are filled with; somebody may be called so, and is greeted as everybody is.
  private mutating func leaveOutStandIns(_ remarks: inout [RowRemark]) {
    guard !last.isEmpty, last.utf8.count <= 20, !NameCell.isPlain(last, in: .last) else { return }
    let whole = first.isEmpty ? last : "\(first) \(last)"
    guard NameWords.standIns.contains(whole.lowercased()) || NameWords.standIns.contains(last.lowercased()) else {
      return
    }
    for field in [CustomerSource.Field.firstName, .lastName] {
      let text = field == .lastName ? last : first
      if !text.isEmpty { remarks.append(RowRemark(.noValue, field, value: text)) }
    }
    first = ""
    last = ""
  }

  /// Nobody's telephone number gets into a warning.
  private static func shown(_ text: String) -> String {
    text.utf8.count { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } > 5 ? "" : text
  }

  // MARK: - Those whose name is such a word

  /// Not nil when `text`, which mostly stands for no value, is this customer's name: it is written as a name is, and the rest
  /// of the row agrees. When that is in doubt it is none, since a neutral greeting is never wrong.
  ///
  /// - Returns: Empty where an address has the name too, else the other name: if many have such a word for a name, it is none.
  private func evidence(for text: String, in column: NameCell.Column, _ context: Context) -> String? {
    guard text.first?.isUppercase ?? false, text.dropFirst().allSatisfy(\.isLowercase) else { return nil }
    let word = text.lowercased()
    let other = column == .first ? last : column == .last ? first : ""
    let isInAddress = { [context.contact, context.mailbox].contains { Self.names($0, word, beside: other) } }
    switch column {
    case .company: return isInAddress() ? "" : nil
    case .salutation, .title: return nil
    case .first, .last:
      guard other.lowercased() != word, other.count(where: \.isLetter) > 1, NoValueWords.bare(salutation) != word,
        NameCell.fault(of: other, in: column == .first ? .last : .first, takesTitle: true) == nil
      else { return nil }
      if isInAddress() { return "" }
      let isAddressed = Salutation(salutation).address != .open
      let hasTitle = !title.isEmpty && NameCell.fault(of: title, in: .title) == nil
      // A first name is never Herr.
      guard NameWords.alsoNames.contains(word), column == .last || word != "herr" else { return nil }
      return isAddressed || hasTitle ? other : nil
    }
  }

  /// `aenne.null@…` or `…@null.example`; `test@…` says nothing, as any such address is made up as the name may be.
  private static func names(_ address: EmailAddress?, _ word: String, beside other: String) -> Bool {
    guard let parts = address?.displayText.lowercased().split(separator: "@"), parts.count == 2 else { return false }
    let local = parts[0].split { !$0.isLetter }
    let labels = parts[1].split(separator: ".")
    if labels.dropLast().last.map({ $0 == word }) ?? false { return true }
    // `a.null@…` and `aenne.null@…` of Änne Null.
    guard let initial = other.lowercased().decomposedStringWithCanonicalMapping.unicodeScalars.first else {
      return false
    }
    return local.contains { $0 == word } && local.contains { $0 != word && $0.unicodeScalars.first == initial }
  }
}
