public import Mail

/// One customer: every row of the customer file with the same id, put together.
public struct Customer: Sendable, Hashable, Codable {
  /// One row: one mailbox and what its access value asks for.
  public struct Mailbox: Sendable, Hashable, Codable {
    public var address: EmailAddress
    /// The value of the access column; a key of ``Campaign/segments``.
    public var access: String
    /// The mail programs it is used with, each once, in the order of ``MailProgram/allCases``; empty where the file
    /// names none.
    public var programs: [MailProgram]

    public init(address: EmailAddress, access: String, programs: [MailProgram] = []) {
      self.address = address
      self.access = access
      self.programs = programs
    }

    /// Customers that were frozen before programs existed have none.
    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      address = try container.decode(EmailAddress.self, forKey: .address)
      access = try container.decode(String.self, forKey: .access)
      programs = try container.decodeIfPresent([MailProgram].self, forKey: .programs) ?? []
    }
  }
  public var id: String
  public var company: String
  public var salutation: String
  public var title: String
  public var firstName: String
  public var lastName: String
  /// `de` or `en`: the letter's language.
  public var language: String
  /// The address the letter goes to; nil when the file has none (such a customer is called).
  public var contact: EmailAddress?
  public var phone: String
  /// The mailboxes, in the order of the file.
  public var mailboxes: [Mailbox]
  /// Line numbers of the customer's rows in the customer file, for messages to the operator.
  public var lines: [Int]
  /// Why rows of the customer were rejected, the first of them: such a customer is called, with what can be read of the
  /// rows. Nil for a customer whose rows are good.
  public var rejections: [Rejection]?
  /// True when the id is not from the file, because the rejected row shows none or one that another customer has.
  public var hasMadeID: Bool { madeID ?? false }
  var madeID: Bool?
  /// Not encoded: once the letters have their order, nobody asks for it again.
  public var need = Need()

  /// A row of the customer that was rejected.
  public struct Rejection: Sendable, Hashable, Codable {
    public var line: Int
    /// As in ``RejectedRow/reason``.
    public var reason: String

    public init(line: Int, reason: String) {
      self.line = line
      self.reason = reason
    }
  }

  /// What decides when the customer's letters leave: see ``SendingOrder``.
  public struct Need: Sendable, Hashable {
    /// The cell of the column that letters are ordered by; of several rows the lowest.
    public var cell = OrderCell.empty
    /// The contact address is itself an affected mailbox, of this customer or of another.
    public var hasAffectedContact = false

    public init() {}
  }

  private enum CodingKeys: CodingKey {
    case id, company, salutation, title, firstName, lastName, language, contact, phone, mailboxes, lines,
      rejections, madeID
  }

  public init(
    id: String, company: String, salutation: String, title: String, firstName: String, lastName: String,
    language: String, contact: EmailAddress?, phone: String, mailboxes: [Mailbox], lines: [Int]
  ) {
    self.id = id
    self.company = company
    self.salutation = salutation
    self.title = title
    self.firstName = firstName
    self.lastName = lastName
    self.language = language
    self.contact = contact
    self.phone = phone
    self.mailboxes = mailboxes
    self.lines = lines
  }
}

extension Customer {
  /// The rows that one customer may have: more are surely several customers under one id, or some other column.
  public static let mostRows = 10_000

  /// Title, first and last name; empty for a customer without any of them.
  public var fullName: String { [title, firstName, lastName].filter { !$0.isEmpty }.joined(separator: " ") }
}
