public import Foundation
public import Queue

/// Makes the queue in the database that a queue folder names, or brings it up to date.
///
/// Fails with the kind `usage` where the folder names none, and with ``StoreError`` where the database cannot be a queue, or
/// a process delivers from one that would have to be converted.
public struct QueueSetup: Sendable {
  public let queue: PreparedQueue

  public init(_ folder: URL, _ dependencies: Dependencies) throws {
    guard let prepared = try dependencies.stores.prepare(queue: folder) else {
      throw OperatorError(
        .usage,
        "\(folder.path): this folder has its queue in itself, and `launch` makes it. A database is named in queue.yaml."
      )
    }
    queue = prepared
  }

  /// There was none before.
  public var isNew: Bool { queue.before == 0 }
  public var isConverted: Bool { !isNew && queue.before < queue.now }
}
