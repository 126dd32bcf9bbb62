import Files
import Operations

/// The destination of a document: standard output, or a file.
struct ReportOutput: Sendable {
  /// Nil for standard output.
  let file: ReportFile?
  /// The document's own control characters, which stay as they are on a terminal.
  var structure: Set<Unicode.Scalar> = []

  func write(_ text: String) throws { try write(Array(text.utf8)) }

  func write(_ bytes: [UInt8]) throws {
    let isRead =
      try file?.write(bytes, structure: structure) ?? Console.write(document: bytes, structure: structure)
    if !isRead { throw OutputEnded() }
  }
}

/// Nobody reads the output any more, or it cannot be written: ``Console/loss`` knows which.
struct OutputEnded: Error {}
