public import Campaigns

/// The rejected rows, whose customers get no letter: a launch and an approval stop at them unless they are told not to.
/// Then the customers are called, as far as the rows show somebody.
public struct RejectedCustomers {
  private static let named = 10

  let file: String
  let rows: RejectedRows
  private let counts: Plan.Counts
  private let unnamedLines: [Int]

  init(_ loaded: LoadedCampaign, _ plan: Plan) { self.init(loaded.book, plan) }

  public init(_ book: CustomerBook, _ plan: Plan) {
    file = book.file.name
    rows = book.rejected
    counts = plan.counts
    unnamedLines = plan.unnamedLines
  }

  /// Fails with the kind `data` when there are any. `verb` names what would be done without them.
  func requireNone(unless isAllowed: Bool, verb: String) throws {
    guard !rows.isEmpty, !isAllowed else { return }
    let lines = try lines()
    throw OperatorError(
      .data,
      """
      \(rows.count) of \(pluralized(counts.rows, "row")) rejected; their customers would get no letter:
      \(lines.joined(separator: "\n"))
      Correct them (\(step: .checkRejected) writes them with their reasons), or \(verb) with --without-rejected: \
      \(consequence).
      """)
  }

  /// What becomes of them under `--without-rejected`, in one clause.
  public var consequence: String {
    let called = counts.calledForRejection
    let calls = "that puts \(called == 1 ? "this customer" : "these \(called) customers") on the call list"
    guard counts.rejectedRows > 0 else { return calls }
    let rest = counts.rejectedRows == 1 ? "names nobody, who would" : "name nobody, who would"
    let unnamed = "\(pluralized(counts.rejectedRows, "row")) \(rest) not be told: \(places)"
    return called > 0 ? "\(calls); \(unnamed)" : unnamed
  }

  /// What has become of them in a launch; nil when there are none.
  public var outcome: OperatorMessage? {
    var sentences: [OperatorMessage] = []
    if counts.calledForRejection > 0 {
      let are = counts.calledForRejection == 1 ? "is" : "are"
      sentences.append(
        """
        \(pluralized(counts.calledForRejection, "customer")) with rejected rows \(are) on the call list and \
        \(counts.calledForRejection == 1 ? "gets" : "get") no letter: \(step: .calls).
        """)
    }
    if counts.rejectedRows > 0 {
      sentences.append(
        "Not told: \(pluralized(counts.rejectedRows, "rejected row")) of \(file) that \(counts.rejectedRows == 1 ? "names" : "name") nobody, \(places)."
      )
    }
    return sentences.isEmpty ? nil : sentences.joined(separator: " ")
  }

  private var places: String {
    let more = counts.rejectedRows - unnamedLines.count
    return "line\(counts.rejectedRows == 1 ? "" : "s") \(unnamedLines.map(String.init).joined(separator: ", "))"
      + (more > 0 ? " and \(more) more" : "")
  }

  /// The same with what becomes of them in a launch; empty when there are none.
  func notice() throws(CustomerFileError) -> [String] {
    rows.isEmpty ? [] : try lines() + ["  --without-rejected: \(consequence)"]
  }

  /// The first of them, one per line, and how many more there are.
  func lines() throws(CustomerFileError) -> [String] {
    let more = rows.count - Self.named
    return try rows.first(Self.named).map { row in
      let customer = row.customerID.map { "customer “\($0)”: " } ?? ""
      return "  \(file):\(row.line): \(customer)\(row.reason)"
    } + (more > 0 ? ["  and \(more) more"] : [])
  }
}
