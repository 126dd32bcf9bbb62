import Foundation
import Mail
import Testing

@testable import Campaigns

/// Customer files as people have them, each with its outcome beside it: see Tests/Corpus/README.md.
@Suite struct CustomerCorpusTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Corpus/customers")
    .standardizedFileURL

  /// `rows/ends-with-1a.csv` and so on, in alphabetical order.
  static let files: [String] = {
    let all = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return all.filter { $0.contains("/") && $0.contains(".") && !$0.hasSuffix(".expected") }.sorted()
  }()

  @Test(arguments: files) func customersAreReadAsTheyAre(_ file: String) throws {
    let url = Self.folder.appending(path: file)
    let place = Self.folder.appending(path: file + ".expected")
    let expected = try? String(contentsOf: place, encoding: .utf8)
    let settings = expected.map(Settings.init) ?? Settings("")
    let found = settings.line + Self.outcome(of: url, settings)
    if expected ?? settings.line == settings.line, ProcessInfo.processInfo.environment["EILBRIEF_CORPUS_WRITE"] != nil {
      try Data(found.utf8).write(to: place)
    }
    #expect(found == expected)
  }

  @Test func theCorpusIsThere() { #expect(Self.files.count >= 10) }

  /// The first line of an outcome.
  private struct Settings {
    var line = ""
    var sheet: String?
    var encoding: TextEncoding?
    var takesFirstContact = false
    var language = "de"
    var without: [CustomerSource.Field] = []
    var hasTitle = false

    init(_ expected: String) {
      guard let first = expected.split(separator: "\n").first, first.hasPrefix("with: ") else { return }
      line = first + "\n"
      for setting in first.dropFirst(6).split(separator: " ") {
        let parts = setting.split(separator: "=", maxSplits: 1).map(String.init)
        switch parts[0] {
        case "sheet": sheet = parts[1]
        case "encoding": encoding = TextEncoding(named: parts[1])
        case "contact": takesFirstContact = parts[1] == "first"
        case "without":
          without = parts[1].split(separator: ",").compactMap { CustomerSource.Field(rawValue: String($0)) }
        case "title": hasTitle = true
        case "language": language = parts[1]
        default: Issue.record("unknown setting \(parts[0])")
        }
      }
    }
  }

  /// The customers of a file of the corpus, read with the settings of its outcome.
  static func book(_ file: String) throws -> CustomerBook {
    let expected = try String(contentsOf: folder.appending(path: file + ".expected"), encoding: .utf8)
    return try CustomerBook(
      source(folder.appending(path: file), Settings(expected)), segments: CustomerTable.segments)
  }

  private static func source(_ file: URL, _ settings: Settings) -> CustomerSource {
    var columns = CustomerTable.columns
    columns[.salutation] = "Anrede"
    columns[.program] = "Programm"
    for field in settings.without { columns[field] = nil }
    if settings.hasTitle { columns[.title] = "Titel" }
    return CustomerSource(
      file: file, sheet: settings.sheet, encoding: settings.encoding, takesFirstContact: settings.takesFirstContact,
      language: settings.language, columns: columns)
  }

  private static func outcome(of file: URL, _ settings: Settings) -> String {
    do {
      let book = try CustomerBook(source(file, settings), segments: CustomerTable.segments)
      return text(of: book.file.form) + "\n" + (try text(of: book))
    } catch {
      return "error:\n\(error)\n"
    }
  }

  private static func text(of form: TableForm) -> String {
    switch form {
    case .csv(let form):
      let mark = form.hasByteOrderMark ? " with a mark" : ""
      return
        "csv \(form.encoding.rawValue)\(mark), delimiter \(shown(form))"
    case .spreadsheet(let kind, let sheet): return "\(kind.rawValue), sheet \(sheet)"
    }
  }

  /// A sign as it is, but for those that nobody sees.
  private static func shown(_ form: CSVForm) -> String {
    form.delimiter.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
      ? String(form.delimiter) : form.delimiterName
  }

  private static func text(of book: CustomerBook) throws -> String {
    var lines: [String] = []
    for customer in try book.all() {
      let mailboxes = customer.mailboxes.map { mailbox in
        ([mailbox.address.displayText, mailbox.access] + mailbox.programs.map(\.rawValue)).joined(separator: " ")
      }
      let fields = [
        customer.id, customer.company, customer.salutation, customer.title, customer.firstName, customer.lastName,
        customer.language, customer.contact?.displayText ?? "", customer.phone,
      ]
      lines.append((fields + mailboxes).joined(separator: " | "))
    }
    if !book.rejected.isEmpty { lines += ["", "rejected:"] + (try book.rejected.all.map(\.description)) }
    // Segments that a small file does not use are of no interest here.
    let warnings = book.warnings.filter { $0.kind != .unusedSegment }
    if !warnings.isEmpty { lines += ["", "warnings:"] + warnings.map { "\($0.kind.rawValue): \($0.message)" } }
    return lines.joined(separator: "\n") + "\n"
  }
}
