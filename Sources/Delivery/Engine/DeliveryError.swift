/// Why a delivery could not go on; the messages are safe in the store.
public enum DeliveryError: Error, Sendable {
  /// Another process has taken over, messages of this one or the campaign: this one was stopped for longer than its lease.
  case leaseLost
}
