import Campaigns

/// Rows that leave customers untold: a launch and an approval stop at them unless they are told not to.
struct RejectedRows {
  private static let named = 10

  let file: String
  let rows: [RejectedRow]

  init(_ loaded: LoadedCampaign) {
    file = loaded.book.file.name
    rows = loaded.book.rejected
  }

  /// Fails with the kind `data` when there are any. `verb` names what would be done without them.
  func requireNone(unless isAllowed: Bool, of plan: Plan, verb: String) throws(OperatorError) {
    guard !rows.isEmpty, !isAllowed else { return }
    throw OperatorError(
      .data,
      """
      \(rows.count) of \(pluralized(plan.counts.rows, "row")) rejected; their customers would not be told:
      \(lines.joined(separator: "\n"))
      Correct them, or \(verb) with --without-rejected to leave these customers out.
      """)
  }

  /// The first of them, one per line, and how many more there are.
  var lines: [String] {
    rows.firstFew(Self.named) { row in
      let customer = row.customerID.map { "customer “\($0)”: " } ?? ""
      return "  \(file):\(row.line): \(customer)\(row.reason)"
    } more: {
      "  and \($0) more"
    }
  }
}
