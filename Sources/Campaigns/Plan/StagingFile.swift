import Files
import Foundation

/// A private file without a name, for this process alone, whose errors are those of a plan's staging.
final class StagingFile: Sendable {
  private let file: NamelessFile

  /// The path of the folder, for errors.
  var path: String { file.path }

  init(in folder: URL) throws(PlanStagingError) {
    do throws(FileError) {
      file = try NamelessFile(in: folder)
    } catch {
      throw .cannotWrite(path: folder.path, cause: "\(error.cause)")
    }
  }

  func write(_ bytes: [UInt8], at offset: Int) throws(PlanStagingError) {
    do throws(FileError) {
      try file.write(bytes, at: offset)
    } catch {
      throw .cannotWrite(path: path, cause: "\(error.cause)")
    }
  }

  func read(_ count: Int, at offset: Int) throws(PlanStagingError) -> [UInt8] {
    do throws(FileError) {
      return try file.read(count, at: offset)
    } catch {
      throw .cannotRead(path: path, cause: "\(error.cause)")
    }
  }
}
