import Campaigns

/// Rows that leave customers untold: a launch and an approval stop at them unless they are told not to.
struct RejectedCustomers {
  private static let named = 10

  let file: String
  let rows: RejectedRows

  init(_ loaded: LoadedCampaign) {
    file = loaded.book.file.name
    rows = loaded.book.rejected
  }

  /// Fails with the kind `data` when there are any. `verb` names what would be done without them.
  func requireNone(unless isAllowed: Bool, of plan: Plan, verb: String) throws {
    guard !rows.isEmpty, !isAllowed else { return }
    let lines = try lines()
    throw OperatorError(
      .data,
      """
      \(rows.count) of \(pluralized(plan.counts.rows, "row")) rejected; their customers would not be told:
      \(lines.joined(separator: "\n"))
      Correct them, or \(verb) with --without-rejected to leave these customers out.
      """)
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
