import Foundation
import TestSupport

/// A copy of this package in `.build/controls`, to be patched and built apart from the original.
///
/// It has a build folder of its own, so that it can be built while the package's tests run, and takes the dependencies
/// that the package has fetched. Files are written only where they differ: what is built after the first time is what a
/// patch has changed. One process at a time.
struct MutatedPackage: Sendable {
  static let root = PackageRoot.folder

  private static let folder = root.appendingPathComponent(".build/controls", isDirectory: true)
  private static let sources = folder.appendingPathComponent("package", isDirectory: true)
  private static let scratch = folder.appendingPathComponent("build", isDirectory: true)
  static let products = scratch.appendingPathComponent("debug", isDirectory: true)

  /// What is built: everything but what is made by building.
  private static let parts = ["Package.swift", "Package.resolved", "Sources", "Templates", "Tests", "Benchmarks"]

  /// As the original is: the first time, and after a patch.
  func restore() throws {
    for part in Self.parts { try Self.mirror(part) }
  }

  /// Fails when the patch does not apply to the sources as they are.
  func apply(_ mutation: Mutation) async throws {
    // The copy is no repository, and git is not to find the one around it.
    var environment = ChildProcess.plainEnvironment
    environment["GIT_CEILING_DIRECTORIES"] = Self.folder.path
    let outcome = try await ChildProcess.run(
      "git", ["apply", mutation.file.path], environment: environment, folder: Self.sources)
    guard outcome.status == 0 else { throw HarnessError("\(mutation.name) does not apply: \(outcome.errors)") }
  }

  func build(_ product: String) async throws {
    try await takeDependencies()
    // Planned anew each time: a plan that is kept does not know of files that have come since.
    let words = [
      "--disable-build-manifest-caching", "--package-path", Self.sources.path, "--scratch-path", Self.scratch.path,
    ]
    try await ChildProcess.tool("swift", ["build"] + words + ["--product", product])
  }

  // MARK: -

  /// The folders of the package's own build, as long as they are the same dependencies; otherwise they are fetched.
  private func takeDependencies() async throws {
    let (state, files) = ("workspace-state.json", FileManager.default)
    let own = Self.root.appendingPathComponent(".build")
    let taken = Self.scratch.appendingPathComponent("taken-\(state)")
    guard let wanted = try? Data(contentsOf: own.appendingPathComponent(state)),
      (try? Data(contentsOf: taken)) != wanted
    else { return }
    try files.createDirectory(at: Self.scratch, withIntermediateDirectories: true)
    for part in ["checkouts", "repositories", state] {
      try? files.removeItem(at: Self.scratch.appendingPathComponent(part))
      let from = own.appendingPathComponent(part).path
      if files.fileExists(atPath: from) { try await ChildProcess.tool("cp", ["-a", from, Self.scratch.path]) }
    }
    try wanted.write(to: taken)
  }

  /// Files and folders of a part, those above first, relative to the folder.
  private static func paths(_ part: String, in folder: URL) -> [String] {
    let below = (try? FileManager.default.subpathsOfDirectory(atPath: folder.appendingPathComponent(part).path)) ?? []
    return [part] + below.sorted().map { "\(part)/\($0)" }
  }

  private static func mirror(_ part: String) throws {
    let files = FileManager.default
    let wanted = paths(part, in: root)
    for path in Set(paths(part, in: sources)).subtracting(wanted) {
      try? files.removeItem(at: sources.appendingPathComponent(path))
    }
    try files.createDirectory(at: sources, withIntermediateDirectories: true)
    for path in wanted {
      let (from, to) = (root.appendingPathComponent(path), sources.appendingPathComponent(path))
      var isFolder: ObjCBool = false
      guard files.fileExists(atPath: from.path, isDirectory: &isFolder) else { continue }
      if isFolder.boolValue {
        try files.createDirectory(at: to, withIntermediateDirectories: true)
      } else {
        let bytes = try Data(contentsOf: from)
        if (try? Data(contentsOf: to)) != bytes { try bytes.write(to: to) }
      }
    }
  }
}
