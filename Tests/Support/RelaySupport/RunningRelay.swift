public import Rehearsal

/// Runs a relay for the length of `body` and stops it whatever happens.
public func withRelay<Value: Sendable>(
  _ options: RelayOptions = RelayOptions(), onTaken: (@Sendable (TakenMessage) -> Void)? = nil,
  _ body: (_ relay: RehearsalRelay, _ port: Int) async throws -> Value
) async throws -> Value {
  let relay = try RehearsalRelay(options, onTaken: onTaken)
  let port = try await relay.start()
  do {
    let value = try await body(relay, port)
    await relay.stop()
    return value
  } catch {
    await relay.stop()
    throw error
  }
}

/// Runs a relay with a fault plan as an operator writes it.
public func withRelay<Value: Sendable>(
  faults: String, now: (@Sendable () -> Duration)? = nil,
  _ body: (_ relay: RehearsalRelay, _ port: Int) async throws -> Value
) async throws -> Value {
  try await withRelay(RelayOptions(faults: FaultPlan(parsing: faults), now: now), body)
}
