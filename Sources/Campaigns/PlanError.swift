/// Why there is no plan. The first three are for the operator to mend; the last is a fault of the program, which stops
/// rather than send by numbers that do not add up.
public enum PlanError: Error, Sendable, Hashable, CustomStringConvertible {
  case unknownAccess(String, customer: String, lines: [Int])
  case severalTemplates([String], customer: String, lines: [Int])
  /// Several of the above, and how many more there are.
  indirect case several([PlanError], more: Int)
  case doesNotAddUp(String)

  /// One line an error.
  public var description: String {
    switch self {
    case .unknownAccess(let value, let customer, let lines):
      return
        "customer \(QuotedText(customer)) (\(LineList(lines))): the access value \(QuotedText(value)) has no segment"
    case .severalTemplates(let templates, let customer, let lines):
      let names = templates.map { QuotedText($0).description }.joined(separator: " and ")
      return
        "customer \(QuotedText(customer)) (\(LineList(lines))): the mailboxes ask for different letters, \(names), but one "
        + "customer gets one letter; use one template for these segments"
    case .several(let errors, let more):
      return (errors.map(\.description) + (more > 0 ? ["and \(more) more customers"] : [])).joined(separator: "\n")
    case .doesNotAddUp(let what):
      return "the plan does not add up: \(what). This is a fault of eilbrief; nothing was sent"
    }
  }
}
