import Files
public import Foundation
import Mail
import Queue
import Synchronization

/// Why a worker does not deliver a campaign that it should: kept in `worker.json` in the queue folder for `status`.
public struct WorkerTrouble: Sendable, Hashable, Codable {
  public var campaign: String
  /// As an operator reads it.
  public var message: String
  public var since: Date
  /// When it is tried again; nil when the operator has to do something first.
  public var retryAt: Date?

  /// Of a campaign, as a worker that runs has noted it; nil when there is none, or no worker runs.
  public static func read(of location: CampaignLocation) -> WorkerTrouble? {
    guard SpoolLock.holder(of: location.spool, .worker) != nil,
      let bytes = try? DurableFile.read(WorkerTroubles.file(in: location.queue)),
      let all = try? WorkerTroubles.decoder.decode([WorkerTrouble].self, from: Data(bytes))
    else { return nil }
    return all.first { $0.campaign == location.name }
  }
}

/// The troubles of a worker's campaigns, on disk as in memory.
final class WorkerTroubles: Sendable {
  private struct State {
    var troubles: [String: WorkerTrouble] = [:]
    var failures: [String: Int] = [:]
  }

  private let file: URL
  private let state = Mutex(State())

  init(_ queue: URL) {
    file = Self.file(in: queue)
    // What the last worker knew.
    unlink(file.path)
  }

  static func file(in queue: URL) -> URL { queue.appendingPathComponent("worker.json") }
  static let decoder: JSONDecoder = {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return decoder
  }()

  /// The seconds until the next try: 2, 4, 8 and so on, a minute at most.
  private static func pause(after failures: Int) -> TimeInterval { min(60, pow(2, Double(min(failures, 6)))) }

  /// Notes a failure; false when the same was noted before. The time of the next try is counted from `now` by `clock`.
  func note(_ campaign: String, _ message: String, isTriedAgain: Bool, at now: Date) -> (isNew: Bool, retryAt: Date?) {
    let result = state.withLock { state in
      let failures = (state.failures[campaign] ?? 0) + 1
      state.failures[campaign] = failures
      let retryAt = isTriedAgain ? now.addingTimeInterval(Self.pause(after: failures)) : nil
      let old = state.troubles[campaign]
      let isNew = old?.message != message
      state.troubles[campaign] = WorkerTrouble(
        campaign: campaign, message: message, since: isNew ? now : old?.since ?? now, retryAt: retryAt)
      return (isNew, retryAt)
    }
    write()
    return result
  }

  func clear(_ campaign: String) {
    let isChanged = state.withLock { state in
      state.failures[campaign] = nil
      return state.troubles.removeValue(forKey: campaign) != nil
    }
    if isChanged { write() }
  }

  subscript(campaign: String) -> WorkerTrouble? { state.withLock { $0.troubles[campaign] } }
  var count: Int { state.withLock { $0.troubles.count } }

  /// For a display: what cannot be written is only in the log.
  private func write() {
    let troubles = state.withLock { $0.troubles.values.sorted { $0.campaign < $1.campaign } }
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .iso8601
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    guard let bytes = try? encoder.encode(troubles) else { return }
    try? DurableFile.replace(file, with: [UInt8](bytes))
  }
}
