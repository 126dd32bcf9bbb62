import TestSupport

/// Compares what arrived with what should have: every customer with a letter has exactly one, it is theirs, and nothing
/// of anybody else is in it. A difference is a sentence that names the customer.
struct LetterComparison: Sendable {
  let customers: [GeneratedCustomer]
  let letters: [ReadLetter]

  /// Customers who should have a letter and have none.
  var missing: [String] {
    let arrived = Set(letters.flatMap(\.to))
    return expected.filter { !arrived.contains($0.contact) }.map(\.id)
  }

  /// Customers with more than one letter, with the number of them.
  var repeated: [String: Int] {
    let counts = letters.reduce(into: [:]) { $0[$1.to.joined(separator: ","), default: 0] += 1 }
    return expected.reduce(into: [:]) { result, customer in
      if let count = counts[customer.contact], count > 1 { result[customer.id] = count }
    }
  }

  /// Everything that is not as it should be; `subjects` by language.
  func differences(subjects: [String: String]) -> [String] {
    var found = missing.map { "customer \($0): no letter" }
    found += repeated.sorted { $0.key < $1.key }.map { "customer \($0.key): \($0.value) letters" }
    let byContact = Dictionary(uniqueKeysWithValues: expected.map { ($0.contact, $0) })
    for letter in letters {
      guard letter.to.count == 1, let customer = byContact[letter.to[0]] else {
        found.append("\(letter.file): to \(letter.to), who should have no letter")
        continue
      }
      found += faults(of: letter, to: customer, subject: subjects[customer.language])
        .map { "customer \(customer.id), \(letter.file): \($0)" }
    }
    let identifiers = Dictionary(grouping: letters, by: \.messageId).filter { Set($0.value.flatMap(\.to)).count > 1 }
    found += identifiers.keys.map { "Message-ID \($0 ?? "missing") stands in letters to different customers" }
    return found
  }

  private var expected: [GeneratedCustomer] { customers.filter { $0.outcome == .letter } }

  private func faults(of letter: ReadLetter, to customer: GeneratedCustomer, subject: String?) -> [String] {
    var found = letter.defects
    if letter.deliveredTo != [customer.contact] { found.append("envelope to \(letter.deliveredTo)") }
    if !letter.copies.isEmpty { found.append("copies to \(letter.copies)") }
    if letter.subject != subject { found.append("subject is \(letter.subject ?? "missing")") }
    if letter.date == nil { found.append("no date") }
    if letter.messageId == nil { found.append("no Message-ID") }
    if letter.partTypes != ["text/plain", "text/html"] { found.append("parts are \(letter.partTypes)") }
    for (part, body) in [("text", letter.text), ("HTML", letter.visibleHtml)] {
      found += faults(of: (body ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " "), to: customer)
        .map { "\(part): \($0)" }
    }
    return found
  }

  /// `body` is one line: where a line breaks is no matter here.
  private func faults(of body: String, to customer: GeneratedCustomer) -> [String] {
    var found: [String] = []
    if !body.contains(customer.lastName) { found.append("name \(customer.lastName) is missing") }
    let named = Set(Self.addresses(in: body).filter { !$0.hasSuffix("@kanzlei-it.example") })
    let wanted = Set(customer.mailboxes.filter(\.isInLetter).map(\.address))
    for address in wanted.subtracting(named).sorted() { found.append("mailbox \(address) is missing") }
    for address in named.subtracting(wanted).subtracting([customer.contact]).sorted() {
      found.append("\(address) does not belong here")
    }
    if body.contains("\u{FFFD}") || body.contains("Ã") { found.append("umlauts are broken") }
    return found
  }

  private static func addresses(in body: String) -> [String] {
    body.split { !($0.isLetter || $0.isNumber || "@.-_+".contains($0)) }
      .filter { $0.contains("@") }.map { $0.trimmingSuffix(".") }
  }
}

extension Substring {
  fileprivate func trimmingSuffix(_ end: Character) -> String {
    var rest = self
    while rest.last == end { rest.removeLast() }
    return String(rest)
  }
}
