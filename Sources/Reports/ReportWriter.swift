import Synchronization

/// Writes the rows of a report one by one, as CSV or as a JSON array.
public struct ReportWriter: Sendable {
  public enum Format: Sendable {
    case csv(SafeCSV)
    case json
  }

  private let format: Format
  private let header: [String]
  private let write: @Sendable (String) throws -> Void
  private let isFirst: SharedFlag

  /// - Parameter write: Takes the report piece by piece.
  public init(_ format: Format, header: [String], write: @escaping @Sendable (String) throws -> Void) {
    self.format = format
    self.header = header
    self.write = write
    isFirst = SharedFlag()
  }

  public func begin() throws {
    if case .csv(let csv) = format { try write(csv.header(header)) }
  }

  public func add(_ row: some Encodable, fields: [String]) throws {
    switch format {
    case .csv(let csv): try write(csv.line(fields))
    case .json: try write((isFirst.take() ? "[\n" : ",\n") + ReportEncoding.json(row))
    }
  }

  public func finish() throws {
    if case .json = format { try write(isFirst.take() ? "[]\n" : "\n]\n") }
  }

  /// True until the first call.
  private final class SharedFlag: Sendable {
    private let isSet = Mutex(true)

    func take() -> Bool {
      isSet.withLock { flag in
        defer { flag = false }
        return flag
      }
    }
  }
}
