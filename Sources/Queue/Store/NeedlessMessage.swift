/// A message of a reminder for whose customer nothing is left to do: how it is found in every store.
package enum NeedlessMessage {
  /// One row with these columns when the message `parameter` is one, else none. There are `fence`, of the message; `ref`, of
  /// the customer; and whether the customer was reached, `is_reached`, or all mailboxes are safe, `is_safe`.
  package static func select(_ columns: String, of parameter: String) -> String {
    """
    SELECT \(columns) FROM (
      SELECT messages.fence AS fence, told.ref AS ref,
        EXISTS (SELECT 1 FROM calls WHERE calls.customer = told.id AND calls.outcome = 'reached') AS is_reached,
        EXISTS (SELECT 1 FROM mailboxes WHERE mailboxes.customer = told.id) AND NOT EXISTS (
          SELECT 1 FROM mailboxes WHERE mailboxes.customer = told.id AND changed_at IS NULL AND locked = 0) AS is_safe
      FROM messages JOIN campaigns ON campaigns.id = messages.campaign AND campaigns.follows_as = 'reminder'
        JOIN customers ON customers.id = messages.customer
        JOIN customers AS told ON told.campaign = campaigns.follows AND told.ref = customers.ref
      WHERE messages.id = \(parameter)
    ) AS found WHERE is_reached OR is_safe
    """
  }
}
