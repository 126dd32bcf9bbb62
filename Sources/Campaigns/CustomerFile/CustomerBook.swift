import Files

/// All customers of a campaign: the customer file read through once, checked as a whole, and kept as an index of where
/// each customer's rows are. The customers themselves are read again whenever they are asked for, so that memory does
/// not grow with the contents of the rows (about 24 bytes per row are kept).
///
/// Every row either belongs to a customer or is in ``rejected`` with its reason: ``rows`` = ``usedRows`` + rejected. A
/// customer with a rejected row is rejected as a whole, because a letter that lists half of the mailboxes misleads.
/// Making the book fails with a ``CustomerFileError`` that names every value of the access column that has no segment.
public final class CustomerBook: Sendable {
  public let file: CustomerFile
  /// The number of rows below the header, without empty lines.
  public let rows: Int
  /// The number of customers that are not rejected.
  public let customerCount: Int
  public let rejected: RejectedRows
  public let warnings: [CustomerWarning]
  /// Up to three rows with letters beyond ASCII, which show the operator that the encoding was detected correctly.
  public let samples: [UmlautSample]
  /// The number of good rows per segment, including those of rejected customers.
  public let rowsBySegment: [String: Int]

  let index: RowIndex
  let segments: [String: Segment]

  public var usedRows: Int { rows - rejected.count }

  public convenience init(_ campaign: Campaign) throws(CustomerFileError) {
    try self.init(campaign.customers, segments: campaign.segments, orderedBy: campaign.order.column)
  }

  /// - Parameter column: The header of the column that letters are ordered by.
  public init(
    _ source: CustomerSource, segments: [String: Segment], orderedBy column: String? = nil
  ) throws(CustomerFileError) {
    var file = try CustomerFile(source, orderedBy: column)
    var survey = RowSurvey(file, segments: segments)
    try survey.readRows()
    if survey.idFractions.reading != .asWritten {
      // What an id is depends on all others.
      file.idFractions = survey.idFractions.reading
      survey = RowSurvey(file, segments: segments)
      try survey.readRows()
    }
    self.file = file
    let step = StepProgress.begin(.comparingRows)
    defer { step.end() }
    try survey.assemble()
    survey.noteAffectedContacts()
    let warnings = try survey.warnings()
    try file.checkUnchanged()
    rows = survey.index.count
    customerCount = survey.customerCount
    rejected = survey.rejected.finish()
    samples = survey.samples.chosen
    rowsBySegment = survey.rowsBySegment
    index = survey.index
    self.warnings = warnings
    self.segments = segments
  }

  /// A reader of all customers, in the order in which they first appear in the file. Several may be in use at once.
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

/// The rows that show how a file is read: those in which a letter beyond ASCII is for the first time, then any that have one.
struct UmlautSamples {
  private static let most = 3
  private var telling: [UmlautSample] = []
  private var others: [UmlautSample] = []
  private var letters: Set<Unicode.Scalar> = []

  /// In the order of the file.
  var chosen: [UmlautSample] {
    (telling + others.prefix(Self.most - telling.count)).sorted { $0.line < $1.line }
  }

  mutating func look(at row: CustomerRow) {
    guard telling.count < Self.most else { return }
    let names = [row.company, row.title, row.firstName, row.lastName].filter { !$0.isEmpty }
    guard names.contains(where: { !$0.utf8.allSatisfy { $0 < 0x80 } }) else { return }
    let sample = UmlautSample(line: row.line, text: names.joined(separator: " "))
    let found = Set(sample.text.unicodeScalars.filter { !$0.isASCII })
    if found.isSubset(of: letters) {
      if others.count < Self.most { others.append(sample) }
    } else {
      letters.formUnion(found)
      telling.append(sample)
    }
  }
}

/// A row as it reads in the detected encoding.
public struct UmlautSample: Sendable, Hashable {
  public var line: Int
  /// The customer's company and name, with spaces between.
  public var text: String

  public init(line: Int, text: String) {
    self.line = line
    self.text = text
  }
}
