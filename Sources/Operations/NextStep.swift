/// What the operator can do next, as a value: a command line shows the command to type, a page a button.
public enum NextStep: Sendable, Hashable {
  case check
  case checkOnline(resolver: String?)
  case approve(withoutRejected: Bool)
  case launch(withoutRejected: Bool)
  case rehearse
  /// One customer's letter; nil for a customer the operator names.
  case preview(customer: String?)
  case previewSample
  case resume, cancel, status, report, calls, purge, verifyReceipts, settle
  case settleByLog
  case settleAsAccepted
  case sendAgain
}
