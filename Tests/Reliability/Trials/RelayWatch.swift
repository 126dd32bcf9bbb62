import Synchronization

/// Does something once, at the moment the relay takes a certain letter from now on: before the sender has its answer.
final class RelayWatch: Sendable {
  private struct Armed {
    var letters: Int
    var action: @Sendable () -> Void
  }

  private let armed = Mutex<Armed?>(nil)

  /// `letters`: from now on, 1 for the next.
  func arm(after letters: Int, _ action: @escaping @Sendable () -> Void) {
    armed.withLock { $0 = Armed(letters: letters, action: action) }
  }

  /// When it returns, nothing of it is going on either.
  func disarm() { armed.withLock { $0 = nil } }

  /// Called for each letter that is taken.
  func take() {
    // In the lock, so that who disarms waits for its end.
    armed.withLock { armed in
      armed?.letters -= 1
      guard let due = armed, due.letters == 0 else { return }
      armed = nil
      due.action()
    }
  }
}
