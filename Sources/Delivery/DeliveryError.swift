/// Why a delivery could not go on; the messages are safe in the store.
public enum DeliveryError: Error, Sendable {
  /// Another process recovered this one's messages: it was stopped for longer than its lease.
  case leaseLost
}
