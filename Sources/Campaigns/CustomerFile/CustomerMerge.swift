import Mail

/// The rows of one customer, put together. Empty values are filled from the other rows; values that contradict each
/// other make the customer unusable, since nobody can know which one is right.
struct CustomerMerge {
  /// A mailbox that is in several rows of the customer.
  struct Repeat {
    var address: EmailAddress
    var lines: [Int]
    /// The access values in order of appearance; a single one means that the rows agree.
    var access: [String]
  }

  /// The number of different values of a field that are named.
  private static let named = 10

  let customer: Customer
  /// One clause per field, such as `company is "A" in line 2 and "B" in line 9`; of many values the first are named.
  let contradictions: [String]
  let repeats: [Repeat]

  /// `rows` has at least one row; all have the same id.
  init(_ rows: [CustomerRow], language defaultLanguage: String) {
    let rows = Self.withTitlesApart(rows)
    var contradictions: [String] = []
    func agreed(_ name: String, showing: Bool = true, _ value: (CustomerRow) -> (key: String, text: String)?) -> String?
    {
      var found: [(text: String, line: Int)] = []
      var keys: Set<String> = []
      var last: String?
      for row in rows {
        // Most rows say what the row before them does.
        guard let (key, text) = value(row), key != last else { continue }
        last = key
        guard keys.insert(key).inserted, found.count < Self.named else { continue }
        found.append((text, row.line))
      }
      if keys.count > found.count {
        let places = found.map { showing ? "\(QuotedText($0.text)) in line \($0.line)" : "one in line \($0.line)" }
        contradictions.append("\(name) is \(places.joined(separator: ", ")) and \(keys.count - found.count) others")
      } else if found.count > 1 {
        let places = found.map { showing ? "\(QuotedText($0.text)) in line \($0.line)" : "one in line \($0.line)" }
        let first = places.dropLast().joined(separator: ", ")
        let last = showing ? places[places.count - 1] : "another in line \(found[found.count - 1].line)"
        contradictions.append("\(name) is \(first) and \(last)")
      }
      return found.first?.text
    }
    func text(_ name: String, showing: Bool = true, _ value: (CustomerRow) -> String) -> String {
      if rows.count == 1 { return value(rows[0]) }
      return agreed(name, showing: showing) { row in
        let text = value(row)
        return text.isEmpty ? nil : (text, text)
      } ?? ""
    }
    var mailboxes: [Customer.Mailbox] = []
    var repeats: [Repeat] = []
    var firstLines: [String: (row: CustomerRow, place: Int?)] = [:]
    for row in rows {
      let mailbox = Customer.Mailbox(address: row.mailbox, access: row.access, programs: row.programs)
      let key = row.mailbox.key
      guard let (first, place) = firstLines[key] else {
        firstLines[key] = (row, nil)
        mailboxes.append(mailbox)
        continue
      }
      let index = place ?? repeats.count
      if place == nil {
        repeats.append(Repeat(address: first.mailbox, lines: [first.line], access: [first.access]))
        firstLines[key] = (first, index)
      }
      repeats[index].lines.append(row.line)
      if !repeats[index].access.contains(row.access) {
        repeats[index].access.append(row.access)
        mailboxes.append(mailbox)
      }
    }
    if !repeats.isEmpty { Self.sharePrograms(of: rows, among: &mailboxes) }
    let company = text("company") { $0.company }
    let salutation = text("salutation") { $0.salutation }
    var title = text("title") { $0.title }
    let firstName = text("first_name") { $0.firstName }
    let lastName = text("last_name") { $0.lastName }
    // One row has the title in its column, another before the name.
    if !title.isEmpty, rows.count > 1 {
      let isOpen = Salutation(salutation).address == .open
      if NameCell.beginsWithTitle(lastName) || isOpen && NameCell.beginsWithTitle(firstName) { title = "" }
    }
    let language = agreed("language") { row in row.language.map { ($0, $0) } }
    var contact: EmailAddress?
    _ = agreed("contact") { row in
      if contact == nil { contact = row.contact }
      return row.contact.map { ($0.key, $0.displayText) }
    }
    // A phone number is nobody's business but the caller's.
    let phone = text("phone", showing: false) { $0.phone }
    var customer = Customer(
      id: rows[0].id, company: company, salutation: salutation, title: title, firstName: firstName, lastName: lastName,
      language: language ?? defaultLanguage, contact: contact, phone: phone, mailboxes: mailboxes,
      lines: rows.map(\.line))
    customer.need.cell = rows.lazy.map(\.orderCell).min() ?? .empty
    self.customer = customer
    self.contradictions = contradictions
    self.repeats = repeats
  }

  /// Where last names differ, a title before one of them is read as if it stood in its own column: `Dr.` beside `Weber`
  /// says what `Dr. Weber` does.
  private static func withTitlesApart(_ rows: [CustomerRow]) -> [CustomerRow] {
    guard let first = rows.first, rows.contains(where: { $0.lastName != first.lastName }) else { return rows }
    return rows.map { row in
      guard let (title, name) = NameCell.parted(row.lastName), row.title.isEmpty || row.title == title else {
        return row
      }
      var row = row
      row.title = title
      row.lastName = name
      return row
    }
  }

  /// A mailbox is used with every program that any of its rows names.
  private static func sharePrograms(of rows: [CustomerRow], among mailboxes: inout [Customer.Mailbox]) {
    var programs: [String: [MailProgram]] = [:]
    for row in rows {
      programs[row.mailbox.key] = MailProgram.union(programs[row.mailbox.key] ?? [], row.programs)
    }
    for index in mailboxes.indices { mailboxes[index].programs = programs[mailboxes[index].address.key] ?? [] }
  }
}
