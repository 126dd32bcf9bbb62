import Queue
import Simulation
import Testing

/// All that a delivery asks of a store. Nothing is purged in a simulation.
@Suite struct SimulatedStoreConformanceTests {
  @Test(arguments: StoreConformance.all)
  func conforms(_ promise: StoreConformance.Case<any MessageStore>) async throws {
    try await promise.body(SimulatedStore())
  }
}
