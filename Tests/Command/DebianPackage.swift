import Foundation
import TestSupport

/// The Debian package as `make deb` makes it, of the tests' own build of the command.
///
/// A release build would take CI four minutes. The objects that the tests have are linked once more, with the Swift runtime
/// inside, as `--static-swift-stdlib` does; EILBRIEF_PACKAGED names a program that is packed instead.
struct DebianPackage {
  let file: URL

  /// The program with the Swift runtime linked in.
  static func linkedProgram(in folder: URL) async throws -> URL {
    if let path = ProcessInfo.processInfo.environment["EILBRIEF_PACKAGED"] { return URL(fileURLWithPath: path) }
    let objects = try EilbriefProcess.executable().deletingLastPathComponent()
      .appendingPathComponent("eilbrief.product/Objects.LinkFileList")
    let manifest = try String(contentsOf: PackageRoot.file("Package.swift"), encoding: .utf8)
    var libraries = Set(manifest.matches(of: /\.linkedLibrary\("([^"]+)"\)/).map { "-l\($0.1)" })
    // By GRDB, and by the libraries of Foundation, which name each other only for the linker that the objects are made for.
    libraries.formUnion([
      "-lsqlite3", "-lstdc++", "-lCoreFoundation", "-l_FoundationICU", "-l_FoundationCShims",
      "-l_FoundationCollections",
    ])
    let program = folder.appendingPathComponent("eilbrief")
    try await ChildProcess.tool(
      "swiftc",
      ["-static-stdlib", "-emit-executable", "-module-name", "eilbrief", "@\(objects.path)", "-o", program.path]
        + libraries.sorted() + ["-Xlinker", "--defsym=main=eilbrief_main", "-Xlinker", "-z", "-Xlinker", "now"])
    return program
  }

  /// `make deb`, without the time that a good compression takes.
  static func make(of program: URL, in folder: URL) async throws -> ChildProcess.Outcome {
    var environment = ChildProcess.plainEnvironment
    environment["DPKG_DEB_COMPRESSOR_TYPE"] = "gzip"
    environment["DPKG_DEB_COMPRESSOR_LEVEL"] = "1"
    return try await ChildProcess.run(
      "make", ["-C", PackageRoot.folder.path, "deb", "BINARY=\(program.path)", "DEB=\(folder.path)"],
      environment: environment)
  }

  init(of program: URL, in folder: URL) async throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let made = try await Self.make(of: program, in: folder)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".deb") }
    guard made.status == 0, files.count == 1 else {
      throw HarnessError("make deb: \(made.ending), \(files)\n\(made.output)\(made.errors)")
    }
    file = folder.appendingPathComponent(files[0])
  }

  func field(_ name: String) async throws -> String {
    try await ChildProcess.tool("dpkg-deb", ["--field", file.path, name])
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
