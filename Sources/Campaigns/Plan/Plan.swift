public import Mail

/// The plan of a campaign: what is done for every customer, counted, reconciled to the last row, and frozen by a hash.
/// Customers of rejected rows are in it, behind all others: they are called.
///
/// It is made in one pass over the customers, with one customer in memory at a time. It fails with a ``PlanError`` when
/// an access value has no segment, and when anything does not add up.
public struct Plan: Sendable, Hashable {
  public struct Counts: Sendable, Hashable, Codable {
    public var customers = 0
    /// Customers who get one letter or several.
    public var letter = 0
    public var phone = 0
    public var none = 0
    /// The number of letters per name.
    public var letters: [String: Int] = [:]
    /// The number of rows below the header, without empty lines.
    public var rows = 0
    /// The rows of all customers, also of those who are called because of them.
    public var usedRows = 0
    /// The rejected rows that show nobody: who is behind them is not told.
    public var rejectedRows = 0
    /// Customers who are called because a row of theirs is rejected; they are among ``phone``.
    public var calledForRejection = 0
    public init() {}

    /// The number of letters of all names together.
    public var messages: Int { letters.values.reduce(0, +) }

    /// Throws ``PlanError/doesNotAddUp(_:)`` unless every row and every customer is accounted for.
    public func reconcile() throws(PlanError) {
      guard customers == letter + phone + none else {
        throw .doesNotAddUp(
          "\(customers) customers are not \(letter) letters, \(phone) calls and \(none) with nothing to do")
      }
      guard rows == usedRows + rejectedRows else {
        throw .doesNotAddUp("\(rows) rows are not \(usedRows) used and \(rejectedRows) rejected")
      }
    }
  }

  public let counts: Counts
  /// The lines of the first rejected rows that show nobody.
  public let unnamedLines: [Int]
  /// SHA-256 over every customer with its outcome, the rejected rows, the templates and the settings that are printed
  /// or decide who gets a letter. Relays, limits, credentials and retries are not part of it, nor are line numbers of
  /// customers.
  public let hash: SHA256Digest

  /// - Parameters:
  ///   - templates: The template files that letters are made of, each with the SHA-256 of its bytes; their order does
  ///     not matter.
  ///   - signer: Signs the letters; nil when nothing here does.
  ///   - body: Called for every customer with its outcome, in order. An error it throws ends the making of the plan.
  public init(
    _ book: CustomerBook, campaign: Campaign, templates: [(path: String, digest: SHA256Digest)], signer: LetterSigner?,
    forEach body: (Customer, Outcome) throws -> Void = { _, _ in }
  ) throws {
    var counts = Counts()
    var hash = CanonicalHash("eilbrief plan 1")
    for setting in ContentSettings(campaign, signer: signer).values {
      hash.add(setting.key.name)
      hash.add(setting.parts)
    }
    hash.add(templates.count)
    for template in templates.sorted(by: { $0.path < $1.path }) {
      hash.add(template.path)
      hash.add(template.digest.hex)
    }
    var reader = book.customers()
    while let customer = try reader.next() {
      let outcome = try Planner.outcome(for: customer, in: campaign)
      counts.customers += 1
      counts.usedRows += customer.lines.count
      switch outcome.kind {
      case .letter:
        counts.letter += 1
        for letter in outcome.letters { counts.letters[letter, default: 0] += 1 }
      case .phone: counts.phone += 1
      case .none: counts.none += 1
      }
      Self.add(customer, outcome, to: &hash)
      // Hashed where the column is named, which is hashed too: plans without it keep their hash.
      if campaign.customers.columns[.program] != nil {
        for mailbox in customer.mailboxes { hash.add(mailbox.programs.map(\.rawValue)) }
      }
      try body(customer, outcome)
    }
    var rejected = book.rejectedCustomers()
    while let customer = try rejected.next() {
      let outcome = Outcome(kind: .phone, reasons: [.rejectedRow])
      counts.customers += 1
      counts.phone += 1
      counts.calledForRejection += 1
      counts.usedRows += customer.lines.count
      Self.add(customer, outcome, to: &hash)
      try body(customer, outcome)
    }
    hash.add(book.rejected.count)
    try book.rejected.visit { row in
      // Without the reason, whose wording may improve in the next version.
      hash.add(row.line)
      hash.add(row.customerID)
    }
    counts.rows = book.rows
    counts.rejectedRows = rejected.unnamed.count
    unnamedLines = rejected.unnamed.first
    try counts.reconcile()
    let read = counts.customers - counts.calledForRejection
    guard read == book.customerCount else {
      throw PlanError.doesNotAddUp("\(read) customers were read, \(book.customerCount) were checked")
    }
    self.counts = counts
    self.hash = hash.finish()
  }

  private static func add(_ customer: Customer, _ outcome: Outcome, to hash: inout CanonicalHash) {
    hash.add([
      customer.id, customer.company, customer.salutation, customer.title, customer.firstName, customer.lastName,
      customer.language, customer.phone,
    ])
    hash.add(customer.contact?.description)
    hash.add(customer.mailboxes.count)
    for mailbox in customer.mailboxes {
      hash.add(mailbox.address.description)
      hash.add(mailbox.access)
    }
    hash.add(outcome.kind.rawValue)
    hash.add(outcome.letters)
    hash.add(text(outcome.reasons))
    hash.add(text(outcome.calls))
  }

  /// The reasons in the wording that every plan has been hashed with since the first: these words are part of every
  /// plan's hash and never change.
  private static func text(_ reasons: [OutcomeReason]) -> String {
    reasons.map { reason in
      switch reason {
      case .segment(let text): text
      case .noAddress: "no e-mail address"
      case .rejectedRow: "rejected row"
      }
    }.joined(separator: "; ")
  }
}

/// The reason why there is no plan. The first is for the operator to correct; the last is a fault of the program, which
/// stops rather than send by numbers that do not add up.
public enum PlanError: Error, Sendable, Hashable, CustomStringConvertible {
  case unknownAccess(String, customer: String, lines: [Int])
  case doesNotAddUp(String)

  public var description: String {
    switch self {
    case .unknownAccess(let value, let customer, let lines):
      return
        "customer \(QuotedText(customer)) (\(LineList(lines))): the access value \(QuotedText(value)) has no segment"
    case .doesNotAddUp(let what):
      return "the plan does not add up: \(what). This is a fault of eilbrief; nothing was sent"
    }
  }
}
