/// The figures of a plan in its receipt `plan-frozen`, by their names there and in their order.
///
/// The names belong to the format of receipts: to verify them no plan is needed.
package enum PlanFigure: String, Sendable, CaseIterable {
  case rows, rejected, customers
  /// Customers by outcome.
  case letter, phone, none
  /// Letters of all customers; missing in receipts from before a customer could get several.
  case letters

  package static let outcomes = [PlanFigure.letter, .phone, .none]
}
