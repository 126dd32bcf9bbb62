/// Why there is no plan. The first is for the operator to mend; the last is a fault of the program, which stops
/// rather than send by numbers that do not add up.
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
