/// Waits until `condition` holds, looking again and again; a generous limit turns a hang into a failure that says what
/// was waited for.
public func eventually(
  _ what: String, within limit: Duration = .seconds(180), _ condition: () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + limit
  while try await !condition() {
    guard ContinuousClock.now < end else { throw HarnessError("waited \(limit) in vain: \(what)") }
    try await Task.sleep(for: .milliseconds(20))
  }
}
