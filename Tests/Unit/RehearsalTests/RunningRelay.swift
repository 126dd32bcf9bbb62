import Foundation
import Rehearsal

/// Runs a relay for the length of `body` and stops it whatever happens.
func withRelay<Value: Sendable>(
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

/// Makes a fresh folder for the length of `body` and removes it afterwards.
func withScratchFolder<Value: Sendable>(_ body: (URL) async throws -> Value) async throws -> Value {
  let folder = FileManager.default.temporaryDirectory.appending(path: "rehearsal-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder)
}
