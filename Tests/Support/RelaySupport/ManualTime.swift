import Synchronization

/// A time for a relay that passes only when the test says so.
public final class ManualTime: Sendable {
  private let passed = Mutex(Duration.zero)

  public init() {}

  public var now: Duration { passed.withLock { $0 } }

  public func pass(_ time: Duration) { passed.withLock { $0 += time } }
}
