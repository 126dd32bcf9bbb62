extension ChildProcess {
  /// Sends a signal, and how the process ended, which must come before the end of another process that only waits for so
  /// many seconds.
  public func outcome(of signal: Int32, before seconds: Int) async throws -> Outcome {
    let waiting = try ChildProcess("sleep", ["\(seconds)"])
    return try await waiting.running {
      send(signal)
      try await eventually("one of them ends") { !isRunning || !waiting.isRunning }
      guard !isRunning else {
        throw HarnessError("it has not ended within \(seconds) seconds; its words: \(errorsSoFar)")
      }
      return await outcome()
    }
  }
}
