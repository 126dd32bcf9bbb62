/// Notices (`notify`) that are being told when a delivery has ended: nothing of the delivery waits for them, and the queue
/// is not locked for them.
public struct PendingNotices: Sendable {
  private let telling: Task<Void, Never>

  init(_ telling: Task<Void, Never>) { self.telling = telling }

  /// How long they are waited for; after that a worker or the next delivery goes on with them.
  public static let patience = Duration.seconds(45)
  /// A wait that is longer is worth a line.
  private static let noticed = Duration.seconds(1)

  /// Waits until everybody was told, or for as long as a few attempts take.
  ///
  /// - Parameter say: Called with what is waited for, where that takes longer than an instant.
  public func wait(_ say: @escaping @Sendable (OperatorMessage) -> Void = { _ in }) async {
    let telling = telling
    let limit = Task {
      do {
        try await Task.sleep(for: Self.noticed)
        say(
          """
          Waiting for the notice to you (`notify` in campaign.yaml), up to \(Self.patience.components.seconds) s; what is \
          not told by then is told by a worker or at the next \(step: .resume).
          """)
        try await Task.sleep(for: Self.patience - Self.noticed)
        telling.cancel()
      } catch {}
    }
    await telling.value
    limit.cancel()
    // Nothing is said once it is over.
    await limit.value
  }
}
