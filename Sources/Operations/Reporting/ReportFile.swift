import Files
import Foundation

/// A file that a report is written to: it appears under its name only when it is whole, and takes the place of an
/// earlier report.
///
/// A path that leads to a device or a pipe is written to directly. Fails with the kind `cannotWrite`: the disk, or a
/// file that is not to be replaced (``OutputPath``).
public final class ReportFile: Sendable {
  private enum Target {
    case file(AtomicFile)
    case stream(PrintStream, descriptor: Int32)
  }

  private let target: Target
  private let place: FilePlace
  private let path: OutputPath
  private let force: Bool

  /// - Parameter force: Replaces any other file too, but never one of the queue folder's or a campaign's own.
  public init(_ path: String, force: Bool, of location: CampaignLocation, _ dependencies: Dependencies) throws {
    place = FilePlace(path)
    self.path = OutputPath(location, credentials: dependencies.credentials)
    self.force = force
    try self.path.requireReplaceable(place, force: force)
    if place.kind == .stream {
      let descriptor = open(place.path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
      guard descriptor >= 0 else { throw Self.failure(FileError(.write, place.path, .system(errno))) }
      target = .stream(PrintStream(descriptor, named: place.path), descriptor: descriptor)
    } else {
      do throws(FileError) {
        target = .file(try AtomicFile(path: place.canonicalPath))
      } catch {
        throw Self.failure(error)
      }
    }
  }

  deinit {
    if case .stream(_, let descriptor) = target { close(descriptor) }
  }

  /// Returns false when nobody reads it any more, which is no error.
  ///
  /// - Parameter structure: The document's own control characters, should the path lead to a terminal.
  public func write(_ bytes: [UInt8], structure: Set<Unicode.Scalar>) throws -> Bool {
    switch target {
    case .file(let file):
      do throws(FileError) {
        try file.write(bytes)
      } catch {
        throw Self.failure(error)
      }
      return true
    case .stream(let stream, _):
      if stream.write(document: bytes, structure: structure) { return true }
      if let loss = stream.loss { throw Self.failure(loss) }
      return false
    }
  }

  public func finish() throws {
    guard case .file(let file) = target else { return }
    // Another file may have taken the name while the report was made.
    let now = FilePlace(place.path)
    if now.identity != place.identity { try path.requireReplaceable(now, force: force) }
    do throws(FileError) {
      try file.finish(replacing: now.kind != .nothing)
    } catch {
      throw Self.failure(error)
    }
  }

  private static func failure(_ error: FileError) -> OperatorError {
    guard error.cause != .exists else { return OperatorError(.cannotWrite, "\(error).") }
    return OperatorError(.cannotWrite, "\(error.path): cannot be written: \(error.cause.description).")
  }
}
