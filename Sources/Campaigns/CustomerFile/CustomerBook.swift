/// All customers of a campaign: the customer file read through once, checked as a whole, and kept as an index of where
/// each customer's rows are. The customers themselves are read again whenever they are asked for, so that memory does not
/// grow with what is in the rows (about 24 bytes a row stay).
///
/// Every row is either a customer's or in ``rejected`` with its reason: ``rows`` = ``usedRows`` + rejected. A customer one
/// of whose rows is rejected is rejected whole, because a letter that lists half of the mailboxes misleads. Making the
/// book fails with a ``CustomerFileError`` that names every value of the access column that has no segment.
public final class CustomerBook: Sendable {
  public let file: CustomerFile
  /// Rows below the header, without empty lines.
  public let rows: Int
  /// Customers that are not rejected.
  public let customerCount: Int
  /// In the order of the file.
  public let rejected: [RejectedRow]
  public let warnings: [CustomerWarning]
  /// Up to three rows with letters beyond ASCII, for the operator to see that the encoding was found.
  public let samples: [UmlautSample]
  /// How many good rows each segment has, those of rejected customers included.
  public let rowsBySegment: [String: Int]

  let index: RowIndex
  private let segments: [String: Segment]

  public var usedRows: Int { rows - rejected.count }

  public convenience init(_ campaign: Campaign) throws(CustomerFileError) {
    try self.init(campaign.customers, segments: campaign.segments)
  }

  public init(_ source: CustomerSource, segments: [String: Segment]) throws(CustomerFileError) {
    file = try CustomerFile(source)
    var survey = RowSurvey(file, segments: segments)
    try survey.readRows()
    try survey.assemble()
    let warnings = try survey.warnings()
    try file.checkUnchanged()
    rows = survey.index.count
    customerCount = survey.customerCount
    rejected = survey.rejected.sorted { $0.line < $1.line }
    samples = survey.samples
    rowsBySegment = survey.rowsBySegment
    index = survey.index
    self.warnings = warnings
    self.segments = segments
  }

  /// A reader of all customers, in the order in which they first appear in the file. There may be several at once.
  public func customers() -> CustomerReader {
    CustomerReader(file: file, index: index, segments: segments)
  }

  /// Throws when the customer file is no longer the one that was checked.
  public func checkUnchanged() throws(CustomerFileError) { try file.checkUnchanged() }

  /// The customer with this id; nil when there is none, or when it is rejected.
  public func customer(id: String) throws(CustomerFileError) -> Customer? {
    let hash = HashIndex.hash(id.precomposed)
    guard let first = index.rows.firstIndex(where: { $0.idHash == hash && !$0.has(.follows) }) else { return nil }
    var reader = CustomerReader(file: file, index: index, segments: segments, from: first)
    while let customer = try reader.next(), HashIndex.hash(customer.id) == hash {
      if customer.id == id.precomposed { return customer }
    }
    return nil
  }
}

/// A row of the customer file that is not used, and why.
public struct RejectedRow: Sendable, Hashable, CustomStringConvertible {
  /// The line in which the row begins.
  public var line: Int
  /// Nil when the row does not show whose it is.
  public var customerID: String?
  /// A clause, or several with "; " between them.
  public var reason: String

  public init(line: Int, customerID: String?, reason: String) {
    self.line = line
    self.customerID = customerID
    self.reason = reason
  }

  /// `line 14, customer "100": the mailbox address is missing`
  public var description: String {
    "line \(line)\(customerID.map { ", customer \(QuotedText($0))" } ?? ""): \(reason)"
  }
}

/// A row as it reads in the encoding that was found.
public struct UmlautSample: Sendable, Hashable {
  public var line: Int
  /// The customer's company and name, with blanks between.
  public var text: String

  public init(line: Int, text: String) {
    self.line = line
    self.text = text
  }
}
