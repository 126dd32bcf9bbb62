import Foundation
import Monitoring
import Operations
import Receipts
import Reports
import TestSupport
import Testing

/// A campaign that is looked at again and again.
@Suite(.timeLimit(.minutes(10))) struct CampaignWatchTests {
  private func watch(_ scene: Scene) -> CampaignWatch {
    CampaignWatch(scene.location, scene.dependencies, isStopped: { _ in false })
  }

  /// Whoever restores a copy of the queue is shown that one, and whoever removes it none.
  @Test func aStoreThatWasReplacedIsOpenedAnew() async throws {
    let scene = try Scene(.accept, .lose)
    let store = scene.folder.url.appendingPathComponent("queue.sqlite")
    let kept = scene.folder.url.appendingPathComponent("kept.sqlite")
    try await scene.launchAndStop()
    try FileManager.default.copyItem(at: store, to: kept)
    try await scene.resume()
    let watch = watch(scene)
    #expect(try await watch.look().state == .completed)
    for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store.path + end) }
    #expect(try await watch.look().state == .draft)
    try FileManager.default.moveItem(at: kept, to: store)
    #expect(try await watch.look().state == .paused)
  }

  @Test func aPausedCampaignIsMeasured() async throws {
    let scene = try Scene(.accept, .lose, .refuse, relay: Scene.relay + ["limits: [100/d]"])
    func value(_ metric: Metric, _ labels: [String: String]) async throws -> Double? {
      let all = labels.merging(["campaign": "sommer"]) { $1 }
      let found = try await watch(scene).metrics(isAlone: true).filter { $0.metric == metric && $0.labels == all }
      #expect(found.count <= 1)
      return found.first.flatMap { if case .number(let number) = $0.value { number } else { nil } }
    }
    #expect(try await value(.campaignState, ["state": "draft"]) == 1)
    try await scene.launchAndStop()
    #expect(try await value(.campaignState, ["state": "paused"]) == 1)
    #expect(try await value(.isDelivering, [:]) == 0)
    #expect(try await value(.letters, ["state": "queued", "relay": ""]) == 3)
    try await scene.resume()
    #expect(try await value(.letters, ["state": "queued", "relay": ""]) == 0)
    for state in ["accepted", "refused", "uncertain"] {
      #expect(try await value(.letters, ["state": state, "relay": "main"]) == 1)
      #expect(try await value(.letters, ["state": state, "relay": ""]) == 0)
    }
    // What was counted by the delivery.
    for (kind, count) in [("accepted", 1), ("address-dead", 1), ("no-reply", 1)] {
      #expect(try await value(.replies, ["relay": "main", "class": kind]) == Double(count), "\(kind)")
    }
    #expect(try await value(.limit, ["relay": "main", "limit": "100/d"]) == 100)
    #expect(
      try await value(.limitLeft, ["relay": "main", "limit": "100/d"]) == 98, "a refused recipient takes no place")
    // The operator's word is not the relay's.
    _ = try await Settling(scene.location, customers: [], scene.dependencies).decide(.accepted, letter: nil) { _ in }
    #expect(try await value(.letters, ["state": "accepted", "relay": "main"]) == 1)
    #expect(try await value(.letters, ["state": "accepted", "relay": ""]) == 1)
  }
}
