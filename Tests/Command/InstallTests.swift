import Foundation
import TestSupport
import Testing

/// `make install`, with the command that the tests have: a release build would take minutes, and is the packager's.
@Suite struct InstallTests {
  private func install(_ body: (_ root: URL, _ make: (String) async throws -> Void) async throws -> Void) async throws {
    try await TemporaryFolder.with { folder in
      let root = folder.appendingPathComponent("root")
      try await body(root) { goal in
        try await ChildProcess.tool(
          "make",
          [
            "-C", PackageRoot.folder.path, goal, "DESTDIR=\(root.path)", "PREFIX=/opt/eilbrief",
            "BINARY=\(try EilbriefProcess.executable().path)",
          ])
      }
    }
  }

  private static func files(in root: URL) throws -> [String: Int] {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: root.path)
    return try paths.reduce(into: [:]) { all, path in
      let attributes = try FileManager.default.attributesOfItem(atPath: root.path + "/" + path)
      guard attributes[.type] as? FileAttributeType == .typeRegular else { return }
      all[path] = (attributes[.posixPermissions] as? Int) ?? 0
    }
  }

  @Test func everythingIsInItsPlaceAndGoesAgain() async throws {
    try await install { root, make in
      try await make("install")
      #expect(
        try Self.files(in: root) == [
          "opt/eilbrief/bin/eilbrief": 0o755, "opt/eilbrief/lib/systemd/system/eilbrief-worker.service": 0o644,
          "opt/eilbrief/lib/systemd/system/eilbrief-serve.service": 0o644,
          "opt/eilbrief/lib/sysusers.d/eilbrief.conf": 0o644,
          "opt/eilbrief/share/bash-completion/completions/eilbrief": 0o644,
          "opt/eilbrief/share/zsh/site-functions/_eilbrief": 0o644,
          "opt/eilbrief/share/fish/vendor_completions.d/eilbrief.fish": 0o644,
        ])
      for name in ["worker", "serve"] {
        let unit = root.appendingPathComponent("opt/eilbrief/lib/systemd/system/eilbrief-\(name).service")
        let text = try String(contentsOf: unit, encoding: .utf8)
        #expect(text.contains("\nExecStart=/opt/eilbrief/bin/eilbrief \(name) "))
      }
      try await make("uninstall")
      #expect(try Self.files(in: root) == [:])
    }
  }

  /// What a unit allows is as little as the program needs.
  @Test(arguments: ["worker", "serve"]) func theUnitIsSoundAndHardened(_ name: String) async throws {
    try await TemporaryFolder.with { folder in
      let source = PackageRoot.file("docs/systemd/eilbrief-\(name).service")
      let unit = folder.appendingPathComponent("eilbrief-\(name).service")
      let text = try String(contentsOf: source, encoding: .utf8)
        .replacing("/usr/local/bin/eilbrief", with: try EilbriefProcess.executable().path)
      try text.write(to: unit, atomically: true, encoding: .utf8)
      let verified = try await ChildProcess.run("systemd-analyze", ["verify", unit.path])
      #expect(verified.status == 0 && verified.errors == "", "\(verified.errors)")
      // Tenths: fails above 2.5.
      let security = try await ChildProcess.run(
        "systemd-analyze", ["security", "--offline=true", "--threshold=25", "--no-pager", unit.path])
      #expect(security.status == 0, "\(security.output)\(security.errors)")
      // Its options are those of the command.
      let words =
        text.split(separator: "\n").first { $0.hasPrefix("ExecStart=") }?.split(separator: " ").dropFirst()
        .map(String.init) ?? []
      #expect(words == [name, "--queue", "/var/lib/eilbrief"] + (name == "worker" ? ["--wait", "20"] : []))
      if name == "worker" {
        let dry = try await EilbriefProcess.run(
          "worker", "--queue", folder.path, "--wait", "20", "--once", queue: folder)
        #expect(dry.status == 0, "\(dry.errors)")
      }
    }
  }
}
