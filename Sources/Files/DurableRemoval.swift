public import Foundation

/// Removes files so that they stay removed after a power cut: unlink, fsync of each folder.
///
/// A file that does not exist counts as removed. Folders below `root` that are empty afterwards go as well; `root`
/// stays. Data that the disk keeps below its file system (free blocks, snapshots) is out of reach. Fails with
/// ``FileError``; files that were removed before then stay removed.
public enum DurableRemoval {
  public static func remove(_ files: [URL], below root: URL) throws(FileError) {
    var folders: Set<URL> = []
    for file in files {
      guard unlink(file.path) == 0 || errno == ENOENT else { throw .cannotWrite(file.path, errno) }
      folders.insert(file.deletingLastPathComponent())
    }
    // The deepest first: a folder may become empty when the one inside it is removed.
    var rest = folders.sorted { $0.pathComponents.count > $1.pathComponents.count }
    let limit = root.pathComponents.count
    while !rest.isEmpty {
      let folder = rest.removeFirst()
      if folder.pathComponents.count > limit, rmdir(folder.path) == 0 || errno == ENOENT {
        let parent = folder.deletingLastPathComponent()
        if !rest.contains(parent) { rest.append(parent) }
      } else {
        try DurableFile.syncFolder(folder)
      }
    }
  }
}
