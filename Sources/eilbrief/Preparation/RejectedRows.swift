import Campaigns

/// Rows that leave customers untold: `launch` and `approve` stop at them unless they are told not to.
enum RejectedRows {
  private static let named = 10

  /// Fails with exit 65. `verb` is the command that was given.
  static func insistOnNone(_ prepared: PreparedCampaign, _ plan: Plan, unless isAllowed: Bool, verb: String) throws {
    guard plan.counts.rejectedRows > 0, !isAllowed else { return }
    throw Failure(
      .data,
      """
      \(plan.counts.rejectedRows) of \(Counted.words(plan.counts.rows, "row")) rejected; their customers would not be told:
      \(list(prepared).joined(separator: "\n"))
      Mend them, or \(verb) with --without-rejected to leave these customers out.
      """)
  }

  /// The first of them, a line each, and how many more there are.
  static func list(_ prepared: PreparedCampaign) -> [String] {
    let rejected = prepared.book.rejected
    let rows = rejected.prefix(named).map { row in
      let customer = row.customerID.map { "customer “\($0)”: " } ?? ""
      return "  \(prepared.book.file.name):\(row.line): \(customer)\(row.reason)"
    }
    return rows + (rejected.count > named ? ["  and \(rejected.count - named) more"] : [])
  }
}
