public import Foundation

/// Folders for their owner alone: 0700 whatever the umask. The rights of an existing folder are only ever tightened.
public enum PrivateFolder {
  /// Makes the folder and those above it when they are missing, durably; takes the rights of group and others away when
  /// the folder is this user's. Fails with ``FileError``.
  public static func make(_ folder: URL) throws(FileError) {
    let path = folder.path
    if mkdir(path, 0o700) == 0 {
      guard chmod(path, 0o700) == 0 else { throw .cannotWrite(path, errno) }
      try DurableFile.syncFolder(folder.deletingLastPathComponent())
      return
    }
    switch errno {
    case EEXIST:
      var status = stat()
      guard stat(path, &status) == 0 else { throw .cannotWrite(path, errno) }
      guard status.st_mode & S_IFMT == S_IFDIR else { throw FileError(.write, path, .notAFolder) }
      if status.st_mode & 0o077 != 0, status.st_uid == geteuid() {
        guard chmod(path, status.st_mode & 0o700) == 0 else { throw .cannotWrite(path, errno) }
      }
    case ENOENT where folder.pathComponents.count > 1:
      let parent = folder.deletingLastPathComponent()
      var status = stat()
      guard stat(parent.path, &status) != 0 else { throw .cannotWrite(path, ENOENT) }
      try make(parent)
      try make(folder)
    default:
      throw .cannotWrite(path, errno)
    }
  }
}
