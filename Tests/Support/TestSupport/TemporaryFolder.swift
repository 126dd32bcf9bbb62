public import Foundation

/// A fresh folder for one test, readable by its owner alone, removed when the last one who holds it lets go.
public final class TemporaryFolder: Sendable {
  public let url: URL

  public init() throws { url = try Self.make(permissions: 0o700) }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Hands a folder over, and removes it at the end of `body`, whatever that is.
  public static func with<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    return try await body(folder.url)
  }

  /// A folder that the caller removes. `permissions` are set whatever the umask is.
  public static func make(permissions: mode_t) throws -> URL {
    var template = Array((NSTemporaryDirectory() + "eilbrief-test-XXXXXX").utf8CString)
    guard let path = mkdtemp(&template) else {
      throw HarnessError("no temporary folder: \(String(cString: strerror(errno)))")
    }
    let folder = URL(fileURLWithPath: String(cString: path), isDirectory: true).standardizedFileURL
    chmod(folder.path, permissions)
    return folder
  }

  @discardableResult
  public func write(_ bytes: some Sequence<UInt8>, to name: String, mode: Int = 0o600) throws -> URL {
    let file = url.appending(path: name)
    try Data(bytes).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path(percentEncoded: false))
    return file
  }
}
