import Synchronization

/// The reports on the letters met so far, for all threads. Starts afresh when it is full, as ``ShapeCache`` does.
final class InspectionCache: Sendable {
  private let limit: Int
  private let reports = Mutex<[BareLetter: LetterInspection.Report]>([:])

  init(limit: Int = 256) { self.limit = limit }

  func report(on letter: BareLetter, orMake make: () -> LetterInspection.Report) -> LetterInspection.Report {
    if let known = reports.withLock({ $0[letter] }) { return known }
    // Made outside the lock: two threads may make the same report, and both are right.
    let made = make()
    reports.withLock { reports in
      if reports.count >= limit { reports.removeAll(keepingCapacity: true) }
      reports[letter] = made
    }
    return made
  }
}
